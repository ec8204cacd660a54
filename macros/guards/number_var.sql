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
