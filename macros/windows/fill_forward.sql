{% macro fill_forward(column, partition_by, order_by, include_current=true) -%}
    {{ last_non_null(column) }} over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and {{ 'current row' if include_current else '1 preceding' }}
    )
{%- endmacro %}
