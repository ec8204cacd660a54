{{ config(materialized='view') }}

{% set tables = tables_made_from_mart() %}
{% set week = week_start('try_cast(part_date as date)') %}

with client_log as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where part_date is not null

),

orders as (

    select * from {{ ref('stg_we_mart__ws_order') }}

),

weverse_sessions as (

    select * from {{ ref('stg_we_mart__wv_sess_daily') }}

),

ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}

),

builds as (

    select * from {{ ref('ws_sess_daily_build') }}

),

-- The build log, the mart and the log, a row each for a day: no filter on part_date would pass a
-- full outer join of them.
stacked as (

    select
        part_date,
        'build' as origin,
        run_timestamp as first_run_timestamp,
        run_timestamp as last_run_timestamp,
        lines_read as lines,
        null as events,
        log_checksum as checksum,
        session_timeout_minutes = {{ var('session_timeout_minutes') }}
        and max_clock_skew_hours = {{ var('max_clock_skew_hours') }} as has_settings_of_now
    from builds
    where table_name = 'ws_sess_daily'
    union all
    select
        part_date,
        'mart' as origin,
        min(run_timestamp) as first_run_timestamp,
        max(run_timestamp) as last_run_timestamp,
        null as lines,
        null as events,
        null as checksum,
        null as has_settings_of_now
    from ws_sess_daily
    group by part_date
    union all
    select
        part_date,
        'log' as origin,
        null as first_run_timestamp,
        null as last_run_timestamp,
        count(*) as lines,
        count(case when reject_reason is null then 1 end) as events,
        cast(sum(line_hash) as string) as checksum,
        null as has_settings_of_now
    from client_log
    group by part_date

),

days as (

    select
        part_date,
        max(case when origin = 'build' then first_run_timestamp end) as built_at,
        max(case when origin = 'build' then lines end) as lines_then,
        max(case when origin = 'build' then checksum end) as checksum_then,
        max(case when origin = 'mart' then first_run_timestamp end) as first_run_timestamp,
        max(case when origin = 'mart' then last_run_timestamp end) as last_run_timestamp,
        coalesce(max(case when origin = 'log' then lines end), 0) as lines_now,
        coalesce(max(events), 0) as events_now,
        coalesce(max(case when origin = 'log' then checksum end), '0') as checksum_now,
        coalesce(max(has_settings_of_now), false) as has_settings_of_now
    from stacked
    group by part_date
    having max(case when origin <> 'mart' then 1 end) = 1

),

compared as (

    select
        *,
        coalesce(
            lines_then = lines_now and checksum_then = checksum_now and has_settings_of_now, false
        ) as is_as_built,
        {{ is_real_date('part_date') }} as is_date
    from days

),

held as (

    -- A row of the build log counts where the mart holds what that run made: nothing, of a day
    -- that had no event.
    select
        *,
        built_at is not null
        and case
            when last_run_timestamp is null then events_now = 0 or not is_as_built
            else first_run_timestamp = built_at and last_run_timestamp = built_at
        end as is_held
    from compared

),

source_days as (

    -- A part_date that is no date is of no day, nor of the week that it could be cast to.
    select
        part_date,
        sum(row_hash) as orders_hash,
        cast(0 as decimal(38, 0)) as wv_sessions_hash
    from orders
    where {{ is_real_date('part_date') }}
    group by part_date
    union all
    select
        part_date,
        cast(0 as decimal(38, 0)) as orders_hash,
        sum(row_hash) as wv_sessions_hash
    from weverse_sessions
    where {{ is_real_date('part_date') }}
    group by part_date

),

source_periods as (

    -- What a table of days and a table of weeks reads of them. Each day of a week has the whole
    -- week's rows, by a union, which a filter on part_date passes.
    select
        'day' as period,
        part_date,
        orders_hash,
        wv_sessions_hash
    from source_days
    {% for offset in range(7) %}
        union all
        select
            'week' as period,
            cast(cast({{ week }} + interval '{{ offset }}' day as date) as string) as part_date,
            orders_hash,
            wv_sessions_hash
        from source_days
    {% endfor %}

),

sources_now as (

    select
        period,
        part_date,
        cast(sum(orders_hash) as string) as orders_checksum,
        cast(sum(wv_sessions_hash) as string) as wv_sessions_checksum
    from source_periods
    group by period, part_date

),

tables_in_use as (

    select
        table_name,
        case
            {% for table in tables if table.period == 'week' %}
                when table_name = '{{ table.name }}' then 'week'
            {% endfor %}
            else 'day'
        end as period
    from builds
    where table_name in ('{{ tables | map(attribute='name') | join("', '") }}')
    group by table_name

),

built_days as (

    select
        held.part_date,
        {{ build_label('held.part_date', 'held.built_at') }} as label,
        tables_in_use.table_name,
        tables_in_use.period,
        case
            when tables_in_use.period = 'week'
                then cast({{ week_start('try_cast(held.part_date as date)') }} as string)
            else held.part_date
        end as table_part_date
    from held
    cross join tables_in_use
    where held.is_held and held.is_as_built

),

tables_compared as (

    -- Null, which is no yes, where the table has no row; a checksum is null that it does not read.
    select
        built_days.part_date,
        built_days.table_name,
        builds.mart_builds like '%' || built_days.label || '%'
        and coalesce(
            builds.orders_checksum = coalesce(sources_now.orders_checksum, '0'),
            builds.orders_checksum is null
        )
        and coalesce(
            builds.wv_sessions_checksum = coalesce(sources_now.wv_sessions_checksum, '0'),
            builds.wv_sessions_checksum is null
        ) as is_finished
    from built_days
    left join builds
        on
            built_days.table_name = builds.table_name
            and built_days.table_part_date = builds.part_date
    left join sources_now
        on
            built_days.period = sources_now.period
            and built_days.part_date = sources_now.part_date

),

unfinished_days as (

    select
        part_date,
        concat_ws(
            ', '
            {% for table in tables %}
                , max(case when table_name = '{{ table.name }}' then table_name end)
            {% endfor %}
        ) as unfinished_tables
    from tables_compared
    where not coalesce(is_finished, false)
    group by part_date

),

judged as (

    select
        held.*,
        unfinished_days.unfinished_tables,
        case
            when not held.is_date then 'not_a_date'
            when not held.is_held then 'missing'
            when not held.is_as_built then 'stale'
            when unfinished_days.part_date is not null then 'unfinished'
            else 'current'
        end as status
    from held
    left join unfinished_days
        on held.part_date = unfinished_days.part_date

),

final as (

    select
        part_date,
        status,
        case when is_held then lines_then end as lines_then,
        lines_now,
        case when is_held then checksum_then end as checksum_then,
        checksum_now,
        case when is_held then built_at end as built_at,
        unfinished_tables,
        case
            when status in ('missing', 'stale', 'unfinished')
                then
                    'dbt run --select '
                    || coalesce(replace(unfinished_tables, ', ', ' '), 'ws_sess_daily+')
                    || ' --vars ''{part_date: '
                    || part_date
                    || case when events_now = 0 then ', allow_empty_day: true' else '' end
                    || '}'''
        end as rerun_command
    from judged

)

select * from final
