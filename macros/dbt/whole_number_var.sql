{% macro whole_number_var(variable, minimum) -%}
    {%- set value = var(variable) -%}
    {%- if value is boolean or not modules.re.match('[0-9]+\\Z', value | string)
        or value | int < minimum -%}
        {{ exceptions.raise_compiler_error(
            "Variable '" ~ variable ~ "' is '" ~ value ~ "'. Give a whole number, at least "
            ~ minimum ~ ", as --vars '" ~ variable ~ ": " ~ minimum ~ "'."
        ) }}
    {%- endif -%}
    {{ return(value | int) }}
{%- endmacro %}
