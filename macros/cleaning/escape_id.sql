{% macro escape_id(column) -%}
    replace(replace({{ column }}, '%', '%25'), '|', '%7C')
{%- endmacro %}
