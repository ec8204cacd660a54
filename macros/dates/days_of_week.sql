{% macro days_of_week(monday) -%}
    {%- set first_date = modules.datetime.date.fromisoformat(monday) -%}
    {{ return(dates_between(first_date, first_date + modules.datetime.timedelta(days=6))) }}
{%- endmacro %}
