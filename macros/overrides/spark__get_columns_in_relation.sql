{% macro spark__get_columns_in_relation(relation) -%}
    {#- dbt-spark's own macro returns rows without the names that `dbt snapshot` looks for. The
        snapshot would then write nulls into the closing row of a key that disappeared. -#}
    {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{% macro databricks__get_columns_in_relation(relation) -%}
    {#- dbt-databricks needs those rows, which the `spark__` macro above would hide. -#}
    {{ return(dbt.spark__get_columns_in_relation(relation)) }}
{%- endmacro %}
