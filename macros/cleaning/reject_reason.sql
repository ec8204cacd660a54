{% macro reject_reason(log_dt, browser_id, part_date) -%}
    {%- set clock_skew = whole_number_var('max_clock_skew_hours') -%}
    case
        when {{ log_dt }} is null then 'missing_log_dt'
        when {{ browser_id }} is null then 'missing_device'
        when {{ is_outside_utc_day(log_dt, part_date, clock_skew) }} then 'log_dt_out_of_range'
    end
{%- endmacro %}
