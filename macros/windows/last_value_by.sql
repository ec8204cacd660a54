{% macro last_value_by(column, order_by) -%}
    max_by({{ column }}, case when {{ column }} is not null then {{ order_by }} end)
{%- endmacro %}
