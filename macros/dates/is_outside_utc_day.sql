{% macro is_outside_utc_day(timestamp, part_date, hours) -%}
    (
        {{ timestamp }} < {{ utc_midnight(part_date) }} - interval '{{ hours }}' hour
        or {{ timestamp }} > {{ utc_midnight(part_date) }} + interval '{{ 24 + hours }}' hour
    )
{%- endmacro %}
