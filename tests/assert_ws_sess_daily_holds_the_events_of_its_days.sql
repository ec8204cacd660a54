-- Finds lines that were lost between staging and the mart. On each day that was built, the first
-- and last time and the artists and shops of the accepted events must be those of the mart. Returns
-- one row for each value that only one side has. It runs no event window.
with built_days as (

    select part_date from {{ ref('ws_sess_daily_audit') }}
    where {{ is_tested_date() }}

),

events as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where
        reject_reason is null
        and part_date in (select built_days.part_date from built_days)

),

mart_rows as (

    select * from {{ ref('ws_sess_daily') }}
    where part_date in (select built_days.part_date from built_days)

),

event_times as (

    select
        part_date,
        min(log_dt) as first_log_dt,
        max(log_dt) as last_log_dt
    from events
    group by part_date

),

mart_times as (

    select
        part_date,
        min(sess_start_dt) as first_log_dt,
        max(sess_end_dt) as last_log_dt
    from mart_rows
    group by part_date

),

event_pages as (

    select distinct
        part_date,
        ws_art_id,
        shop
    from events

),

mart_pages as (

    select distinct
        part_date,
        ws_art_id,
        shop
    from mart_rows

),

lost_times as (

    select * from event_times
    except
    select * from mart_times

),

invented_times as (

    select * from mart_times
    except
    select * from event_times

),

lost_pages as (

    select * from event_pages
    except
    select * from mart_pages

),

invented_pages as (

    select * from mart_pages
    except
    select * from event_pages

)

select
    part_date,
    'time of an event that the mart lacks' as finding
from lost_times
union all
select
    part_date,
    'time in the mart without an event' as finding
from invented_times
union all
select
    part_date,
    'artist and shop of an event that the mart lacks' as finding
from lost_pages
union all
select
    part_date,
    'artist and shop in the mart without an event' as finding
from invented_pages
