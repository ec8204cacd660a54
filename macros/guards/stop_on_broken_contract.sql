{% macro stop_on_broken_contract() -%}
    {%- do adapter.dispatch('stop_on_broken_contract', 'ws_shop')() -%}
{%- endmacro %}

{% macro default__stop_on_broken_contract() -%}
    {#- dbt-duckdb does this itself in every run, in the transaction that writes the table. -#}
{%- endmacro %}

{% macro spark__stop_on_broken_contract() -%}
    {%- do get_assert_columns_equivalent(model.compiled_code) -%}
{%- endmacro %}
