{{ config(materialized='view') }}

{% set tables = tables_made_from_mart() %}
{% set weekly = tables | selectattr('period', 'equalto', 'week') | map(attribute='name') | list %}
{% set tables_there = tables | selectattr('is_there') | list %}
{% set names_left = [] %}
{% for table in tables %}
    {% do names_left.append(
        "max(case when table_name = '" ~ table.name ~ "' and is_finished = 0 then table_name end)"
    ) %}
{% endfor %}
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

-- The sources are stacked and grouped by part_date instead of joined, so that a filter on part_date
-- is pushed down to each of them.
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

source_rows as (

    -- A part_date that is not a real date belongs to no day and to no week, even if it can be cast
    -- to a date.
    select
        part_date,
        row_hash as orders_hash,
        0 as wv_sessions_hash
    from orders
    where {{ is_real_date('part_date') }}
    union all
    select
        part_date,
        0 as orders_hash,
        row_hash as wv_sessions_hash
    from weverse_sessions
    where {{ is_real_date('part_date') }}

),

source_periods as (

    -- What a daily table and a weekly table read for each day. For a weekly table, each day of a
    -- week has the rows of the whole week. This is a union, because a filter on part_date is pushed
    -- down through a union but not through a join with the seven days.
    select
        part_date,
        'day' as grain,
        orders_hash,
        wv_sessions_hash
    from source_rows
    {% for offset in range(7) %}
        union all
        select
            {{ day_of_week('part_date', offset) }} as part_date,
            'week' as grain,
            orders_hash,
            wv_sessions_hash
        from source_rows
    {% endfor %}

),

stacked as (

    select
        part_date,
        table_name as fact_source,
        run_timestamp as first_run_timestamp,
        run_timestamp as last_run_timestamp,
        lines_read as line_count,
        cast(null as bigint) as events,
        log_checksum,
        case
            when
                session_timeout_minutes = {{ var('session_timeout_minutes') }}
                and max_clock_skew_hours = {{ var('max_clock_skew_hours') }}
                then 1
            else 0
        end as has_settings_of_now,
        orders_checksum,
        wv_sessions_checksum
    from builds
    where table_name = 'ws_sess_daily'
    union all
    select
        part_date,
        'mart' as fact_source,
        min(run_timestamp) as first_run_timestamp,
        max(run_timestamp) as last_run_timestamp,
        null as line_count,
        null as events,
        null as log_checksum,
        null as has_settings_of_now,
        null as orders_checksum,
        null as wv_sessions_checksum
    from ws_sess_daily
    group by part_date
    {% for table in tables_there %}
        {% for offset in range(7 if table.period == 'week' else 1) %}
            {% set of_week = table.period == 'week' %}
            {% set day = day_of_week('part_date', offset) if of_week else 'part_date' %}
            union all
            select
                {{ day }} as part_date,
                '{{ table.name }}' as fact_source,
                null as first_run_timestamp,
                max(run_timestamp) as last_run_timestamp,
                null as line_count,
                null as events,
                null as log_checksum,
                null as has_settings_of_now,
                null as orders_checksum,
                null as wv_sessions_checksum
            from {{ ref(table.name) }}
            group by {{ day }}
        {% endfor %}
    {% endfor %}
    union all
    select
        part_date,
        'log' as fact_source,
        null as first_run_timestamp,
        null as last_run_timestamp,
        count(*) as line_count,
        count(case when reject_reason is null then 1 end) as events,
        cast(sum(line_hash) as string) as log_checksum,
        null as has_settings_of_now,
        null as orders_checksum,
        null as wv_sessions_checksum
    from client_log
    group by part_date
    union all
    select
        part_date,
        grain as fact_source,
        null as first_run_timestamp,
        null as last_run_timestamp,
        null as line_count,
        null as events,
        null as log_checksum,
        null as has_settings_of_now,
        cast(sum(orders_hash) as string) as orders_checksum,
        cast(sum(wv_sessions_hash) as string) as wv_sessions_checksum
    from source_periods
    group by part_date, grain

),

days as (

    select
        part_date,
        max(case when fact_source = 'ws_sess_daily' then first_run_timestamp end) as built_at,
        max(case when fact_source = 'ws_sess_daily' then line_count end) as lines_then,
        max(case when fact_source = 'ws_sess_daily' then log_checksum end) as checksum_then,
        max(case when fact_source = 'ws_sess_daily' then has_settings_of_now end)
            as has_settings_of_now,
        max(case when fact_source = 'mart' then first_run_timestamp end) as first_run_timestamp,
        max(case when fact_source = 'mart' then last_run_timestamp end) as last_run_timestamp,
        {% for table in tables_there %}
            max(case when fact_source = '{{ table.name }}' then last_run_timestamp end)
                as {{ table.name }}_run,
        {% endfor %}
        coalesce(max(case when fact_source = 'log' then line_count end), 0) as lines_now,
        coalesce(max(events), 0) as events_now,
        coalesce(max(case when fact_source = 'log' then log_checksum end), '0') as checksum_now,
        {% for grain in ['day', 'week'] %}
            coalesce(max(case when fact_source = '{{ grain }}' then orders_checksum end), '0')
                as {{ grain }}_orders_checksum,
            coalesce(max(case when fact_source = '{{ grain }}' then wv_sessions_checksum end), '0')
                as {{ grain }}_wv_sessions_checksum,
        {% endfor %}
        max(case when fact_source in ('log', 'ws_sess_daily') then 1 end) as is_shown
    from stacked
    group by part_date

),

