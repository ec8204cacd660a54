{% macro add_minutes(timestamp, minutes) -%}
    {{ return(adapter.dispatch('add_minutes', 'ws_shop')(timestamp, minutes)) }}
{%- endmacro %}

{% macro default__add_minutes(timestamp, minutes) -%}
    {{ timestamp }} + {{ minutes }} * interval '1' minute
{%- endmacro %}

{% macro spark__add_minutes(timestamp, minutes) -%}
    {#- Here an interval of 24 hours is a calendar day of the session time zone, which may have 23
        or 25 hours. -#}
    timestamp_micros(unix_micros({{ timestamp }}) + cast({{ minutes }} as bigint) * 60000000)
{%- endmacro %}
