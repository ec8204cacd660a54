{% macro delete_rows_of_earlier_runs() -%}
    {%- if model.config.materialized == 'incremental' -%}
        {{ return(adapter.dispatch('delete_rows_of_earlier_runs', 'ws_shop')()) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__delete_rows_of_earlier_runs() -%}
{%- endmacro %}

{% macro spark__delete_rows_of_earlier_runs() -%}
    {%- set partitions = run_partitions(model.config.meta) -%}
    delete from {{ this }}
    where
        part_date in ('{{ partitions | join("', '") }}')
        and run_timestamp <> {{ run_timestamp() }}
{%- endmacro %}
