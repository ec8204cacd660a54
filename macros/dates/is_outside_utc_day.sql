{% macro is_outside_utc_day(timestamp, part_date, hours) -%}
    (
        {{ timestamp }} < {{ add_minutes(utc_midnight(part_date), -60 * hours) }}
        or {{ timestamp }} > {{ add_minutes(utc_midnight(part_date), 60 * (24 + hours)) }}
    )
{%- endmacro %}
