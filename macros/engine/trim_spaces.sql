{% macro trim_spaces(text) -%}
    {{ return(adapter.dispatch('trim_spaces', 'ws_shop')(text)) }}
{%- endmacro %}

{% macro default__trim_spaces(text) -%}
    trim(both ' ' from {{ text }})
{%- endmacro %}

{% macro spark__trim_spaces(text) -%}
    trim({{ text }})
{%- endmacro %}
