{% macro is_run_date(column='part_date') -%}
    {%- set dates = run_dates() -%}
    {%- if dates | length == 1 -%}
        {{ column }} = '{{ dates[0] }}'
    {%- else -%}
        (
            {{ column }} between '{{ dates[0] }}' and '{{ dates[-1] }}'
            and {{ column }} in ('{{ dates | join("', '") }}')
        )
    {%- endif -%}
{%- endmacro %}
