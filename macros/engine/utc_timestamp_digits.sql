{% macro utc_timestamp_digits(timestamp) -%}
    {{ return(adapter.dispatch('utc_timestamp_digits', 'ws_shop')(timestamp)) }}
{%- endmacro %}

{% macro default__utc_timestamp_digits(timestamp) -%}
    strftime({{ timestamp }}, '%Y%m%d%H%M%S%g')
{%- endmacro %}

{% macro spark__utc_timestamp_digits(timestamp) -%}
    {#- date_format() would write the wall clock of the session time zone, and to_utc_timestamp()
        cannot tell apart the two times 01:30 in the night when clocks go back. Arithmetic on the
        instant can. -#}
    {%- set millis = "unix_millis(" ~ timestamp ~ ")" -%}
    {%- set day = "date_add(date '1970-01-01', cast(floor(" ~ millis ~ " / 86400000) as int))" -%}
    concat(
        replace(cast({{ day }} as string), '-', ''),
        lpad(cast(pmod({{ millis }}, 86400000) div 3600000 as string), 2, '0'),
        lpad(cast(pmod({{ millis }}, 3600000) div 60000 as string), 2, '0'),
        lpad(cast(pmod({{ millis }}, 60000) as string), 5, '0')
    )
{%- endmacro %}
