{% set tables = tables_made_from_mart() %}
{% set weekly = tables | selectattr('period', 'equalto', 'week') | map(attribute='name') | list %}
{% set tables_there = tables | selectattr('is_there') | list %}
{% set names_there = tables_there | map(attribute='name') | list %}
{% if not execute %}
    {# dbt must know while it parses which tables may be read. #}
    {% for name in [
        'stats_we_d_integ_visit',
        'stats_we_w_shop_integ_visit',
        'stats_ws_d_ord_shop_integ',
        'stats_wv_user_ws_visit',
        'ws_platform_daily',
        'ws_sess_daily_audit',
    ] %}
        {% do ref(name) %}
    {% endfor %}
{% endif %}

with builds as (

    select
        *,
        case
            when table_name in ('{{ weekly | join("', '") }}') then 'week'
            else 'day'
        end as grain
    from {{ ref('ws_sess_daily_build') }}

),

source_periods as (

    select * from {{ ref('int_source_periods_summed') }}

),

-- A build or a row of a weekly table counts for each day of its week. A filter on part_date is not
-- pushed down through the join with the seven days, but the joined tables have few rows.
days_of_week as (

    select numbered.day_number
    from (values ({{ range(7) | join('), (') }})) as numbered (day_number)

),

build_days as (

    select
        *,
        part_date as build_day
    from builds
    where grain = 'day'
    union all
    select
        builds.*,
        {{ day_of_week('builds.part_date', 'days_of_week.day_number') }} as build_day
    from builds
    cross join days_of_week
    where builds.grain = 'week'

),

row_days as (

    {% for table in tables_there -%}
        {% set of_week = table.period == 'week' -%}
        select
            '{{ table.name }}' as table_name,
            '{{ table.period }}' as grain,
            {{ day_of_week('part_date', 'day_number') if of_week else 'part_date' }} as part_date,
            run_timestamp
        from {{ ref(table.name) }}
        {{ 'cross join days_of_week' if of_week }}
        union all
    {% endfor -%}
    -- None of the tables may be there.
    select
        table_name,
        grain,
        part_date,
        run_timestamp
    from builds
    where false

),

stacked as (

    {# The facts are stacked and grouped instead of joined, so that a filter on part_date is pushed
       down to each of them. -#}
    select
        table_name,
        build_day as part_date,
        grain,
        run_timestamp as built_at,
        has_rows,
        mart_builds,
        orders_checksum,
        wv_sessions_checksum,
        cast(null as timestamp) as last_run_timestamp
    from build_days
    union all
    select
        table_name,
        part_date,
        grain,
        null as built_at,
        null as has_rows,
        null as mart_builds,
        null as orders_checksum,
        null as wv_sessions_checksum,
        max(run_timestamp) as last_run_timestamp
    from row_days
    group by table_name, part_date, grain
    union all
    select
        'sources' as table_name,
        part_date,
        grain,
        null as built_at,
        null as has_rows,
        null as mart_builds,
        orders_checksum,
        wv_sessions_checksum,
        null as last_run_timestamp
    from source_periods

),

table_days as (

    select
        table_name,
        part_date,
        grain,
        max(built_at) as built_at,
        max(has_rows) as has_rows,
        max(mart_builds) as mart_builds,
        max(orders_checksum) as orders_checksum,
        max(wv_sessions_checksum) as wv_sessions_checksum,
        max(last_run_timestamp) as last_run_timestamp
    from stacked
    group by table_name, part_date, grain

),

facts_spread as (

    select
        *,
        max(case when table_name = 'ws_sess_daily' then built_at end) over (
            partition by part_date
        ) as mart_built_at,
        max(case when table_name = 'sources' then orders_checksum end) over (
            partition by part_date, grain
        ) as orders_now,
        max(case when table_name = 'sources' then wv_sessions_checksum end) over (
            partition by part_date, grain
        ) as wv_sessions_now
    from table_days

),

compared as (

    -- A row of the build log counts only if the table holds the rows of that run, or none if the
    -- run made none. A checksum of the build is null if the table does not read that source.
    select
        table_name,
        part_date,
        coalesce(
            mart_builds like '%' || {{ label_of_build('part_date', 'mart_built_at') }} || '%',
            false
        )
        and (
            table_name not in ('{{ names_there | join("', '") }}')
            or coalesce(last_run_timestamp = built_at, coalesce(has_rows, 0) = 0)
        )
        and coalesce(orders_checksum = coalesce(orders_now, '0'), true)
        and coalesce(wv_sessions_checksum = coalesce(wv_sessions_now, '0'), true) as is_finished
    from facts_spread
    where
        built_at is not null
        and table_name <> 'ws_sess_daily'

)

select * from compared
