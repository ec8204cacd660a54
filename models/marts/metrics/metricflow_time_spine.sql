{{ config(materialized='view') }}

{% set first_day, last_day = time_spine_range() %}
{% set day_count = (last_day - first_day).days + 1 %}
{# One place per digit of the last day's number. Each place is a cross join with ten rows. #}
{% set places = range((day_count - 1) | string | length) %}
{% set day_number = [] %}
{% for place in places %}
    {% do day_number.append('place_' ~ place ~ '.digit * ' ~ 10 ** place) %}
{% endfor %}

with digits as (

    {% for digit in range(10) %}
        select {{ digit }} as digit
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

numbered as (

    select {{ day_number | join(' + ') }} as day_number
    from digits as place_0
    {% for place in places if place > 0 %}
        cross join digits as place_{{ place }}
    {% endfor %}

),

final as (

    select cast(date '{{ first_day }}' + day_number * interval '1' day as date) as date_day
    from numbered
    where day_number < {{ day_count }}

)

select * from final
