{% macro clean_text(column, null_words=['', 'null', 'undefined', 'none', 'nan']) -%}
    {#- `both ' '` trims U+0020 alone; a bare trim() of DuckDB takes every Unicode space. -#}
    {%- set trimmed = "trim(both ' ' from " ~ column ~ ")" -%}
    case
        when
            {{ is_none_of("lower(" ~ trimmed ~ ")", null_words) }}
            then {{ trimmed }}
    end
{%- endmacro %}
