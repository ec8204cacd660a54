-- How many visitors did a week have, and how many of them ordered?
-- The visitors of a week are not the sum of the visitors of its days, because a visitor who comes
-- on two days counts once.
{% set monday = '2024-01-15' %}

select
    vst_type,
    sum(cnt_user) as visitors,
    sum(case when is_ord = 1 then cnt_user else 0 end) as with_order
from {{ ref('stats_we_w_shop_integ_visit') }}
where part_date = '{{ monday }}'
group by vst_type
order by vst_type
