{% macro ascii_upper(text) -%}
    {#- translate() takes twenty times as long as upper(), so only what needs it goes there. -#}
    case
        when {{ is_ascii(text) }} then upper({{ text }})
        else translate({{ text }}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    end
{%- endmacro %}
