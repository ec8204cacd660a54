{% macro as_declared(column, type) -%}
    {{ return(adapter.dispatch('as_declared', 'ws_shop')(column, type)) }}
{%- endmacro %}

{% macro default__as_declared(column, type) -%}
    {%- if type == 'timestamp' -%}
    {#- A cast of nanoseconds rounds, one of their text does not. DuckDB knows typeof() before it
        reads a row, so the other types have no cost from this. -#}
    case
        when typeof({{ column }}) = 'TIMESTAMP_NS'
            then cast(cast({{ column }} as string) as timestamp)
        else cast({{ column }} as timestamp)
    end
    {%- else -%}
    cast({{ column }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{% macro spark__as_declared(column, type) -%}
    {{ column }}
{%- endmacro %}
