{% macro late_days() -%}
    {%- if execute -%}
        {%- set last_date = modules.datetime.date.fromisoformat(run_dates()[-1]) -%}
        {%- set days = whole_number_var('restatement_days') -%}
        {%- set first_date = last_date - modules.datetime.timedelta(days=days - 1) -%}
        {%- set max_days = whole_number_var('max_late_days') -%}
        {%- set query -%}
            select
                part_date,
                is_late
            from ({{ days_not_current("'" ~ first_date ~ "'", "'" ~ last_date ~ "'") }}) as days
            order by part_date desc
        {%- endset -%}
        {%- set found = run_query(query).rows -%}
        {%- set late = found | selectattr('is_late') | map(attribute='part_date') | list -%}
        {%- set late = late[:max_days] -%}
        {%- set left = found | map(attribute='part_date') | reject('in', late) | list -%}
        {%- if left -%}
            {%- do exceptions.warn(
                'Days that no scheduled run builds again: ' ~ left | join(', ')
                ~ '. stop_on_stale_days says what to do about each of them.'
            ) -%}
        {%- endif -%}
        {%- if late -%}
            {%- do print(tojson(late)) -%}
        {%- endif -%}
        {{ return(late) }}
    {%- endif -%}
{%- endmacro %}

{% macro days_not_current(first_day, last_day, view=none) -%}
    {#- The command of a day without an accepted event allows it to be empty, and a `gone` day has
        none. The job on Databricks has this query in a file, because its SQL task cannot call a
        macro (deploy/databricks/late_days.sql). -#}
    select
        part_date,
        coalesce(rerun_command not like '%allow_empty_day: true%', false) as is_late
    from {{ view or restatement_view() }}
    where
        part_date between {{ first_day }} and {{ last_day }}
        and status not in ('current', 'not_a_date')
{%- endmacro %}
