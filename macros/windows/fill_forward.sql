{% macro fill_forward(column, partition_by, order_by, include_current=true) -%}
    {%- set last_row = 'current row' if include_current else '1 preceding' -%}
    {{ last_non_null(column) }} over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and {{ last_row }}
    )
{%- endmacro %}
