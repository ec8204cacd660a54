{% macro is_run_date(column='part_date') -%}
    {{ column }} in ('{{ run_dates() | join("', '") }}')
{%- endmacro %}
