{% macro delete_rows_of_earlier_runs(is_of_run=none) -%}
    {{ return(adapter.dispatch('delete_rows_of_earlier_runs', 'ws_shop')(
        is_of_run or is_run_date()
    )) }}
{%- endmacro %}

{% macro default__delete_rows_of_earlier_runs(is_of_run) -%}
{%- endmacro %}

{% macro spark__delete_rows_of_earlier_runs(is_of_run) -%}
    delete from {{ this }}
    where {{ is_of_run }} and run_timestamp <> {{ run_timestamp() }}
{%- endmacro %}
