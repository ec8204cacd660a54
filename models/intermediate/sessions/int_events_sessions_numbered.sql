{% set device = 'new_dvc_id, part_date' %}
{% set order_in_device = 'slot, ' ~ order_of_events() %}
{% set timeout = whole_number_var('session_timeout_minutes', minimum=1, maximum=1440) %}
{% set whole_device %}
    over (
            partition by {{ device }}
            order by device_event_seq
            rows between unbounded preceding and unbounded following
        )
{%- endset %}

with events as (

    select
        *,
        {{ time_slot('log_dt', timeout) }} as slot
    from {{ ref('int_events_devices_resolved') }}

),

ordered as (

    -- One sort by the whole order of events. Its position stands for that order from here on:
    -- a number sorts and compares faster than twelve columns. Slots follow that order; that they
    -- are named first lets the one sort serve the windows over slots too. The device goes before
    -- the day, since keys are compared from their first byte on and days begin alike (a tenth of
    -- the time, DuckDB).
    select
        *,
        row_number() over (
            partition by {{ device }}
            order by {{ order_in_device }}
        ) as device_event_seq,
        lag(slot) over (
            partition by {{ device }}
            order by {{ order_in_device }}
        ) as previous_slot,
        min(first_log_dt) over (
            partition by {{ device }}
            order by slot
            range between current row and current row
        ) as slot_start_dt,
        max(log_dt) over (
            partition by {{ device }}
            order by slot
            range between unbounded preceding and 1 preceding
        ) as slots_before_end_dt
    from events

),

compared as (

    -- No session ends within a slot, so the first row of one tells of all its rows.
    select
        *,
        coalesce(slot <> previous_slot, true)
        and coalesce(
            slot_start_dt > {{ add_minutes('slots_before_end_dt', timeout) }}, true
        ) as starts_session
    from ordered

),

numbered as (

    -- What belongs to the device, that day, comes from the sort that numbers its sessions.
    select
        part_date,
        new_dvc_id,
        device_event_seq,
        {{ change_sequence('starts_session', device, 'device_event_seq', start=0) }} as sess_seq,
        {{ fill_forward(
            'case when starts_session then slot_start_dt end', device, 'device_event_seq'
        ) }} as sess_start_dt,
        first_log_dt,
        log_dt,
        s_wemember_id,
        s_user_id,
        wv_device_id,
        ws_art_id,
        shop,
        ctry,
        lang,
        max(case when s_wemember_id is not null then 1 else 0 end) {{ whole_device }}
            as is_device_login,
        {{ last_non_null('platform') }} {{ whole_device }} as platform,
        {{ last_non_null('os') }} {{ whole_device }} as os,
        {{ last_non_null('app_ver') }} {{ whole_device }} as app_ver
    from compared

)

select * from numbered
