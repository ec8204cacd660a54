{% macro clean_id(column) -%}
    {{ clean_text(column, null_words=[
        '', 'null', 'undefined', 'none', 'nan', '0', '00000000-0000-0000-0000-000000000000',
    ]) }}
{%- endmacro %}
