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

{% macro seconds_between(start_timestamp, end_timestamp) -%}
    {{ return(adapter.dispatch('seconds_between', 'ws_shop')(start_timestamp, end_timestamp)) }}
{%- endmacro %}

{% macro default__seconds_between(start_timestamp, end_timestamp) -%}
    date_diff('second', {{ start_timestamp }}, {{ end_timestamp }})
{%- endmacro %}

{% macro spark__seconds_between(start_timestamp, end_timestamp) -%}
    (unix_seconds({{ end_timestamp }}) - unix_seconds({{ start_timestamp }}))
{%- endmacro %}

{% macro time_slot(timestamp, minutes) -%}
    {{ return(adapter.dispatch('time_slot', 'ws_shop')(timestamp, minutes)) }}
{%- endmacro %}

{% macro default__time_slot(timestamp, minutes) -%}
    cast(floor(epoch_us({{ timestamp }}) / {{ minutes * 60000000 }}) as bigint)
{%- endmacro %}

{% macro spark__time_slot(timestamp, minutes) -%}
    cast(floor(unix_micros({{ timestamp }}) / {{ minutes * 60000000 }}) as bigint)
{%- endmacro %}

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
