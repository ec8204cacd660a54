{% macro clean_text(column, null_words=['', 'null', 'undefined', 'none', 'nan']) -%}
    {#- lower() turns some letters outside ASCII into ASCII, and engines differ in which. A string
        with such a letter is none of the words. -#}
    {%- set trimmed = trim_spaces(column) -%}
    case
        when
            {{ is_none_of("lower(" ~ trimmed ~ ")", null_words) }}
            or not {{ is_ascii(trimmed) }}
            then {{ trimmed }}
    end
{%- endmacro %}
