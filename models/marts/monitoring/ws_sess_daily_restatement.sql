{{ config(materialized='view') }}

{% set tables = tables_made_from_mart() %}

with mart_days as (

    select * from {{ ref('int_mart_days_compared') }}

),

table_days as (

    select * from {{ ref('int_table_days_compared') }}

),

builds as (

    select * from {{ ref('ws_sess_daily_build') }}

),

stacked as (

    {# The days and the tables that are finished on them are stacked and grouped instead of joined,
       because DuckDB does not push a list of days down through a join. -#}
    select
        part_date,
        mart_status,
        built_at,
        lines_then,
        lines_now,
        events_now,
        checksum_then,
        checksum_now,
        cast(null as string) as table_name
    from mart_days
    union all
    select
        part_date,
        null as mart_status,
        null as built_at,
        null as lines_then,
        null as lines_now,
        null as events_now,
        null as checksum_then,
        null as checksum_now,
        table_name
    from table_days
    where is_finished

),

days as (

    select
        part_date,
        {% for table in tables -%}
            max(case when table_name = '{{ table.name }}' then 1 else 0 end) as {{ table.name }},
        {% endfor -%}
        max(mart_status) as mart_status,
        max(built_at) as built_at,
        max(lines_then) as lines_then,
        max(lines_now) as lines_now,
        max(events_now) as events_now,
        max(checksum_then) as checksum_then,
        max(checksum_now) as checksum_now
    from stacked
    group by part_date
    having max(mart_status) is not null

),

tables_in_use as (

    select
        {% for table in tables -%}
            max(case when table_name = '{{ table.name }}' then 1 else 0 end) as {{ table.name }},
        {% endfor -%}
        count(*) as build_count
    from builds

),

tables_compared as (

    select
        days.*,
        concat_ws(
            ', ',
            {% for table in tables -%}
                case
                    when tables_in_use.{{ table.name }} > days.{{ table.name }}
                        then '{{ table.name }}'
                end
                {{- ',' if not loop.last }}
            {% endfor %}
        ) as tables_left
    from days
    cross join tables_in_use

),

decided as (

    select
        *,
        case
            when mart_status = 'current' and tables_left <> '' then 'unfinished'
            else mart_status
        end as status
    from tables_compared

),

final as (

    select
        part_date,
        status,
        lines_then,
        lines_now,
        checksum_then,
        checksum_now,
        built_at,
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
