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
