{% macro utc_midnight(part_date) -%}
    {{ return(adapter.dispatch('utc_midnight', 'ws_shop')(part_date)) }}
{%- endmacro %}

{% macro default__utc_midnight(part_date) -%}
    try_cast({{ part_date }} as timestamp)
{%- endmacro %}

{% macro spark__utc_midnight(part_date) -%}
    {#- Without the zone it would be midnight in the session time zone. -#}
    try_cast({{ part_date }} || 'T00:00:00Z' as timestamp)
{%- endmacro %}
