{% macro reject_reason(log_dt, browser_id, part_date) -%}
    {%- set clock_skew = whole_number_var('max_clock_skew_hours') -%}
    {%- set midnight = utc_midnight(part_date) -%}
    case
        when {{ log_dt }} is null then 'missing_log_dt'
        when {{ browser_id }} is null then 'missing_device'
        when
            {{ log_dt }} < {{ add_minutes(midnight, -60 * clock_skew) }}
            or {{ log_dt }} > {{ add_minutes(midnight, 60 * (24 + clock_skew)) }}
            then 'log_dt_out_of_range'
    end
{%- endmacro %}