compared as (

    select
        *,
        {{ build_label('part_date', 'built_at') }} as build_label,
        {{ is_real_date('part_date') }} as is_date,
        coalesce(
            lines_then = lines_now and checksum_then = checksum_now and has_settings_of_now = 1,
            false
        ) as is_as_built
    from days
    where is_shown = 1

),

weekdays as (

    {% for offset in range(7) %}
        select {{ offset }} as day_offset
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

table_days as (

    -- The build log of the tables made from the mart. A row of a weekly table counts for each day
    -- of its week.
    select
        builds.*,
        case
            when builds.table_name in ('{{ weekly | join("', '") }}') then 'week'
            else 'day'
        end as grain,
        case
            when builds.table_name in ('{{ weekly | join("', '") }}')
                then {{ day_of_week('builds.part_date', 'weekdays.day_offset') }}
            else builds.part_date
        end as build_day
    from builds
    cross join weekdays
    where
        builds.table_name <> 'ws_sess_daily'
        and (
            weekdays.day_offset = 0
            or builds.table_name in ('{{ weekly | join("', '") }}')
        )

),

tables_in_use as (

    select
        table_name,
        grain
    from table_days
    group by table_name, grain

),

tables_compared as (

    -- A checksum is null if the table does not read that source. All columns of table_days are null
    -- if the table has no build of the day.
    select
        compared.*,
        tables_in_use.table_name,
        case
            when
                table_days.mart_builds like '%' || compared.build_label || '%'
                {% for table in tables_there %}
                    and (
                        tables_in_use.table_name <> '{{ table.name }}'
                        or coalesce(
                            table_days.run_timestamp = compared.{{ table.name }}_run,
                            coalesce(table_days.has_rows, 0) = 0
                        )
                    )
                {% endfor %}
                and coalesce(
                    table_days.orders_checksum
                    = case
                        when tables_in_use.grain = 'week' then compared.week_orders_checksum
                        else compared.day_orders_checksum
                    end,
                    true
                )
                and coalesce(
                    table_days.wv_sessions_checksum
                    = case
                        when tables_in_use.grain = 'week' then compared.week_wv_sessions_checksum
                        else compared.day_wv_sessions_checksum
                    end,
                    true
                )
                then 1
            else 0
        end as is_finished
    from compared
    left join tables_in_use
        on compared.is_shown = 1
    left join table_days
        on
            compared.part_date = table_days.build_day
            and tables_in_use.table_name = table_days.table_name

),

judged as (

    select
        part_date,
        built_at,
        lines_then,
        lines_now,
        events_now,
        checksum_then,
        checksum_now,
        is_date,
        is_as_built,
        -- A day of which the mart has rows was built from events.
        last_run_timestamp is not null and events_now = 0 as is_gone,
        -- A row of the build log counts only if the mart holds the rows of that run, which are none
        -- for a day without events.
        built_at is not null
        and case
            when last_run_timestamp is null then events_now = 0 or not is_as_built
            else first_run_timestamp = built_at and last_run_timestamp = built_at
        end as is_held,
        concat_ws(
            ', ',
            {{ names_left | join(',\n            ') }}
        ) as tables_left
    from tables_compared
    group by
        part_date,
        built_at,
        lines_then,
        lines_now,
        events_now,
        checksum_then,
        checksum_now,
        is_date,
        is_as_built,
        first_run_timestamp,
        last_run_timestamp

),

decided as (

    select
        *,
        case
            when not is_date then 'not_a_date'
            when not is_held then 'missing'
            when is_gone then 'gone'
            when not is_as_built then 'stale'
            when tables_left <> '' then 'unfinished'
            else 'current'
        end as status
    from judged

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
        case when status = 'unfinished' then tables_left end as unfinished_tables,
        case
            when status in ('missing', 'stale', 'unfinished')
                then
                    'dbt run --select '
                    || case
                        when status = 'unfinished' then replace(tables_left, ', ', ' ')
                        else 'ws_sess_daily+'
                    end
                    || ' --vars ''{part_date: '
                    || part_date
                    || case when events_now = 0 then ', allow_empty_day: true' else '' end
                    || '}'''
        end as rerun_command
    from decided

)

select * from final
