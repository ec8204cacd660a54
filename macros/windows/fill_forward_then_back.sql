{% macro fill_forward_then_back(column, partition_by, order_by) -%}
    {#- Where nothing stands at or before a row, the first value after it is the first of its
        partition: a frame over the whole partition finds that once, whereas one from the current
        row on would be read again for every row. -#}
    coalesce(
        {{ fill_forward(column, partition_by, order_by) }},
        {{ first_non_null(column) }} over (
            partition by {{ partition_by }}
            order by {{ order_by }}
            rows between unbounded preceding and unbounded following
        )
    )
{%- endmacro %}
