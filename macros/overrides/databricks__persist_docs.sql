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
