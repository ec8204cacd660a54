{% macro number_changes(is_change, partition_by, order_by, start=1) -%}
    {{ start }} + count(case when {{ is_change }} then 1 end) over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
