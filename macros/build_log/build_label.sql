{% macro build_label(part_date, run_timestamp) -%}
    {{ part_date }} || ' ' || {{ utc_timestamp_digits(run_timestamp) }}
{%- endmacro %}
