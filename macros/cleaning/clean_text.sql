{% macro clean_text(column, null_words=['', 'null', 'undefined', 'none', 'nan']) -%}
    {#- lower() makes ASCII of some other letters, and engines differ in which: a string with one of
        those is none of the words. -#}
    {%- set trimmed = trim_spaces(column) -%}
    case
        when
            {{ is_none_of("lower(" ~ trimmed ~ ")", null_words) }}
            or not {{ is_ascii(trimmed) }}
            then {{ trimmed }}
    end
{%- endmacro %}
