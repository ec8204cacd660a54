with builds as (

    select * from {{ ref('ws_sess_daily_build') }}
    where table_name = 'ws_sess_daily'

),

ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}

),

log_days as (

    select * from {{ ref('int_log_days_summed') }}

),

membership_changes as (

    select * from {{ ref('int_membership_changes_summed') }}

),

builds_and_changes as (

    -- One running sum gives the memberships that cover each day of a build.
    select
        part_date,
        run_timestamp,
        lines_read,
        log_checksum,
        session_timeout_minutes,
        max_clock_skew_hours,
        memberships_checksum,
        0 as hash_change
    from builds
    union all
    select
        part_date,
        null as run_timestamp,
        null as lines_read,
        null as log_checksum,
        null as session_timeout_minutes,
        null as max_clock_skew_hours,
        null as memberships_checksum,
        hash_change
    from membership_changes

),

builds_with_memberships as (

    select
        *,
        cast(
            sum(hash_change) over (
                order by part_date
                range between unbounded preceding and current row
            ) as string
        ) as memberships_now
    from builds_and_changes

),

stacked as (

    {# The facts are stacked and grouped by part_date instead of joined, so that a filter on
       part_date is pushed down to each of them. -#}
    select
        part_date,
        'build_log' as fact_source,
        run_timestamp as first_run_timestamp,
        run_timestamp as last_run_timestamp,
        lines_read,
        cast(null as bigint) as events,
        log_checksum,
        case
            when
                session_timeout_minutes = {{ var('session_timeout_minutes') }}
                and max_clock_skew_hours = {{ var('max_clock_skew_hours') }}
                -- Builds from before the column was there have no checksum.
                and coalesce(memberships_checksum = memberships_now, true)
                then 1
            else 0
        end as is_of_now
    from builds_with_memberships
    where run_timestamp is not null
    union all
    select
        part_date,
        'mart' as fact_source,
        min(run_timestamp) as first_run_timestamp,
        max(run_timestamp) as last_run_timestamp,
        null as lines_read,
        null as events,
        null as log_checksum,
        null as is_of_now
    from ws_sess_daily
    group by part_date
    union all
    select
        part_date,
        'log' as fact_source,
        null as first_run_timestamp,
        null as last_run_timestamp,
        lines_read,
        events,
        log_checksum,
        null as is_of_now
    from log_days

),

days as (

    select
        part_date,
        max(case when fact_source = 'build_log' then first_run_timestamp end) as built_at,
        max(case when fact_source = 'build_log' then lines_read end) as lines_then,
        max(case when fact_source = 'build_log' then log_checksum end) as checksum_then,
        max(is_of_now) as is_of_now,
        max(case when fact_source = 'mart' then first_run_timestamp end) as first_run_timestamp,
        max(case when fact_source = 'mart' then last_run_timestamp end) as last_run_timestamp,
        coalesce(max(case when fact_source = 'log' then lines_read end), 0) as lines_now,
        coalesce(max(events), 0) as events_now,
        coalesce(max(case when fact_source = 'log' then log_checksum end), '0') as checksum_now
    from stacked
    group by part_date
    having max(case when fact_source in ('build_log', 'log') then 1 end) = 1

),

compared as (

    -- What the mart read when it was built, against what it would read now.
    select
        *,
        coalesce(
            lines_then = lines_now
            and checksum_then = checksum_now
            and is_of_now = 1,
            false
        ) as is_as_built
    from days

),

held as (

    -- A row of the build log counts only if the mart holds the rows of that run, which are none for
    -- a day without events.
    select
        *,
        built_at is not null
        and case
            when last_run_timestamp is null then events_now = 0 or not is_as_built
            else first_run_timestamp = built_at and last_run_timestamp = built_at
        end as is_build_of_rows
    from compared

),

judged as (

    -- A day of which the mart has rows was built from events.
    select
        part_date,
        case
            when not ({{ is_real_date('part_date') }}) then 'not_a_date'
            when not is_build_of_rows then 'missing'
            when last_run_timestamp is not null and events_now = 0 then 'gone'
            when not is_as_built then 'stale'
            else 'current'
        end as mart_status,
        case when is_build_of_rows then built_at end as built_at,
        case when is_build_of_rows then lines_then end as lines_then,
        lines_now,
        events_now,
        case when is_build_of_rows then checksum_then end as checksum_then,
        checksum_now
    from held

)

select * from judged
