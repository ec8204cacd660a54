{% macro run_weeks() -%}
    {%- set mondays = [] -%}
    {%- for run_date in run_dates() -%}
        {%- set date = modules.datetime.date.fromisoformat(run_date) -%}
        {%- set monday = (date - modules.datetime.timedelta(days=date.weekday())) | string -%}
        {%- if monday not in mondays -%}
            {%- do mondays.append(monday) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(mondays) }}
{%- endmacro %}
