{% macro stop_on_bad_variables() -%}
    {%- if execute -%}
        {%- do run_dates() -%}
        {%- do whole_number_var('session_timeout_minutes') -%}
        {%- do whole_number_var('max_clock_skew_hours') -%}
        {%- do whole_number_var('restatement_days') -%}
        {%- do whole_number_var('anomaly_weeks') -%}
        {%- do number_var('anomaly_ratio') -%}
        {%- do number_var('anomaly_share') -%}
        {%- do flag_var('allow_empty_day') -%}
        {%- do flag_var('test_all_dates') -%}
        {%- do time_spine_range() -%}
    {%- endif -%}
{%- endmacro %}
