{% macro is_run_date(column='part_date') -%}
    {%- set dates = run_dates() -%}
    {%- if dates | length == 1 -%}
        {{ column }} = '{{ dates[0] }}'
    {%- else -%}
        {{ is_date_between(column, dates[0], dates[-1]) }}
    {%- endif -%}
{%- endmacro %}
