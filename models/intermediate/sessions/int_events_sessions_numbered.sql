{% set device = 'part_date, new_dvc_id' %}
{% set order_in_device = order_of_events() %}
{% set timeout = whole_number_var('session_timeout_minutes', minimum=1) %}

with events as (

    select * from {{ ref('int_events_devices_resolved') }}

),

ordered as (

    -- One sort by the whole order of events. Its position stands for that order from here on:
    -- a number sorts and compares faster than twelve columns.
    select
        *,
        row_number() over (
            partition by {{ device }}
            order by {{ order_in_device }}
        ) as device_event_seq,
        {{ starts_after_gap('log_dt', timeout, device, order_in_device) }} as starts_session,
        {{ fill_forward('s_wemember_id', device, order_in_device) }} as last_account,
        {{ fill_forward(
            'case when s_wemember_id is not null then log_dt end', device, order_in_device
        ) }} as last_login_dt
    from events

),

numbered as (

    select
        *,
        {{ change_sequence('starts_session', device, 'device_event_seq', start=0) }} as sess_seq,
        {{ fill_forward(
            'case when starts_session then log_dt end', device, 'device_event_seq'
        ) }} as sess_start_dt
    from ordered

),

matched as (

    -- account_so_far: the account of an event as far as the events up to it tell. The last login
    -- belongs to this session if it is not before its start; else nobody has logged in yet.
    -- user_id_matched: an event with its own account is filled with that account, one without
    -- matches nothing, so that s_wemember_id = account_fill is known before account_fill is.
    select
        part_date,
        log_dt,
        new_dvc_id,
        device_event_seq,
        sess_seq,
        sess_start_dt,
        case when last_login_dt >= sess_start_dt then last_account end as account_so_far,
        case when s_wemember_id is not null then s_user_id end as user_id_matched,
        case when wv_device_id is not null then 1 else 0 end as is_wv,
        ws_art_id,
        shop,
        ctry,
        lang,
        platform,
        os,
        app_ver
    from numbered

)

select * from matched
