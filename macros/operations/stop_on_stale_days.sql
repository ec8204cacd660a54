{% macro stop_on_stale_days() -%}
    {%- if execute -%}
        {%- do restatement_view() -%}
        {%- set are_given = var.has_var('part_dates') or var.has_var('part_date')
            or var.has_var('part_date_to') -%}
        {%- set dates = run_dates() if are_given else last_dates_of_log() -%}
        {%- set stale_days = list_stale_days(dates) if dates else 0 -%}
        {%- if stale_days -%}
            {{ exceptions.raise_compiler_error(
                "Days on which ws_sess_daily or a table made from it does not match the sources: "
                ~ stale_days ~ ". The lines above say what to do about each of them."
            ) }}
        {%- endif -%}
        {%- if not dates -%}
            {%- do print('The client log has no day.') -%}
        {%- elif is_range(dates) -%}
            {%- do print(
                'Every day of the client log from ' ~ dates[0] ~ ' to ' ~ dates[-1]
                ~ ' is current.'
            ) -%}
        {%- else -%}
            {%- do print(
                'These days of the client log are current: ' ~ dates | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- The `restatement_days` days up to the log's last day; none if the log is empty. -#}
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
    {%- set days = whole_number_var('restatement_days') -%}
    {{ return(dates_between(last_date - modules.datetime.timedelta(days=days - 1), last_date)) }}
{%- endmacro %}
