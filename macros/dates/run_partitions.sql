{% macro run_partitions(meta) -%}
    {{ return(run_weeks() if (meta or {}).get('period') == 'week' else run_dates()) }}
{%- endmacro %}
