{% set browser = 'browser_id, part_date' %}

with events as (

    -- Rules 1 and 2 only serve to find the app device of rule 3. Browsers without an app device
    -- need neither, nor do browsers whose order of events does not matter: all their events get
    -- the same app device.
    -- This is one condition, and not two, because DuckDB would not push a range of days down to the
    -- scan of the ids through the two readers of these events otherwise.
    select * from {{ ref('int_events_merged') }}
    where case when app_device_id is not null then order_matters else 0 end = 1

),

ordered as (

    -- Only these columns of the order of events can change a fill below: events of a browser that
    -- agree in them get the same account and the same app device. The position is unique, so that
    -- all later windows see such events in the same order.
    select
        *,
        row_number() over (
            partition by {{ browser }}
            order by {{ nulls_first(['log_dt', 's_wemember_id', 'wv_device_id']) }}
        ) as browser_event_seq
    from events

),

accounts_filled as (

    -- Rule 1
    select
        *,
        {{ fill_forward('s_wemember_id', browser, 'browser_event_seq') }} as account_fill_1,
        {{ fill_forward(
            's_wemember_id', browser, 'browser_event_seq', include_current=false
        ) }} as previous_account
    from ordered

),

login_sessions_numbered as (

    -- Rule 2. Before the first login there is no previous account to differ from, so those lines
    -- belong to the first login session.
    select
        *,
        {{ number_changes(
            'account_fill_1 <> previous_account', browser, 'browser_event_seq'
        ) }} as account_sess_seq
    from accounts_filled

),

app_devices_filled as (

    -- Rule 3
    select
        *,
        {{ fill_forward_then_back(
            'wv_device_id', 'browser_id, part_date, account_sess_seq', 'browser_event_seq'
        ) }} as wv_fill
    from login_sessions_numbered

)

select * from app_devices_filled
