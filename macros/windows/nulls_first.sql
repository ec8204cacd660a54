{% macro nulls_first(columns) -%}
    {%- for column in columns -%}
        {{ column }} nulls first{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
