{% macro databricks__persist_docs(relation, model, for_relation, for_columns) -%}
    {#- dbt-databricks' own macro sets the comment of a table in every run. Delta Lake treats that
        as a change of the table, so a run of other days that is writing at that time fails. -#}
    {%- set current = namespace(comment='') -%}
    {%- if for_relation and model.config.materialized == 'incremental' -%}
        {%- for row in run_query('describe extended ' ~ relation).rows -%}
            {%- if row['col_name'] == 'Comment' -%}
                {%- set current.comment = row['data_type'] -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set is_new = current.comment | trim != model.description | trim -%}
    {{ return(
        dbt.databricks__persist_docs(relation, model, for_relation and is_new, for_columns)
    ) }}
{%- endmacro %}

{% macro spark__alter_column_comment(relation, column_dict) -%}
    {#- dbt-spark's own macro runs one statement per column in every run. Each makes a new version
        of the table, and together they take longer than the run itself. This is one statement, and
        none if the comments have not changed. -#}
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
    {#- dbt-databricks has a macro of its own, which the `spark__` macro above would hide. -#}
    {{ return(dbt.databricks__alter_column_comment(relation, column_dict)) }}
{%- endmacro %}
