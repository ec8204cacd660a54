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

{% macro days_of_week(monday) -%}
    {%- set first_date = modules.datetime.date.fromisoformat(monday) -%}
    {{ return(dates_between(first_date, first_date + modules.datetime.timedelta(days=6))) }}
{%- endmacro %}

{% macro run_partitions(meta) -%}
    {{ return(run_weeks() if (meta or {}).get('period') == 'week' else run_dates()) }}
{%- endmacro %}

{% macro partition_days(partition, meta) -%}
    {{ return(days_of_week(partition) if (meta or {}).get('period') == 'week' else [partition]) }}
{%- endmacro %}
