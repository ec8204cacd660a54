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
