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
