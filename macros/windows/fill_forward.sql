{% macro fill_forward(column, partition_by, order_by, include_current=true) -%}
    {%- set last_row = 'current row' if include_current else '1 preceding' -%}
    {{ last_non_null(column) }} over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and {{ last_row }}
    )
{%- endmacro %}

{% macro fill_forward_then_back(column, partition_by, order_by) -%}
    {#- If there is no value at or before a row, the first value after it is the first one of the
        partition. A frame over the whole partition finds it once, whereas a frame that starts at
        the current row would be read again for every row. -#}
    coalesce(
        {{ fill_forward(column, partition_by, order_by) }},
        {{ first_non_null(column) }} over (
            partition by {{ partition_by }}
            order by {{ order_by }}
            rows between unbounded preceding and unbounded following
        )
    )
{%- endmacro %}
