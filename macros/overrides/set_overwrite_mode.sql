{% macro set_overwrite_mode(value) -%}
{%- endmacro %}
