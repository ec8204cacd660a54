{% macro line_hash(columns) -%}
    {{ return(adapter.dispatch('line_hash', 'ws_shop')(columns)) }}
{%- endmacro %}

{% macro default__line_hash(columns) -%}
    cast(hash({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{% macro spark__line_hash(columns) -%}
    {#- xxhash64() skips nulls, so a value that moved to the next column would not change the hash.
        Each column is therefore hashed together with a flag for null. -#}
    cast(
        xxhash64(
            {%- for column in columns %}
            {{ column }}, {{ column }} is null{{ ',' if not loop.last }}
            {%- endfor %}
        ) as decimal(38, 0)
    )
{%- endmacro %}
