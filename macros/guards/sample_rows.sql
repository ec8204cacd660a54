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

{% macro spark__sample_rows(seed, columns) -%}
    {%- set path = seed.root_path ~ '/' ~ seed.original_file_path -%}
    {%- set view -%}
        create or replace temporary view sample_of_{{ seed.name }}
        using csv
        options (
            path 'file:{{ path | replace("'", "\\'") }}',
            header 'true',
            quote '"',
            escape '"',
            multiLine 'true',
            mode 'FAILFAST'
        )
    {%- endset -%}
    {%- do run_query(view) -%}
    {#- The same values that spark__load_csv_rows writes: dbt's CSV reader makes blanks null. -#}
    select
        {%- for column in columns %}
        {%- set type = seed.config.column_types[column] %}
        cast(
            case
                when lower(trim({{ column }})) not in ('', 'null')
                    then {{ column }}{{ " || 'Z'" if type == 'timestamp' }}
            end as {{ type }}
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from sample_of_{{ seed.name }}
{%- endmacro %}
