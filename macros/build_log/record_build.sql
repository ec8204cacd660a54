{% macro record_build() -%}
    {%- if execute and model.config.materialized == 'incremental'
        and model.name != 'ws_sess_daily_build' -%}
        {{ adapter.dispatch('record_build', 'ws_shop')(load_result('build_rows').response) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__record_build(rows) -%}
    {#- This is in the transaction that writes the rows of the table. -#}
    insert into {{ build_log_relation() }}
    with held as (
        {{ days_of_table() }}
    )
    select
        {{ columns_of_build_log() }}
    from ({{ rows }}) as own
    left join held on own.part_date = held.part_date
{%- endmacro %}

{% macro spark__record_build(rows) -%}
    {#- The rows of the table are in a commit of their own, and another run may have overwritten a
        day since then. This run writes the row of a day that holds its rows, and of a day that it
        has left empty. A row that another run has written for any other day stays. -#}
    {%- set days = days_left_empty() -%}
    insert into {{ build_log_relation() }} replace where {{ is_build_of_run() }}
    with held as (
        {{ days_of_table('max(run_timestamp) as run_timestamp') }}
    ),
    own as (
        select
            {{ columns_of_build_log() }}
        from ({{ rows }}) as own
        left join held on own.part_date = held.part_date
        where
            coalesce(
                held.run_timestamp = {{ run_timestamp() }},
                own.part_date in ('{{ days | join("', '") }}')
            )
    )
    select * from own
    union all
    select others.* from {{ build_log_relation() }} as others
    left anti join own on others.part_date = own.part_date
    where {{ is_build_of_run() }}
{%- endmacro %}

{#- In the order of the table, because not every engine inserts by name. -#}
{% macro columns_of_build_log() -%}
    {%- for column in graph.nodes['model.ws_shop.ws_sess_daily_build'].columns -%}
        {%- if column == 'has_rows' -%}
            case when held.part_date is null then 0 else 1 end as has_rows
        {%- else -%}
            own.{{ column }}
        {%- endif -%}
        {{- ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Days of the run of which the table has rows. -#}
{% macro days_of_table(measure=none) -%}
    select
        part_date
        {{- ', ' ~ measure if measure }}
    from {{ this }}
    where part_date in ('{{ run_partitions(model.config.meta) | join("', '") }}')
    group by part_date
{%- endmacro %}

{#- Days of the run that are empty because this run's result is. A day can also be empty because
    another run has emptied it since. Then that run and this one have both written to the table
    since prepare_build(). The history is read last, so that it includes what the days show. -#}
{% macro days_left_empty() -%}
    {%- set held_days = run_query(days_of_table()).rows | map(attribute='part_date') | list -%}
    {%- set empty_days = run_partitions(model.config.meta) | reject('in', held_days) | list -%}
    {%- if empty_days -%}
        {%- set writes = run_query('describe history ' ~ this ~ ' limit 20').rows
            | selectattr('version', 'gt', load_result('table_version').response)
            | selectattr('operation', 'in', ['WRITE', 'DELETE']) | list -%}
        {%- if writes | length > 1 -%}
            {{ return([]) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(empty_days) }}
{%- endmacro %}
