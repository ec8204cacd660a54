-- Each order item belongs to one platform (NONE: no visit before the
-- order on that day), so amounts and quantities sum to all orders.
{%- set report = var('report') %}

select
    part_date,
    platform as vst_platform,
    pay_krw as paid_amount,
    pay_qty as paid_quantity
from {{ ref('stats_ws_d_ord_shop_integ_summary') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
order by part_date, vst_platform
