{% macro clean_text(column, null_words=['', 'null', 'undefined', 'none', 'nan']) -%}
    {%- set trimmed = trim_spaces(column) -%}
    case
        when {{ is_none_of(trimmed, null_words) }} then {{ trimmed }}
    end
{%- endmacro %}

{% macro clean_id(column) -%}
    {{ clean_text(column, null_words=[
        '', 'null', 'undefined', 'none', 'nan', '0', '00000000-0000-0000-0000-000000000000',
    ]) }}
{%- endmacro %}
