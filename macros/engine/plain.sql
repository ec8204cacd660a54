{% macro plain(column, type) -%}
    {{ return(adapter.dispatch('plain', 'ws_shop')(column, type)) }}
{%- endmacro %}

{% macro default__plain(column, type) -%}
    cast({{ column }} as {{ type }})
{%- endmacro %}

{% macro spark__plain(column, type) -%}
    {{ column }}
{%- endmacro %}
