{% macro spark__alter_column_comment(relation, column_dict) -%}
    {#- dbt-spark's own is a statement a column, on every run: as many new versions of the table,
        and more time than the run itself. This is one, and none where the comments are there. -#}
    {%- set changed = [] -%}
    {%- for row in run_query('describe ' ~ relation).rows -%}
        {%- set column = column_dict.get(row['col_name']) -%}
        {%- if column and column['description'] != (row['comment'] or '')
            and row['col_name'] not in changed | map(attribute='name') -%}
            {%- do changed.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if changed -%}
        {%- set statement -%}
            alter table {{ relation }} alter column
            {%- for column in changed %}
            {{ column['name'] }} comment '{{
                column['description'] | replace("\\", "\\\\") | replace("'", "\\'")
            }}'{{ ',' if not loop.last }}
            {%- endfor %}
        {%- endset -%}
        {%- do run_query(statement) -%}
    {%- endif -%}
{%- endmacro %}

{% macro databricks__alter_column_comment(relation, column_dict) -%}
    {#- Databricks' own adapter has its own way, which `spark__` above would hide. -#}
    {{ return(dbt.databricks__alter_column_comment(relation, column_dict)) }}
{%- endmacro %}
