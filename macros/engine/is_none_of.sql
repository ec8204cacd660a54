{% macro is_none_of(text, words) -%}
    {{ return(adapter.dispatch('is_none_of', 'ws_shop')(text, words)) }}
{%- endmacro %}

{% macro default__is_none_of(text, words) -%}
    {#- One word at a time: DuckDB makes a join of `not in`, which takes half as long again. -#}
    {%- for word in words -%}
        {{ text }} <> '{{ word }}'{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro spark__is_none_of(text, words) -%}
    {#- Spark would work the text out anew for each comparison; for a list it does so once. -#}
    {{ text }} not in ('{{ words | join("', '") }}')
{%- endmacro %}
