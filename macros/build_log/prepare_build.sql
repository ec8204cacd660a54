{% macro prepare_build() -%}
    {%- if execute and model.name == 'ws_sess_daily_restatement'
        and load_relation(build_log_relation()) -%}
        {#- The view reads columns that no run of the mart may have added yet. -#}
        {%- set columns = adapter.get_columns_in_relation(build_log_relation()) -%}
        {%- do add_columns_to_build_log(columns | map(attribute='name') | list) -%}
    {%- endif -%}
    {%- if execute and model.config.materialized == 'incremental' -%}
        {%- if model.name == 'ws_sess_daily_build' -%}
            {{ return(stop_on_broken_contract()) }}
        {%- endif -%}
        {%- set found = builds_of_run() -%}
        {%- set builds = none if found is none else found.rows -%}
        {%- if model.name == 'ws_sess_daily' -%}
            {%- set days = log_checksums() -%}
            {%- do stop_on_empty_days(days) -%}
            {%- set membership_changes = membership_changes_of_run() -%}
        {%- else -%}
            {%- do stop_on_unbuilt_days(builds) -%}
            {%- set days = source_checksums() -%}
            {%- set membership_changes = [] -%}
        {%- endif -%}
        {%- do stop_on_broken_contract() -%}
        {#- record_build() uses this after the rows of the table are written. -#}
        {%- do store_result('build_rows', build_rows(builds, days, membership_changes)) -%}
        {%- do store_result('table_version', table_version()) -%}
        {%- if builds is none -%}
            {{ return(create_build_log()) }}
        {%- endif -%}
        {%- do add_columns_to_build_log(found.column_names) -%}
        {%- if builds | selectattr('table_name', 'equalto', model.name) | list -%}
            {#- If the run is killed after this, the days have no row. Otherwise an old row could
                stand beside new rows of the table. -#}
            delete from {{ build_log_relation() }} where {{ is_build_of_run() }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- SQL condition: a day that the model reads, in the run or in its weeks. -#}
{% macro is_day_of_build() -%}
    {{ is_run_week_date() if model.config.meta.get('period') == 'week' else is_run_date() }}
{%- endmacro %}

{#- Rows of the build log for the model's own days and for the days of the mart that it reads. None
    if there is no build log. -#}
{% macro builds_of_run() -%}
    {%- if load_relation(build_log_relation()) is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        select
            *,
            {{ label_of_build('part_date', 'run_timestamp') }} as label
        from {{ build_log_relation() }}
        where
            table_name in ('ws_sess_daily', '{{ model.name }}')
            and {{ is_day_of_build() }}
        order by table_name, part_date
    {%- endset -%}
    {{ return(run_query(query)) }}
{%- endmacro %}

{#- Adds columns that the model has gained since the table was created. -#}
{% macro add_columns_to_build_log(column_names) -%}
    {%- set columns = [] -%}
    {%- for column in graph.nodes['model.ws_shop.ws_sess_daily_build'].columns.values()
        if column.name not in column_names -%}
        {%- do columns.append(api.Column.create(column.name, column.data_type)) -%}
    {%- endfor -%}
    {%- if columns -%}
        {%- do alter_relation_add_remove_columns(build_log_relation(), columns, none) -%}
    {%- endif -%}
{%- endmacro %}

{#- One row per day of the run for which the log has lines. -#}
{% macro log_checksums() -%}
    {%- set query -%}
        select *
        from ({{ ephemeral_query('int_log_days_summed') }}) as log_days
        where {{ is_run_date() }}
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}

{#- One row per day of the run, and per day between them, on which the memberships that cover it are
    not those of the day before. The changes up to the first day are summed. -#}
{% macro membership_changes_of_run() -%}
    {%- set dates = run_dates() -%}
    {%- set query -%}
        select
            part_date,
            cast(sum(hash_change) as string) as hash_change
        from (
            select
                greatest(part_date, '{{ dates[0] }}') as part_date,
                hash_change
            from ({{ ephemeral_query('int_membership_changes_summed') }}) as changes
            where part_date <= '{{ dates[-1] }}'
        ) as changes_of_run
        group by part_date
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}

{#- One row per day and source that the model reads (orders, Weverse sessions). -#}
{% macro source_checksums() -%}
    {%- set queries = [] -%}
    {%- for source_model in ['stg_we_mart__ws_order', 'stg_we_mart__wv_sess_daily'] -%}
        {%- if reads_ephemeral(model, source_model) -%}
            {%- set query -%}
                select
                    '{{ source_model }}' as source_model,
                    part_date,
                    cast(sum(row_hash) as string) as checksum
                from ({{ ephemeral_query(source_model) }}) as source_rows
                where {{ is_day_of_build() }}
                group by part_date
            {%- endset -%}
            {%- do queries.append(query) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(run_query(queries | join('\nunion all\n')).rows if queries else []) }}
{%- endmacro %}

{% macro table_version() -%}
    {{ return(adapter.dispatch('table_version', 'ws_shop')()) }}
{%- endmacro %}

{% macro default__table_version() -%}
    {{ return(none) }}
{%- endmacro %}

{% macro spark__table_version() -%}
    {%- if load_relation(this) is none -%}
        {{ return(-1) }}
    {%- endif -%}
    {{ return(run_query('describe history ' ~ this ~ ' limit 1').rows[0]['version']) }}
{%- endmacro %}
