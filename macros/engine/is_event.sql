{% macro is_event() -%}
    {{ return(adapter.dispatch('is_event', 'ws_shop')()) }}
{%- endmacro %}

{% macro default__is_event() -%}
    reject_reason is null
{%- endmacro %}

{% macro spark__is_event() -%}
    {#- That browser_id is not null shows Spark that both models that read the merged events need
        the same rows of the log, so that it scans and shuffles them once. If the condition named
        reject_reason too, Spark would clean the ids once more for it. DuckDB would do so for any of
        these conditions on browser_id. -#}
    {%- set clock_skew = whole_number_var('max_clock_skew_hours', minimum=0, maximum=8760) -%}
    log_dt is not null
    and browser_id is not null
    and not coalesce({{ is_outside_utc_day('log_dt', 'part_date', clock_skew) }}, false)
{%- endmacro %}
