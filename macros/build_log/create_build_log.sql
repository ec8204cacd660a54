{% macro create_build_log() -%}
    {#- The columns are those of the model, which runs after the mart. The mart needs the table. -#}
    {%- set described = graph.nodes['model.ws_shop.ws_sess_daily_build'] -%}
    {%- set definitions = [] -%}
    {%- for column in described.columns.values() -%}
        {%- do definitions.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {#- Adds the table to dbt's cache, so that the other models of the run see it. -#}
    {%- do adapter.cache_added(build_log()) -%}
    create table if not exists {{ build_log() }} ({{ definitions | join(', ') }})
    {{ adapter.dispatch('build_log_format', 'ws_shop')(described.description) }}
{%- endmacro %}

{% macro default__build_log_format(description) -%}
{%- endmacro %}

{% macro spark__build_log_format(description) -%}
    using delta
    partitioned by (table_name, part_date)
    comment '{{ description | trim | replace("'", "\\'") }}'
{%- endmacro %}
