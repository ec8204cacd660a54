{% macro build_log_relation() -%}
    {{ return(this.incorporate(path={'identifier': 'ws_sess_daily_build'}, type='table')) }}
{%- endmacro %}

{% macro create_build_log() -%}
    {#- The columns are those of the model, which runs after the mart. The mart needs the table. -#}
    {%- set described = graph.nodes['model.ws_shop.ws_sess_daily_build'] -%}
    {#- Adds the table to dbt's cache, so that the other models of the run see it. -#}
    {%- do adapter.cache_added(build_log_relation()) -%}
    create table if not exists {{ build_log_relation() }} (
        {{- column_definitions(described.columns) }}
    )
    {{ adapter.dispatch('build_log_format', 'ws_shop')() }}
    {{- adapter.dispatch('comment_of', 'ws_shop')(described.description | trim) }}
{%- endmacro %}

{% macro default__build_log_format() -%}
{%- endmacro %}

{% macro spark__build_log_format() -%}
    using delta
    partitioned by (table_name, part_date)
{%- endmacro %}

{% macro is_build_of_run() -%}
    table_name = '{{ model.name }}'
    and part_date in ('{{ run_partitions(model.config.meta) | join("', '") }}')
{%- endmacro %}

{% macro label_of_build(part_date, run_timestamp) -%}
    {{ part_date }} || ' ' || {{ utc_timestamp_digits(run_timestamp) }}
{%- endmacro %}
