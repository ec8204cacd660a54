with ordered_events as (

    select * from {{ ref('int_ordered_events_filled') }}

),

other_events as (

    -- The other events than those of int_ordered_events_filled.
    select * from {{ ref('int_events_merged') }}
    where case when app_device_id is not null then order_matters else 0 end = 0

),

stacked as (

    select
        {{ event_columns() }},
        first_log_dt,
        log_dt,
        wv_fill
    from ordered_events

    union all

    -- These browsers have no app device, or one app device and at most one account. All their
    -- events get the same app device, whichever event it is filled from.
    select
        {{ event_columns() }},
        first_log_dt,
        log_dt,
        app_device_id as wv_fill
    from other_events

),

resolved as (

    -- An event on a PC keeps its browser as device, even if its login session also has an app
    -- device.
    select
        *,
        case when s_device_type = 'PC' then browser_id else coalesce(wv_fill, browser_id) end
            as new_dvc_id
    from stacked

)

select * from resolved
