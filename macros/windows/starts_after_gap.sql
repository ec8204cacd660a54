{% macro starts_after_gap(timestamp, minutes, partition_by, order_by) -%}
    coalesce(
        {{ timestamp }} > lag({{ timestamp }}) over (
            partition by {{ partition_by }}
            order by {{ order_by }}
        ) + interval '{{ minutes }}' minute,
        true
    )
{%- endmacro %}
