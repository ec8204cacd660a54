{% macro partition_days(partition, meta) -%}
    {{ return(days_of_week(partition) if (meta or {}).get('period') == 'week' else [partition]) }}
{%- endmacro %}
