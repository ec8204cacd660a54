{% macro stop_on_bad_variables() -%}
    {%- if execute -%}
        {%- do run_dates() -%}
        {%- do whole_number_var('session_timeout_minutes') -%}
        {%- do whole_number_var('max_clock_skew_hours') -%}
        {%- do whole_number_var('restatement_days') -%}
        {%- do whole_number_var('max_late_days') -%}
        {%- do whole_number_var('anomaly_weeks') -%}
        {%- do number_var('anomaly_ratio') -%}
        {%- do number_var('anomaly_share') -%}
        {%- do flag_var('allow_empty_day') -%}
        {%- do flag_var('test_all_dates') -%}
        {%- do time_spine_range() -%}
    {%- endif -%}
{%- endmacro %}

{% macro whole_number_var(variable) -%}
    {%- set bounds = {
        'session_timeout_minutes': (1, 1440),
        'max_clock_skew_hours': (0, 8760),
        'restatement_days': (1, 36500),
        'max_late_days': (0, 36500),
        'max_run_days': (1, none),
        'anomaly_weeks': (3, 52),
    } -%}
    {%- set minimum, maximum = bounds[variable] -%}
    {%- set value = var(variable) -%}
    {#- The length is limited, because the filter `int` turns 5,000 digits into 0. -#}
    {%- if value is boolean or not modules.re.match('[0-9]{1,9}\\Z', value | string)
        or value | int < minimum or (maximum is not none and value | int > maximum) -%}
        {%- set wanted = 'at least ' ~ minimum if maximum is none
            else 'from ' ~ minimum ~ ' to ' ~ '{:,}'.format(maximum) -%}
        {{ exceptions.raise_compiler_error(
            "Variable '" ~ variable ~ "' is '" ~ value ~ "'. Give a whole number, " ~ wanted
            ~ ", for example --vars '" ~ variable ~ ": " ~ minimum ~ "'."
        ) }}
    {%- endif -%}
    {{ return(value | int) }}
{%- endmacro %}

{% macro number_var(variable) -%}
    {%- set bounds = {'anomaly_ratio': (1, 1000, 2.0), 'anomaly_share': (0, 1, 0.2)} -%}
    {%- set minimum, maximum, example = bounds[variable] -%}
    {%- set value = var(variable) -%}
    {%- if value is boolean or value is not number or not minimum < value <= maximum -%}
        {{ exceptions.raise_compiler_error(
            "Variable '" ~ variable ~ "' is '" ~ value ~ "'. Give a number above " ~ minimum
            ~ " and at most " ~ '{:,}'.format(maximum) ~ ", without quotes, for example --vars '"
            ~ variable ~ ": " ~ example ~ "'."
        ) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}

{% macro flag_var(variable) -%}
    {%- set value = var(variable) -%}
    {%- if value is not boolean -%}
        {{ exceptions.raise_compiler_error(
            "Variable '" ~ variable ~ "' is '" ~ value ~ "'. Give true or false without quotes,"
            ~ " for example --vars '" ~ variable ~ ": true'."
        ) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
