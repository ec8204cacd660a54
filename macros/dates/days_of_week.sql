{% macro days_of_week(monday) -%}
    {%- set dates = [] -%}
    {%- for offset in range(7) -%}
        {%- do dates.append(
            (modules.datetime.date.fromisoformat(monday) + modules.datetime.timedelta(days=offset))
            | string
        ) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
