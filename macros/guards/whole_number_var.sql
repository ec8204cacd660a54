{% macro whole_number_var(variable) -%}
    {%- set bounds = {
        'session_timeout_minutes': (1, 1440),
        'max_clock_skew_hours': (0, 8760),
        'restatement_days': (1, 36500),
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
