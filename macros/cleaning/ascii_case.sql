{% macro ascii_lower(text) -%}
    {#- translate() takes twenty times as long as lower(), so it is used only where needed. -#}
    case
        when {{ is_ascii(text) }} then lower({{ text }})
        else translate({{ text }}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
    end
{%- endmacro %}

{% macro ascii_upper(text) -%}
    {#- translate() takes twenty times as long as upper(), so it is used only where needed. -#}
    case
        when {{ is_ascii(text) }} then upper({{ text }})
        else translate({{ text }}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    end
{%- endmacro %}

{% macro is_ascii(text) -%}
    bit_length({{ text }}) = 8 * length({{ text }})
{%- endmacro %}
