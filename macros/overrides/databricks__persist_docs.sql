{% macro databricks__persist_docs(relation, model, for_relation, for_columns) -%}
    {#- dbt-databricks' own comments on a table in every run. To Delta Lake that is a change of the
        table, at which a run of other days fails that is writing then. -#}
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
