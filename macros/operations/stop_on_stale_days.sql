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
        {%- set dates = run_dates() if var.has_var('part_date') else last_dates_of_log() -%}
        {%- set query -%}
            select
                part_date,
                status,
                coalesce(rerun_command, 'mend part_date in the log') as remedy
            from {{ restatement }}
            where
                part_date between '{{ dates[0] }}' and '{{ dates[-1] }}'
                and status <> 'current'
            order by part_date
        {%- endset -%}
        {%- set days = run_query(query).rows if dates else [] -%}
        {%- for day in days -%}
            {%- do print(day['part_date'] ~ '  ' ~ day['status'] ~ '  ' ~ day['remedy']) -%}
        {%- endfor -%}
        {%- if days -%}
            {{ exceptions.raise_compiler_error(
                "Days on which ws_sess_daily or a table made from it does not match the sources: "
                ~ days | length ~ ". The lines above have the command that rebuilds each day."
            ) }}
        {%- endif -%}
        {%- do print(
            'Every day of the client log from ' ~ dates[0] ~ ' to ' ~ dates[-1] ~ ' is current.'
            if dates else 'The client log has no day.'
        ) -%}
    {%- endif -%}
{%- endmacro %}

{#- First and last of the `restatement_days` days up to the log's last day; none if it is empty. -#}
{% macro last_dates_of_log() -%}
    {%- set query -%}
        select max(part_date) as part_date
        from ({{ ephemeral_query('stg_service_log__weplyapi_client_log') }}) as client_log
        where {{ is_real_date('part_date') }}
    {%- endset -%}
    {%- set last_date = run_query(query).rows[0]['part_date'] -%}
    {%- if not last_date -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set last_date = modules.datetime.date.fromisoformat(last_date | string) -%}
    {%- set days = whole_number_var('restatement_days', minimum=1, maximum=36500) -%}
    {{ return([
        (last_date - modules.datetime.timedelta(days=days - 1)) | string, last_date | string
    ]) }}
{%- endmacro %}
