{% macro vars_of_days(dates) -%}
    {%- if dates | length == 1 -%}
        {{ return('part_date: ' ~ dates[0]) }}
    {%- elif is_range(dates) -%}
        {{ return('part_date: ' ~ dates[0] ~ ', part_date_to: ' ~ dates[-1]) }}
    {%- endif -%}
    {{ return('part_dates: [' ~ dates | join(', ') ~ ']') }}
{%- endmacro %}
