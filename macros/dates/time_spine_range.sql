{% macro time_spine_range() -%}
    {%- set first_day = parse_date('time_spine_first_day') -%}
    {%- set last_day = parse_date('time_spine_last_day') -%}
    {%- if last_day < first_day -%}
        {{ exceptions.raise_compiler_error(
            "Variable 'time_spine_last_day' is '" ~ last_day ~ "', before 'time_spine_first_day' '"
            ~ first_day ~ "'. Give a day yyyy-MM-dd on or after the first one."
        ) }}
    {%- endif -%}
    {{ return([first_day, last_day]) }}
{%- endmacro %}
