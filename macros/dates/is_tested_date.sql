{% macro is_tested_date(column='part_date') -%}
    {{ 'true' if flag_var('test_all_dates') else is_run_date(column) }}
{%- endmacro %}
