{% macro utc_midnight(part_date) -%}
    cast({{ part_date }} || 'T00:00:00Z' as timestamp)
{%- endmacro %}
