{% macro is_run_week_date(column='part_date') -%}
    {%- set dates = [] -%}
    {%- for monday in run_weeks() -%}
        {%- do dates.extend(days_of_week(monday)) -%}
    {%- endfor -%}
    {{ is_one_of_dates(column, dates) }}
{%- endmacro %}
