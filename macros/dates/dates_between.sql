{% macro dates_between(first_date, last_date) -%}
    {%- set dates = [] -%}
    {%- for offset in range((last_date - first_date).days + 1) -%}
        {%- do dates.append((first_date + modules.datetime.timedelta(days=offset)) | string) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
