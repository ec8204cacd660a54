{% macro is_none_of(text, words) -%}
    {{ return(adapter.dispatch('is_none_of', 'ws_shop')(text, words)) }}
{%- endmacro %}

{% macro default__is_none_of(text, words) -%}
    {#- One comparison per word: DuckDB makes a join of `not in`, which takes 1.5 times as long. Its
        lower() turns some letters outside ASCII into ASCII. A string with such a letter is none of
        the words. -#}
    (
    {%- for word in words -%}
        lower({{ text }}) <> '{{ word }}'{{ ' and ' if not loop.last }}
    {%- endfor %}
            or not {{ is_ascii(text) }})
{%- endmacro %}

{% macro spark__is_none_of(text, words) -%}
    {#- Spark would compute the text again for each comparison. For a list it does so once. Of the
        letters outside ASCII, its lower() turns the Kelvin sign alone into ASCII, a k. -#}
    lower({{ text }}) not in ('{{ words | join("', '") }}')
{%- endmacro %}
