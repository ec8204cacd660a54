{% set browser = 'partition by part_date, browser_id' %}

with events as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where reject_reason is null

),

described as (

    select
        *,
        max(wv_device_id) over ({{ browser }}) as browser_wv_device_id,
        min(wv_device_id) over ({{ browser }}) as least_wv_device_id,
        min(s_wemember_id) over ({{ browser }}) as least_account,
        max(s_wemember_id) over ({{ browser }}) as greatest_account
    from events

),

profiled as (

    -- Login sessions decide nothing but which of the browser's app devices a line gets, if any. So
    -- they matter where a browser has several, or one that another account must not get. These are
    -- few, and the rest is spared three windows: a third of the mart's time (DuckDB).
    select
        part_date,
        log_dt,
        log_id,
        browser_id,
        wv_device_id,
        s_wemember_id,
        s_user_id,
        ws_art_id,
        s_device_type,
        ctry,
        lang,
        shop,
        platform,
        os,
        app_ver,
        browser_wv_device_id,
        case
            when least_wv_device_id <> browser_wv_device_id then 1
            when browser_wv_device_id is not null and least_account <> greatest_account then 1
            else 0
        end as needs_login_sessions
    from described

)

select * from profiled
