-- Which kinds of goods were bought by which visit platform?
-- Items, quantities and amounts can be summed. Counts of accounts and orders cannot.
{% set first_day = '2024-01-14' %}
{% set last_day = '2024-01-16' %}

select
    goods_cat,
    vst_platform,
    sum(cnt_ord_item) as order_items,
    sum(pay_qty) as pay_qty,
    sum(pay_krw) as pay_krw
from {{ ref('stats_ws_d_ord_shop_integ') }}
where part_date between '{{ first_day }}' and '{{ last_day }}'
group by goods_cat, vst_platform
order by pay_krw desc, goods_cat asc, vst_platform asc
