{% macro build_rows(builds, days) -%}
    {%- set rows = [] -%}
    {%- for partition in run_partitions(model.config.meta) -%}
        {%- set row -%}
            ('{{ model.name }}', '{{ partition }}', {{ run_timestamp() }},
            {% if model.name == 'ws_sess_daily' -%}
                {{ log_then(partition, days) }}, null, null, {{ var('session_timeout_minutes') }},
                {{ var('max_clock_skew_hours') }}, null
            {%- else -%}
                {%- set dates = partition_days(partition, model.config.meta) -%}
                null, null, {{ source_then('stg_we_mart__ws_order', dates, days) }},
                {{ source_then('stg_we_mart__wv_sess_daily', dates, days) }}, null, null,
                '{{ mart_builds(dates, builds) | join(", ") }}'
            {%- endif %})
        {%- endset -%}
        {%- do rows.append(row) -%}
    {%- endfor -%}
    {{ return(rows | join(',\n')) }}
{%- endmacro %}

{#- Lines and checksum of a day. -#}
{% macro log_then(part_date, days) -%}
    {%- set found = days | selectattr('part_date', 'equalto', part_date) | first
        or {'lines_read': 0, 'log_checksum': '0'} -%}
    {{ found['lines_read'] }}, '{{ found['log_checksum'] }}'
{%- endmacro %}

{#- Sum of the days' checksums of a source; null where the model does not read it. -#}
{% macro source_then(source_model, dates, days) -%}
    {%- if not reads_ephemeral(model, source_model) -%}
        {{ return('null') }}
    {%- endif -%}
    {%- set found = days
        | selectattr('source_model', 'equalto', source_model)
        | selectattr('part_date', 'in', dates)
        | map(attribute='checksum') | map('int') | sum -%}
    {{ return("'" ~ found ~ "'") }}
{%- endmacro %}

{#- Labels of the builds of the mart's days. -#}
{% macro mart_builds(dates, builds) -%}
    {{ return(builds
        | selectattr('table_name', 'equalto', 'ws_sess_daily')
        | selectattr('part_date', 'in', dates)
        | map(attribute='label') | list) }}
{%- endmacro %}
