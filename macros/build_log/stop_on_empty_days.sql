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
