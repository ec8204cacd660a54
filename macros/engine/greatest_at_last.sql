{% macro greatest_at_last(column, timestamp) -%}
    {{ return(adapter.dispatch('greatest_at_last', 'ws_shop')(column, timestamp)) }}
{%- endmacro %}

{% macro default__greatest_at_last(column, timestamp) -%}
    nullif(
        max(struct_pack(at := {{ timestamp }}, value := coalesce({{ column }}, ''))).value,
        ''
    )
{%- endmacro %}

{% macro spark__greatest_at_last(column, timestamp) -%}
    max(named_struct('at', {{ timestamp }}, 'value', {{ column }})).value
{%- endmacro %}
