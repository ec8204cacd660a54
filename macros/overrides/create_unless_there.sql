{% macro create_unless_there(create_table_as, temporary, relation, compiled_code) -%}
    {%- if temporary or model.config.materialized != 'incremental' -%}
        {{ create_table_as(temporary, relation, compiled_code) }}
    {%- else -%}
        {%- set rows = '(\n' ~ compiled_code ~ '\n) as new_rows' -%}
        {%- set create = create_table_as(
            false, relation, 'select * from ' ~ rows ~ ' where false'
        ) -%}
        {%- call statement('create_unless_there') -%}
            {{ create | replace('create or replace table', 'create table if not exists') }}
        {%- endcall -%}
        {%- if config.get('incremental_strategy') == 'insert_overwrite' -%}
            {{ get_insert_overwrite_sql(rows, relation) }}
        {%- else -%}
            {#- Rows that another run may have written since then must not be replaced. -#}
            insert into {{ relation }} by name select * from {{ rows }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ create_unless_there(dbt.spark__create_table_as, temporary, relation, compiled_code) }}
{%- endmacro %}

{% macro databricks__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ create_unless_there(dbt.databricks__create_table_as, temporary, relation, compiled_code) }}
{%- endmacro %}
