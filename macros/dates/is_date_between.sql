{% macro is_date_between(column, first_date, last_date) -%}
    (
        {{ column }} between '{{ first_date }}' and '{{ last_date }}'
        and {{ is_real_date(column) }}
    )
{%- endmacro %}
