{% set timeout = whole_number_var('session_timeout_minutes') %}

with events as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where {{ is_event() }}

),

browsers as (

    select * from {{ ref('int_browsers_profiled') }}

),

events_with_browser as (

    select
        events.*,
        {{ time_slot('events.log_dt', timeout) }} as slot,
        browsers.app_device_id,
        coalesce(browsers.order_matters, 0) as order_matters,
        case when browsers.order_matters = 1 then events.log_dt end as unmerged_log_dt
    from events
    left join browsers
        on
            events.browser_id = browsers.browser_id
            and events.part_date = browsers.part_date

),

merged as (

    -- A slot lies within one session, because no gap inside it is longer than the timeout. Events
    -- of a slot that agree in all columns that a rule reads give the same rows of the mart as one
    -- row with their first and last time, as long as no other account or app device can come
    -- between them. Where one can (order_matters), events at different times stay separate rows.
    -- The columns of the browser are also grouped by, so that Spark can distribute the events by
    -- them before it merges.
    select
        {{ event_columns() }},
        app_device_id,
        order_matters,
        min(log_dt) as first_log_dt,
        max(log_dt) as log_dt
    from events_with_browser
    group by {{ event_columns() }}, app_device_id, order_matters, slot, unmerged_log_dt

)

select * from merged
