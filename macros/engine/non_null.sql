{% macro last_non_null(column) -%}
    {{ return(adapter.dispatch('last_non_null', 'ws_shop')(column)) }}
{%- endmacro %}

{% macro default__last_non_null(column) -%}
    last_value({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__last_non_null(column) -%}
    last_value({{ column }}) ignore nulls
{%- endmacro %}

{% macro first_non_null(column) -%}
    {{ return(adapter.dispatch('first_non_null', 'ws_shop')(column)) }}
{%- endmacro %}

{% macro default__first_non_null(column) -%}
    first_value({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__first_non_null(column) -%}
    first_value({{ column }}) ignore nulls
{%- endmacro %}
