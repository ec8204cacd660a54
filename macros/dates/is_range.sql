{% macro is_range(dates) -%}
    {%- set first_date = modules.datetime.date.fromisoformat(dates[0]) -%}
    {%- set last_date = modules.datetime.date.fromisoformat(dates[-1]) -%}
    {{ return((last_date - first_date).days + 1 == dates | length) }}
{%- endmacro %}
