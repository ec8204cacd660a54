{% macro build_rows(builds, days, membership_changes=[]) -%}
    select
        '{{ model.name }}' as table_name,
        part_date,
        {{ run_timestamp() }} as run_timestamp,
        {% if model.name == 'ws_sess_daily' -%}
            lines_read,
            log_checksum,
            null as orders_checksum,
            null as wv_sessions_checksum,
            {{ var('session_timeout_minutes') }} as session_timeout_minutes,
            {{ var('max_clock_skew_hours') }} as max_clock_skew_hours,
            null as mart_builds,
            memberships_checksum
        from (values
            {{ mart_values(days, membership_changes) }}
        ) as built (part_date, lines_read, log_checksum, memberships_checksum)
        {%- else -%}
            null as lines_read,
            null as log_checksum,
            orders_checksum,
            wv_sessions_checksum,
            null as session_timeout_minutes,
            null as max_clock_skew_hours,
            mart_builds,
            null as memberships_checksum
        from (values
            {{ table_values(builds, days) }}
        ) as built (part_date, orders_checksum, wv_sessions_checksum, mart_builds)
        {%- endif %}
{%- endmacro %}

{#- Lines and checksums of each day. Here and below rows are looked up by day, because searching all
    rows for each day takes minutes in a run of many years. -#}
{% macro mart_values(days, membership_changes) -%}
    {%- set days_by_date = dict(days | groupby('part_date')) -%}
    {%- set memberships = membership_checksums(membership_changes) -%}
    {%- set rows = [] -%}
    {%- for run_date in run_dates() -%}
        {%- set found = days_by_date.get(run_date, []) | first
            or {'lines_read': 0, 'log_checksum': '0'} -%}
        {%- do rows.append(
            "('" ~ run_date ~ "', " ~ found['lines_read'] ~ ", '" ~ found['log_checksum'] ~ "', '"
            ~ memberships[run_date] ~ "')"
        ) -%}
    {%- endfor -%}
    {{ return(rows | join(',\n')) }}
{%- endmacro %}

{#- By day: the sum of all changes up to it. -#}
{% macro membership_checksums(membership_changes) -%}
    {%- set changes = {} -%}
    {%- for change in membership_changes -%}
        {%- do changes.update({change['part_date']: change['hash_change'] | int}) -%}
    {%- endfor -%}
    {%- set checksums = {} -%}
    {%- set so_far = namespace(checksum=0) -%}
    {%- for date in (run_dates() + changes.keys() | list) | unique | sort -%}
        {%- set so_far.checksum = so_far.checksum + changes.get(date, 0) -%}
        {%- do checksums.update({date: so_far.checksum}) -%}
    {%- endfor -%}
    {{ return(checksums) }}
{%- endmacro %}

{#- For each day or week: the sum of the checksums of each source over its days, or null if the
    model does not read the source; and the labels of the mart's builds of these days. -#}
{% macro table_values(builds, days) -%}
    {%- set is_read = {} -%}
    {%- for source_model in ['stg_we_mart__ws_order', 'stg_we_mart__wv_sess_daily'] -%}
        {%- do is_read.update({source_model: reads_ephemeral(model, source_model)}) -%}
    {%- endfor -%}
    {%- set checksums = {} -%}
    {%- for day in days -%}
        {%- set key = (day['source_model'], day['part_date']) -%}
        {%- do checksums.update({key: day['checksum'] | int}) -%}
    {%- endfor -%}
    {%- set labels = {} -%}
    {%- for build in builds if build['table_name'] == 'ws_sess_daily' -%}
        {%- do labels.setdefault(build['part_date'], []).append(build['label']) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- for partition in run_partitions(model.config.meta) -%}
        {%- set dates = partition_days(partition, model.config.meta) -%}
        {%- set row = ["'" ~ partition ~ "'"] -%}
        {%- for source_model in is_read -%}
            {%- set found = [] -%}
            {%- for date in dates -%}
                {%- do found.append(checksums.get((source_model, date), 0)) -%}
            {%- endfor -%}
            {%- do row.append("'" ~ found | sum ~ "'" if is_read[source_model] else 'null') -%}
        {%- endfor -%}
        {%- set mart_builds = [] -%}
        {%- for date in dates -%}
            {%- do mart_builds.extend(labels.get(date, [])) -%}
        {%- endfor -%}
        {%- do row.append("'" ~ mart_builds | join(', ') ~ "'") -%}
        {%- do rows.append('(' ~ row | join(', ') ~ ')') -%}
    {%- endfor -%}
    {{ return(rows | join(',\n')) }}
{%- endmacro %}
