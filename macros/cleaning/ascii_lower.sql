{% macro ascii_lower(text) -%}
    {#- translate() takes twenty times as long as lower(), so it is used only where needed. -#}
    case
        when {{ is_ascii(text) }} then lower({{ text }})
        else translate({{ text }}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
    end
{%- endmacro %}
