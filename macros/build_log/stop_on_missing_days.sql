{% macro stop_on_empty_days(days) -%}
    {%- if not flag_var('allow_empty_day') -%}
        {%- set full_days = days | selectattr('events') | map(attribute='part_date') | list -%}
        {%- set empty_days = run_dates() | reject('in', full_days) | list -%}
        {%- if empty_days -%}
            {{ exceptions.raise_compiler_error(
                "No accepted event in the client log on " ~ empty_days | join(', ')
                ~ ". Nothing was written. Load the log and run again; to empty these days in the"
                ~ " tables instead, add allow_empty_day: true to --vars."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

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
