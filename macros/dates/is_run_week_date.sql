{% macro is_run_week_date(column='part_date') -%}
    {%- set mondays = run_weeks() -%}
    {{ is_date_between(column, mondays[0], days_of_week(mondays[-1])[-1]) }}
{%- endmacro %}
