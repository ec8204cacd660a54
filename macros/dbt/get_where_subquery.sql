{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if not where -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- if '__run_dates__' in where -%}
        {%- set run_dates = 'true' if flag_var('test_all_dates') else is_run_date() -%}
        {%- set where = where | replace('__run_dates__', run_dates) -%}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') }}
{%- endmacro %}
