{% macro clean_text(column, null_words=['', 'null', 'undefined', 'none', 'nan']) -%}
    {#- `both ' '` trims U+0020 alone; a bare trim() of DuckDB takes every Unicode space. One word
        at a time, since DuckDB makes a join of `not in`, which takes half as long again. -#}
    {%- set trimmed = "trim(both ' ' from " ~ column ~ ")" -%}
    case
        when
            {%- for word in null_words %}
            lower({{ trimmed }}) <> '{{ word }}'{{ ' and' if not loop.last }}
            {%- endfor %}
            then {{ trimmed }}
    end
{%- endmacro %}
