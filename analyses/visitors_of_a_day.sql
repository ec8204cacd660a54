-- How many visitors did each day have, and how many of them ordered?
-- The rows of a day can be summed, because a visitor is in only one of them. Days cannot be summed
-- to a week.
{% set first_day = '2024-01-14' %}
{% set last_day = '2024-01-16' %}

select
    part_date,
    vst_type,
    sum(cnt_user) as visitors,
    sum(case when is_ord = 1 then cnt_user else 0 end) as with_order
from {{ ref('stats_we_d_integ_visit') }}
where part_date between '{{ first_day }}' and '{{ last_day }}'
group by part_date, vst_type
order by part_date, vst_type
