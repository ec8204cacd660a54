{% macro create_unless_there(relation, compiled_code, clauses, key='') -%}
    {%- call statement('create_unless_there') -%}
        create table if not exists {{ relation }} (
            {{- column_definitions(model.columns) }}
            {{- ',\n' ~ key if key }}
        )
        {{ clauses }}
    {%- endcall -%}
    {%- set rows = '(\n' ~ compiled_code ~ '\n) as new_rows' -%}
    {%- if config.get('incremental_strategy') == 'insert_overwrite' -%}
        {{ get_insert_overwrite_sql(rows, relation) }}
    {%- else -%}
        {#- Rows that another run may have written since then must not be replaced. -#}
        insert into {{ relation }} by name select * from {{ rows }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary or model.config.materialized != 'incremental' -%}
        {{ dbt.spark__create_table_as(temporary, relation, compiled_code) }}
    {%- else -%}
        {%- set clauses -%}
            {{ file_format_clause() }}
            {{ options_clause() }}
            {{ tblproperties_clause() }}
            {{ partition_cols(label='partitioned by') }}
            {{ clustered_cols(label='clustered by') }}
            {{ location_clause() }}
            {{ comment_clause() }}
        {%- endset -%}
        {{ create_unless_there(relation, compiled_code, clauses) }}
    {%- endif -%}
{%- endmacro %}

{% macro databricks__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary or model.config.materialized != 'incremental' -%}
        {{ dbt.databricks__create_table_as(temporary, relation, compiled_code) }}
    {%- else -%}
        {%- set catalog_relation = adapter.build_catalog_relation(config.model) -%}
        {%- set clauses -%}
            {{ file_format_clause(catalog_relation) }}
            {{ databricks__options_clause(catalog_relation) }}
            {{ partition_cols(label='partitioned by') }}
            {{ get_create_row_filter_clause(relation) }}
            {{ liquid_clustered_cols() }}
            {{ clustered_cols(label='clustered by') }}
            {{ location_clause(catalog_relation) }}
            {{ comment_clause() }}
            {{ tblproperties_clause() }}
        {%- endset -%}
        {%- set keys = [] -%}
        {%- for key in model.constraints if key.type == 'primary_key' -%}
            {%- do keys.append(
                'constraint ' ~ key.name ~ ' primary key (' ~ key.columns | join(', ') ~ ')'
            ) -%}
        {%- endfor -%}
        {{ create_unless_there(relation, compiled_code, clauses, keys | first) }}
    {%- endif -%}
{%- endmacro %}

{% macro column_definitions(columns) -%}
    {%- for column in columns.values() %}
    {{ column.name }} {{ column.data_type }}
    {{- ' not null' if column.constraints | selectattr('type', 'equalto', 'not_null') | list }}
    {{- adapter.dispatch('comment_of', 'ws_shop')(column.description) }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro default__comment_of(description) -%}
{%- endmacro %}

{#- If a run had to add the descriptions afterwards, it would change the table while other runs
    write to it, and Delta Lake would make those fail. -#}
{% macro spark__comment_of(description) -%}
    {{ " comment '" ~ (description | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'" }}
{%- endmacro %}

{% macro spark__persist_constraints(relation, model) -%}
    {#- The tables of incremental models are created with their constraints. -#}
    {%- if model.config.materialized != 'incremental' -%}
        {%- do dbt.spark__persist_constraints(relation, model) -%}
    {%- endif -%}
{%- endmacro %}

{% macro databricks__persist_constraints(relation, model) -%}
    {%- if model.config.materialized != 'incremental' -%}
        {%- do dbt.databricks__persist_constraints(relation, model) -%}
    {%- endif -%}
{%- endmacro %}
