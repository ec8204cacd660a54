{% macro table_version() -%}
    {{ return(adapter.dispatch('table_version', 'ws_shop')()) }}
{%- endmacro %}

{% macro default__table_version() -%}
    {{ return(none) }}
{%- endmacro %}

{% macro spark__table_version() -%}
    {%- if load_relation(this) is none -%}
        {{ return(-1) }}
    {%- endif -%}
    {{ return(run_query('describe history ' ~ this ~ ' limit 1').rows[0]['version']) }}
{%- endmacro %}
