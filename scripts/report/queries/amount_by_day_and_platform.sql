-- Each order item belongs to one platform (NONE: no visit before the
-- order on that day), so amounts and quantities sum to all orders.
select
    part_date,
    platform as vst_platform,
    pay_krw,
    pay_qty
from we_mart.stats_ws_d_ord_shop_integ_summary
where part_date between $first_day and $last_day
order by part_date, vst_platform
