{% set columns = [
    'part_date', 'first_log_dt', 'log_dt', 'log_id', 'browser_id', 's_device_type', 'wv_device_id',
    's_wemember_id', 's_user_id', 'ws_art_id', 'shop', 'ctry', 'lang', 'platform', 'os', 'app_ver',
] | join(', ') %}

with events_of_login_sessions as (

    select * from {{ ref('int_events_accounts_filled') }}

),

other_events as (

    select * from {{ ref('int_events_merged') }}
    where needs_login_sessions = 0

),

filled as (

    select
        {{ columns }},
        {{ fill_forward_then_back(
            'wv_device_id', 'browser_id, part_date, account_sess_seq', 'browser_event_seq'
        ) }} as wv_fill
    from events_of_login_sessions

    union all

    select
        {{ columns }},
        browser_wv_device_id as wv_fill
    from other_events

),

resolved as (

    -- A PC is no phone: its lines keep the browser, whichever app shared the login.
    select
        {{ columns }},
        case when s_device_type = 'PC' then browser_id else coalesce(wv_fill, browser_id) end
            as new_dvc_id
    from filled

)

select * from resolved
