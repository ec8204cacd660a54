{% macro list_stale_days(dates=none) -%}
    {%- if execute -%}
        {%- set query -%}
            select
                part_date,
                status,
                unfinished_tables,
                coalesce(rerun_command, 'mend part_date in the log') as remedy,
                rerun_command is not null as has_command
            from {{ restatement_view() }}
            where
                status <> 'current'
                {% if dates and is_range(dates) -%}
                    and part_date between '{{ dates[0] }}' and '{{ dates[-1] }}'
                {%- elif dates -%}
                    and {{ is_one_of_dates('part_date', dates) }}
                {%- endif %}
            order by part_date
        {%- endset -%}
        {%- set days = run_query(query).rows -%}
        {%- for day in days if day['status'] != 'gone' -%}
            {%- do print(day['part_date'] ~ '  ' ~ day['status'] ~ '  ' ~ day['remedy']) -%}
        {%- endfor -%}
        {%- set rerun_days = days | selectattr('has_command') | list -%}
        {%- if rerun_days | length > 1 -%}
            {%- do print('All in one run: ' ~ command_of_days(rerun_days)) -%}
        {%- endif -%}
        {%- set gone_days = days | selectattr('status', 'equalto', 'gone') | list -%}
        {%- if gone_days -%}
            {%- do print(
                'The client log has no accepted event of the following days any more. The rows of'
                ~ ' ws_sess_daily are all that is left of them, so no command is offered'
                ~ ' (docs/operating.md, "Days whose log is gone").'
            ) -%}
        {%- endif -%}
        {%- for day in gone_days -%}
            {%- do print(day['part_date'] ~ '  gone') -%}
        {%- endfor -%}
        {{ return(days | length) }}
    {%- endif -%}
{%- endmacro %}

{#- The command that does for all days what the `rerun_command` of each does. -#}
{% macro command_of_days(days) -%}
    {%- set tables = [] -%}
    {%- for day in days -%}
        {%- do tables.extend((day['unfinished_tables'] or 'ws_sess_daily+').split(', ')) -%}
    {%- endfor -%}
    {%- set selected = ['ws_sess_daily+'] if 'ws_sess_daily+' in tables else tables -%}
    {%- set given = [vars_of_days(days | map(attribute='part_date') | list)] -%}
    {%- if days | length > whole_number_var('max_run_days') -%}
        {%- do given.append('max_run_days: ' ~ days | length) -%}
    {%- endif -%}
    {%- if 'allow_empty_day: true' in days | map(attribute='remedy') | join -%}
        {%- do given.append('allow_empty_day: true') -%}
    {%- endif -%}
    {{ return(
        'dbt run --select ' ~ selected | unique | sort | join(' ') ~ " --vars '{"
        ~ given | join(', ') ~ "}'"
    ) }}
{%- endmacro %}

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
