{% macro stop_on_unbuilt_days(builds) -%}
    {%- set built_days = (builds or [])
        | selectattr('table_name', 'equalto', 'ws_sess_daily')
        | map(attribute='part_date') | list -%}
    {%- set unbuilt_days = run_dates() | reject('in', built_days) | list -%}
    {%- if unbuilt_days -%}
        {{ exceptions.raise_compiler_error(
            "ws_sess_daily was not built for " ~ unbuilt_days | join(', ') ~ ". " ~ model.name
            ~ " is made from it and would say that nobody visited. Nothing was written. Build"
            ~ " these days and the tables made from them: dbt run --select ws_sess_daily+ --vars '{"
            ~ vars_of_days(unbuilt_days) ~ "}'."
        ) }}
    {%- endif -%}
{%- endmacro %}
