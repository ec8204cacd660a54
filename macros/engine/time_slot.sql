{% macro time_slot(timestamp, minutes) -%}
    {{ return(adapter.dispatch('time_slot', 'ws_shop')(timestamp, minutes)) }}
{%- endmacro %}

{% macro default__time_slot(timestamp, minutes) -%}
    cast(floor(epoch_us({{ timestamp }}) / {{ minutes * 60000000 }}) as bigint)
{%- endmacro %}

{% macro spark__time_slot(timestamp, minutes) -%}
    cast(floor(unix_micros({{ timestamp }}) / {{ minutes * 60000000 }}) as bigint)
{%- endmacro %}
