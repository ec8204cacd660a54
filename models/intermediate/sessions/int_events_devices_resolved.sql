with ordered_events as (

    select * from {{ ref('int_ordered_events_filled') }}

),

other_events as (

    select * from {{ ref('int_events_merged') }}
    where not (order_matters = 1 and app_device_id is not null)

),

stacked as (

    select
        {{ event_columns() }},
        first_log_dt,
        log_dt,
        wv_fill
    from ordered_events

    union all

    -- These browsers have no app device, or one app device and one account: whichever event it is
    -- filled from, the app device of all their events is the same.
    select
        {{ event_columns() }},
        first_log_dt,
        log_dt,
        app_device_id as wv_fill
    from other_events

),

resolved as (

    -- Events of a PC keep the browser, even where its login was seen in an app too.
    select
        *,
        case when s_device_type = 'PC' then browser_id else coalesce(wv_fill, browser_id) end
            as new_dvc_id
    from stacked

)

select * from resolved
