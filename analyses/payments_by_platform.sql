-- How many accounts paid on each visit platform, and how much?
-- The amounts sum to all orders of the days. An account that paid on two platforms counts in both
-- rows.
{% set first_day = '2024-01-14' %}
{% set last_day = '2024-01-16' %}

select
    vst_platform,
    count(distinct case when pay_order > 0 then account_id end) as payers,
    sum(pay_krw) as pay_krw
from {{ ref('ws_platform_daily') }}
where part_date between '{{ first_day }}' and '{{ last_day }}'
group by vst_platform
order by pay_krw desc
