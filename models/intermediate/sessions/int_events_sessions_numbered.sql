{% set device = 'new_dvc_id, part_date' %}
{% set order_in_device = 'slot, ' ~ event_order() %}
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

    -- One sort by the whole order of events. Its position stands for that order from here on: a
    -- number sorts and compares faster than nine columns. Rows that tie are alike to every rule,
    -- and functions with the same window see them in the same order.
    -- The slot goes first so that this sort serves the window over the slot too; it follows
    -- log_dt, so the order stays the same. The device goes before the day, since keys are compared
    -- from their first byte on and days begin alike (a tenth of the time, DuckDB).
    select
        *,
        row_number() over (
            partition by {{ device }}
            order by {{ order_in_device }}
        ) as device_event_seq,
        lag(log_dt) over (
            partition by {{ device }}
            order by {{ order_in_device }}
        ) as previous_log_dt,
        min(first_log_dt) over (
            partition by {{ device }}
            order by slot
            range between current row and current row
        ) as slot_start_dt
    from events

),

gaps_found as (

    -- The row before the first one of a slot ends last of all rows before the slot, so the gap is
    -- measured from there to the first event of the slot. The row before any other one ends in the
    -- same slot, and so never before the slot starts.
    select
        *,
        coalesce(slot_start_dt > {{ add_minutes('previous_log_dt', timeout) }}, true)
            as starts_session
    from ordered

),

sessions_numbered as (

    select
        part_date,
        new_dvc_id,
        device_event_seq,
        first_log_dt,
        log_dt,
        s_wemember_id,
        s_user_id,
        wv_device_id,
        ws_art_id,
        shop,
        ctry,
        lang,

        ----------  rule 4
        {{ number_changes('starts_session', device, 'device_event_seq', start=0) }} as sess_seq,

        ----------  rule 10, of the device
        max(case when s_wemember_id is not null then 1 else 0 end) {{ whole_device }}
            as is_device_login,

        ----------  rule 11, of the device
        {{ last_non_null('platform') }} {{ whole_device }} as platform,
        {{ last_non_null('os') }} {{ whole_device }} as os,
        {{ last_non_null('app_ver') }} {{ whole_device }} as app_ver

    from gaps_found

)

select * from sessions_numbered
