{% macro clean_text(column, null_words=['', 'null', 'undefined', 'none', 'nan']) -%}
    {%- set trimmed = trim_spaces(column) -%}
    case
        when {{ is_none_of(trimmed, null_words) }} then {{ trimmed }}
    end
{%- endmacro %}
