{% macro stop_on_bad_variables() -%}
    {%- if execute -%}
        {%- do run_dates() -%}
        {%- do whole_number_var('session_timeout_minutes', minimum=1, maximum=1440) -%}
        {%- do whole_number_var('max_clock_skew_hours', minimum=0, maximum=8760) -%}
        {%- do whole_number_var('restatement_days', minimum=1, maximum=36500) -%}
        {%- do flag_var('allow_empty_day') -%}
        {%- do flag_var('test_all_dates') -%}
        {%- do time_spine_range() -%}
    {%- endif -%}
{%- endmacro %}
