{% macro dates_between(first_date, last_date) -%}
    {%- set dates = [] -%}
    {%- for offset in range((last_date - first_date).days + 1) -%}
        {%- do dates.append((first_date + modules.datetime.timedelta(days=offset)) | string) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}

{% macro is_range(dates) -%}
    {%- set first_date = modules.datetime.date.fromisoformat(dates[0]) -%}
    {%- set last_date = modules.datetime.date.fromisoformat(dates[-1]) -%}
    {{ return((last_date - first_date).days + 1 == dates | length) }}
{%- endmacro %}

{% macro vars_of_days(dates) -%}
    {%- if dates | length == 1 -%}
        {{ return('part_date: ' ~ dates[0]) }}
    {%- elif is_range(dates) -%}
        {{ return('part_date: ' ~ dates[0] ~ ', part_date_to: ' ~ dates[-1]) }}
    {%- endif -%}
    {{ return('part_dates: [' ~ dates | join(', ') ~ ']') }}
{%- endmacro %}
