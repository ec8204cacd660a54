{% macro is_run_date(column='part_date') -%}
    {{ is_one_of_dates(column, run_dates()) }}
{%- endmacro %}
