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
