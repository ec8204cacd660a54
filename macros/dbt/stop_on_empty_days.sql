{% macro stop_on_empty_days(log_model) -%}
    {%- if execute and not flag_var('allow_empty_day') -%}
        {%- set dates = run_dates() -%}
        {%- set query -%}
            select part_date
            from ({{ ephemeral_query(log_model) }}) as log_lines
            where {{ is_run_date() }} and reject_reason is null
            {#- One event is enough for one day. #}
            {{ 'limit 1' if dates | length == 1 else 'group by part_date' }}
        {%- endset -%}
        {%- set dates_with_events = run_query(query).columns[0].values() -%}
        {%- set empty_days = dates | reject('in', dates_with_events) | list -%}
        {%- if empty_days -%}
            {{ exceptions.raise_compiler_error(
                "No accepted event in the client log on " ~ empty_days | join(', ')
                ~ ". Nothing was written. Load the log and run again; to empty these days in the"
                ~ " tables instead, add allow_empty_day: true to --vars."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
