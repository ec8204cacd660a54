{% macro ascii_upper(text) -%}
    {#- translate() takes twenty times as long as upper(), so it is used only where needed. -#}
    case
        when {{ is_ascii(text) }} then upper({{ text }})
        else translate({{ text }}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    end
{%- endmacro %}
