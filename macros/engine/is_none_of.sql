{% macro is_none_of(text, words) -%}
    {{ return(adapter.dispatch('is_none_of', 'ws_shop')(text, words)) }}
{%- endmacro %}

{% macro default__is_none_of(text, words) -%}
    {#- One comparison per word: DuckDB makes a join of `not in`, which takes 1.5 times as long. -#}
    {%- for word in words -%}
        {{ text }} <> '{{ word }}'{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro spark__is_none_of(text, words) -%}
    {#- Spark would compute the text again for each comparison. For a list it does so once. -#}
    {{ text }} not in ('{{ words | join("', '") }}')
{%- endmacro %}
