{% macro day_of_week(part_date, offset) -%}
    {%- set monday = week_start('try_cast(' ~ part_date ~ ' as date)') -%}
    cast({{ monday }} + {{ offset }} as string)
{%- endmacro %}

{% macro week_start(date) -%}
    cast({{ dbt.date_trunc('week', date) }} as date)
{%- endmacro %}
