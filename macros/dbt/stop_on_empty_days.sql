{% macro stop_on_empty_days(log_model) -%}
    {%- if execute and not flag_var('allow_empty_day') -%}
        {%- set log_lines = ephemeral_query(log_model) -%}
        {%- set empty_days = [] -%}
        {%- for run_date in run_dates() -%}
            {%- set query -%}
                select 1
                from ({{ log_lines }}) as log_lines
                where part_date = '{{ run_date }}' and reject_reason is null
                limit 1
            {%- endset -%}
            {%- if run_query(query).rows | length == 0 -%}
                {%- do empty_days.append(run_date) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if empty_days -%}
            {{ exceptions.raise_compiler_error(
                "No accepted event in the client log on " ~ empty_days | join(', ')
                ~ ". Nothing was written. Load the log and run again; to empty these days in the"
                ~ " tables instead, add allow_empty_day: true to --vars."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
