{% macro day_of_week(part_date, offset) -%}
    cast(
        cast(
            {{ week_start('try_cast(' ~ part_date ~ ' as date)') }} + {{ offset }} * interval '1' day
            as date
        ) as string
    )
{%- endmacro %}
