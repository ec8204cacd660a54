{% set device = 'partition by device_id, part_date' %}
{% set browser = 'partition by browser_id, part_date' %}

with lines as (

    select * from {{ ref('stg_service_log__weplyapi_client_log_ids') }}
    where reject_reason is null

),

ids as (

    select distinct
        browser_id,
        part_date,
        wv_device_id,
        s_wemember_id
    from lines

),

browsers_described as (

    select
        *,
        min(wv_device_id) over ({{ browser }}) as least_wv_device_id,
        max(wv_device_id) over ({{ browser }}) as greatest_wv_device_id,
        min(s_wemember_id) over ({{ browser }}) as browser_least_account,
        max(s_wemember_id) over ({{ browser }}) as browser_greatest_account
    from ids

),

ways as (

    select 1 as is_app
    union all
    select 0 as is_app

),

browser_devices as (

    -- The devices that lines of a browser may belong to, by rule 3: every app device that it was
    -- seen with, and the browser itself. Both from one row: a second reading of these rows would
    -- keep the filter by day from the log (DuckDB), and so would grouping sets (Spark).
    select
        browsers_described.*,
        case
            when ways.is_app = 1 then browsers_described.wv_device_id
            else browsers_described.browser_id
        end as device_id
    from browsers_described
    cross join ways
    where ways.is_app = 0 or browsers_described.wv_device_id is not null

),

devices_described as (

    select
        *,
        min(browser_least_account) over ({{ device }}) as device_least_account,
        max(browser_greatest_account) over ({{ device }}) as device_greatest_account
    from browser_devices

),

profiled as (

    select
        browser_id,
        part_date,
        greatest_wv_device_id as browser_wv_device_id,
        max(
            case
                when least_wv_device_id <> greatest_wv_device_id then 1
                when
                    greatest_wv_device_id is not null
                    and browser_least_account <> browser_greatest_account
                    then 1
                else 0
            end
        ) as needs_login_sessions,
        max(
            case
                when least_wv_device_id <> greatest_wv_device_id then 1
                when device_least_account <> device_greatest_account then 1
                else 0
            end
        ) as needs_order
    from devices_described
    group by browser_id, part_date, greatest_wv_device_id

),

told as (

    -- Of any other browser there is nothing to say, and the fewer there are, the faster the join.
    select * from profiled
    where browser_wv_device_id is not null or needs_order = 1

)

select * from told
