{% macro is_run_date(column='part_date') -%}
    {{ is_one_of_dates(column, run_dates()) }}
{%- endmacro %}

{% macro is_run_week_date(column='part_date') -%}
    {%- set dates = [] -%}
    {%- for monday in run_weeks() -%}
        {%- do dates.extend(days_of_week(monday)) -%}
    {%- endfor -%}
    {{ is_one_of_dates(column, dates) }}
{%- endmacro %}

{% macro is_tested_date(column='part_date') -%}
    {{ 'true' if flag_var('test_all_dates') else is_run_date(column) }}
{%- endmacro %}

{% macro is_one_of_dates(column, dates) -%}
    {%- if dates | length == 1 -%}
        {{ column }} = '{{ dates[0] }}'
    {%- else -%}
        (
            {{ column }} between '{{ dates[0] }}' and '{{ dates[-1] }}'
            and {% if is_range(dates) %}{{ is_real_date(column) }}
                {%- else %}{{ column }} in ('{{ dates | join("', '") }}'){% endif %}
        )
    {%- endif -%}
{%- endmacro %}
