{% macro is_build_of_run() -%}
    table_name = '{{ model.name }}'
    and part_date in ('{{ run_partitions(model.config.meta) | join("', '") }}')
{%- endmacro %}
