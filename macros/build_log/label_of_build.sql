{% macro label_of_build(part_date, run_timestamp) -%}
    {{ part_date }} || ' ' || {{ utc_timestamp_digits(run_timestamp) }}
{%- endmacro %}
