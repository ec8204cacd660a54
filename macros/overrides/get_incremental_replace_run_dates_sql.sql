{% macro get_incremental_replace_run_dates_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set partitions = run_partitions(config.get('meta')) -%}
    delete from {{ arg_dict['target_relation'] }}
    where part_date in ('{{ partitions | join("', '") }}');
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
