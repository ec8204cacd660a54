{% macro mending_cast(column, found, declared) -%}
    {{ return(adapter.dispatch('mending_cast', 'ws_shop')(column, found, declared)) }}
{%- endmacro %}

{% macro default__mending_cast(column, found, declared) -%}
    {%- set is_whole = modules.re.match('u?(tiny|small|big|huge)?int(eger)?\\Z', found) -%}
    {%- set is_number = is_whole or modules.re.match('dec|float|double', found) -%}
    {%- set is_zoned = found in ('timestamp with time zone', 'timestamptz_ns') -%}
    {#- The wall clock in UTC, whatever the session time zone. -#}
    {%- set time = column ~ " at time zone 'UTC'" if is_zoned else column -%}
    {#- As in as_declared(): nanoseconds are cut, where a cast of the time itself would round. -#}
    {%- if found in ('timestamp_ns', 'timestamptz_ns') -%}
        {%- set time = 'cast(cast(' ~ time ~ ' as string) as timestamp)' -%}
    {%- endif -%}
    {%- set day_of_number = "strptime(cast(" ~ column ~ " as string), '%Y%m%d')" -%}
    {%- if declared == 'timestamp' and is_zoned -%}
        {{ return(time) }}
    {%- elif declared == 'timestamp' and found == 'varchar' -%}
        {{ return(
            'try_cast(' ~ column ~ ' as timestamp) (of text with an offset: try_cast(' ~ column
            ~ " as timestamptz) at time zone 'UTC')"
        ) }}
    {%- elif declared == 'timestamp' and is_whole -%}
        {{ return('epoch_ms(' ~ column ~ ') (of milliseconds since 1970)') }}
    {%- elif declared == 'date' and is_whole -%}
        {{ return('cast(' ~ day_of_number ~ ' as date) (of yyyyMMdd)') }}
    {%- elif declared == 'date' -%}
        {{ return('cast(' ~ time ~ ' as date)') }}
    {%- elif declared == 'string' and found.startswith('timestamp') -%}
        {{ return("strftime(" ~ time ~ ", '%Y-%m-%d') (of a day)") }}
    {%- elif declared == 'string' and column == 'part_date' and is_whole -%}
        {{ return("strftime(" ~ day_of_number ~ ", '%Y-%m-%d') (of yyyyMMdd)") }}
    {%- elif declared == 'string' and is_number and not is_whole -%}
        {{ return('cast(cast(' ~ column ~ ' as bigint) as string)') }}
    {%- else -%}
        {{ return('cast(' ~ column ~ ' as ' ~ declared ~ ')') }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__mending_cast(column, found, declared) -%}
    {%- set is_number = modules.re.match('(tiny|small|big)?int|dec|float|double', found) -%}
    {%- set is_whole = modules.re.match('(tiny|small|big)?int', found) -%}
    {%- set day_of_number = "to_date(cast(" ~ column ~ " as string), 'yyyyMMdd')" -%}
    {#- A cast of a timestamp would give the day in the session time zone. -#}
    {%- set day_of_time =
        'date_from_unix_date(cast(floor(unix_seconds(' ~ column ~ ') / 86400) as int))'
        if found == 'timestamp' else 'cast(' ~ column ~ ' as date)' -%}
    {%- if declared == 'timestamp' and found == 'timestamp_ntz' -%}
        {{ return("cast(cast(" ~ column ~ " as string) || 'Z' as timestamp)") }}
    {%- elif declared == 'timestamp' and found == 'date' -%}
        {{ return("cast(cast(" ~ column ~ " as string) || 'T00:00:00Z' as timestamp)") }}
    {%- elif declared == 'timestamp' and (found == 'string' or 'char' in found) -%}
        {{ return(
            "try_cast(" ~ column ~ " || 'Z' as timestamp) (of text with an offset: try_cast("
            ~ column ~ " as timestamp))"
        ) }}
    {%- elif declared == 'timestamp' and is_whole -%}
        {{ return('timestamp_millis(' ~ column ~ ') (of milliseconds since 1970)') }}
    {%- elif declared == 'date' and is_whole -%}
        {{ return(day_of_number ~ ' (of yyyyMMdd)') }}
    {%- elif declared == 'date' -%}
        {{ return(day_of_time) }}
    {%- elif declared == 'string' and found.startswith('timestamp') -%}
        {{ return('cast(' ~ day_of_time ~ ' as string) (of a day)') }}
    {%- elif declared == 'string' and column == 'part_date' and is_whole -%}
        {{ return('cast(' ~ day_of_number ~ ' as string) (of yyyyMMdd)') }}
    {%- elif declared == 'string' and is_number and not is_whole -%}
        {{ return('cast(cast(' ~ column ~ ' as bigint) as string)') }}
    {%- elif declared == 'string' and found.startswith('char(') -%}
        {{ return('rtrim(' ~ column ~ ')') }}
    {%- else -%}
        {{ return('cast(' ~ column ~ ' as ' ~ declared ~ ')') }}
    {%- endif -%}
{%- endmacro %}
