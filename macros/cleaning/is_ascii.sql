{% macro is_ascii(text) -%}
    bit_length({{ text }}) = 8 * length({{ text }})
{%- endmacro %}
