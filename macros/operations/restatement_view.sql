{% macro restatement_view() -%}
    {%- set view = adapter.get_relation(
        target.database, generate_schema_name('we_mart', none), 'ws_sess_daily_restatement'
    ) -%}
    {%- if view is none -%}
        {{ exceptions.raise_compiler_error(
            "The days cannot be checked: there is no ws_sess_daily_restatement yet. Build it first"
            ~ " with dbt run --select ws_sess_daily+ --vars 'part_date: yyyy-MM-dd'."
        ) }}
    {%- endif -%}
    {{ return(view) }}
{%- endmacro %}
