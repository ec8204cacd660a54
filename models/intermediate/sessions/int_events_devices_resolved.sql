with events as (

    select * from {{ ref('int_events_accounts_filled') }}

),

filled as (

    select
        *,
        {{ fill_forward_then_back(
            'wv_device_id', 'part_date, browser_id, account_sess_seq', 'browser_event_seq'
        ) }} as wv_fill
    from events

),

resolved as (

    -- A PC is no phone: its lines keep the browser, whichever app shared the login.
    select
        part_date,
        log_dt,
        log_id,
        browser_id,
        browser_event_seq,
        case when s_device_type = 'PC' then browser_id else coalesce(wv_fill, browser_id) end
            as new_dvc_id,
        wv_device_id,
        s_wemember_id,
        s_user_id,
        ws_art_id,
        shop,
        ctry,
        lang,
        platform,
        os,
        app_ver
    from filled

)

select * from resolved
