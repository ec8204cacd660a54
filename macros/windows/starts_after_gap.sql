{% macro starts_after_gap(timestamp, minutes, partition_by, order_by) -%}
    {%- set previous -%}
        lag({{ timestamp }}) over (
            partition by {{ partition_by }}
            order by {{ order_by }}
        )
    {%- endset -%}
    coalesce({{ timestamp }} > {{ add_minutes(previous, minutes) }}, true)
{%- endmacro %}
