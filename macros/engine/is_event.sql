{% macro is_event() -%}
    {{ return(adapter.dispatch('is_event', 'ws_shop')()) }}
{%- endmacro %}

{% macro default__is_event() -%}
    reject_reason is null
{%- endmacro %}

{% macro spark__is_event() -%}
    {#- Every event has a browser, so the second condition removes nothing. It shows Spark that both
        models that read the merged events need the same rows of the log, so that it scans and
        shuffles them once. DuckDB would clean the ids once more for it, and take an eighth longer
        for the whole query. -#}
    reject_reason is null and browser_id is not null
{%- endmacro %}
