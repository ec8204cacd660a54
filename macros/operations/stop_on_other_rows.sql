{% macro stop_on_other_rows(seeds, days=[]) -%}
    {%- set found = [] -%}
    {%- for seed in graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed')
        | selectattr('name', 'in', seeds) | sort(attribute='unique_id') -%}
        {%- set types = column_types(seed) -%}
        {%- if types -%}
            {%- set day = 'part_date' if 'part_date' in types else 'null' -%}
            {%- set query -%}
                select
                    day_of_rows,
                    count(*) as row_count
                from (
                    select cast({{ day }} as string) as day_of_rows
                    from ({{ rows_besides_sample(seed, types) }}) as other_rows
                ) as days_of_rows
                {% if days -%}
                where day_of_rows in ('{{ days | join("', '") }}')
                {%- endif %}
                group by day_of_rows
                order by day_of_rows
            {%- endset -%}
            {%- set counts = run_query(query) -%}
            {%- if counts | length > 0 -%}
                {%- set held = counts.columns[0].values() | reject('none') | list -%}
                {%- set more = held | length - 10 -%}
                {%- do found.append(
                    seed.schema ~ '.' ~ seed.alias ~ ': '
                    ~ '{:,}'.format(counts.columns[1].values() | sum | int)
                    ~ (', of ' ~ held[:10] | join(', ') if held else '')
                    ~ (' and ' ~ more ~ ' more days' if more > 0 else '')
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if found -%}
        {{ exceptions.raise_compiler_error(
            "Loading the sample would remove rows that are not the sample's. Nothing was touched."
            ~ " Numbers of such rows:\n- " ~ found | join('\n- ')
            ~ "\nLeave the sample out: use dbt run instead of dbt seed, or dbt build with"
            ~ " --exclude-resource-type seed. Or load the sample into another database, which is"
            ~ " set by WS_DUCKDB_PATH. If the rows are those of an older sample, drop the table"
            ~ " first."
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro rows_besides_sample(seed, found_types) -%}
    {%- set declared = seed.config.column_types -%}
    {%- set others = found_types.keys() | reject('in', declared) | list -%}
    {%- for column, type in declared.items() -%}
        {%- if not holds_type(found_types.get(column, ''), type) -%}
            {%- do others.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- In a table with other columns, no row can be one of the sample's. -#}
    select * from {{ seed.relation_name }}
    {%- if not others %}
    except all
    select * from ({{ sample_rows(seed, found_types.keys()) }}) as sample
    {%- endif -%}
{%- endmacro %}

{% macro sample_rows(seed, columns) -%}
    {{ return(adapter.dispatch('sample_rows', 'ws_shop')(seed, columns)) }}
{%- endmacro %}

{% macro default__sample_rows(seed, columns) -%}
    {%- set types = [] -%}
    {%- for column, type in seed.config.column_types.items() -%}
        {%- do types.append("'" ~ column ~ "': '" ~ type ~ "'") -%}
    {%- endfor -%}
    select {{ columns | join(', ') }}
    from read_csv(
        '{{ adapter.get_seed_file_path(seed) | replace("'", "''") }}',
        header = true,
        delim = ',',
        quote = '"',
        escape = '"',
        types = { {{ types | join(', ') }} }
    )
{%- endmacro %}
