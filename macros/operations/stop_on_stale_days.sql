{% macro stop_on_stale_days() -%}
    {%- if execute -%}
        {%- set restatement = adapter.get_relation(
            target.database, generate_schema_name('we_mart', none), 'ws_sess_daily_restatement'
        ) -%}
        {%- if restatement is none -%}
            {{ exceptions.raise_compiler_error(
                "stop_on_stale_days: there is no ws_sess_daily_restatement yet. Build it first with"
                ~ " dbt run --select ws_sess_daily+ --vars 'part_date: yyyy-MM-dd'."
            ) }}
        {%- endif -%}
        {%- set query -%}
            select
                part_date,
                status,
                rerun_command
            from {{ restatement }}
            where status <> 'current'
            order by part_date
        {%- endset -%}
        {%- set days = run_query(query).rows -%}
        {%- for day in days -%}
            {%- do print(day['part_date'] ~ '  ' ~ day['status'] ~ '  ' ~ day['rerun_command']) -%}
        {%- endfor -%}
        {%- if days | length > 0 -%}
            {{ exceptions.raise_compiler_error(
                "Days of the client log that are stale or missing in ws_sess_daily: "
                ~ days | length ~ ". The lines above have the command that mends each."
            ) }}
        {%- endif -%}
        {%- do print('Every day of the client log is current in ws_sess_daily.') -%}
    {%- endif -%}
{%- endmacro %}
