{% set device = 'new_dvc_id, part_date' %}
{% set timeout = whole_number_var('session_timeout_minutes') %}

with events as (

    -- A merged row is in the slot of all its events, so that its last time gives the same slot by
    -- which int_events_merged merged them.
    select
        *,
        {{ time_slot('log_dt', timeout) }} as slot
    from {{ ref('int_events_devices_resolved') }}

),

ordered as (

    -- This is the only sort by the whole order of events. Later windows use the position instead,
    -- because one number sorts and compares faster than nine columns. No rule can tell apart rows
    -- that tie, and functions with the same window see them in the same order.
    -- The slot comes first, so that the same sort also serves the window over slots. It rises with
    -- log_dt, so the order stays the same. The device comes before the day, because keys are
    -- compared from their first byte on and all days begin alike (a tenth of the time on DuckDB).
    select
        *,
        row_number() over events_of_device as device_event_seq,
        lag(log_dt) over events_of_device as previous_log_dt,
        min(first_log_dt) over (
            partition by {{ device }}
            order by slot
            range between current row and current row
        ) as slot_start_dt
    from events
    window events_of_device as (
        partition by {{ device }}
        order by slot, {{ event_order() }}
    )

),

gaps_found as (

    -- For the first row of a slot, the previous row ends later than all other rows of earlier
    -- slots, so the gap runs from its end to the first event of the slot. For any other row, the
    -- previous row ends in the same slot and never before the slot starts, so there is no gap.
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
        max(case when s_wemember_id is not null then 1 else 0 end) over whole_device
            as is_device_login,

        ----------  rule 11, of the device
        {{ last_non_null('platform') }} over whole_device as platform,
        {{ last_non_null('os') }} over whole_device as os,
        {{ last_non_null('app_ver') }} over whole_device as app_ver

    from gaps_found
    window whole_device as (
        partition by {{ device }}
        order by device_event_seq
        rows between unbounded preceding and unbounded following
    )

)

select * from sessions_numbered
