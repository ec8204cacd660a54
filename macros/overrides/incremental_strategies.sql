{% macro get_incremental_replace_run_dates_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set partitions = run_partitions(config.get('meta')) -%}
    delete from {{ arg_dict['target_relation'] }}
    where part_date in ('{{ partitions | join("', '") }}');
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}

{% macro get_insert_overwrite_sql(source_relation, target_relation, existing_relation=none) -%}
    {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='quoted') -%}
    {%- set partitions = run_partitions(config.get('meta')) -%}
    insert into {{ target_relation }}
    replace where part_date in ('{{ partitions | join("', '") }}')
    {#- Columns are matched by position, so they are named in the order of the target. `by name`
        together with `replace where` needs Databricks Runtime 18. #}
    select {{ columns | join(', ') }} from {{ source_relation }}
{%- endmacro %}

{% macro set_overwrite_mode(value) -%}
{%- endmacro %}
