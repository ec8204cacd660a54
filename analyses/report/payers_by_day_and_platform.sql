-- Distinct accounts with an order item. An account that paid on two
-- platforms is counted in both, but only once in `payers`, so `payers`
-- is not the sum of the other columns.
{%- set report = var('report') %}

select
    part_date,
    count(distinct account_id) as payers,
    count(
        distinct case when vst_platform = 'WS_APP' then account_id end
    ) as ws_app_payers,
    count(
        distinct case when vst_platform = 'WV_APP' then account_id end
    ) as wv_app_payers,
    count(
        distinct case when vst_platform = 'WEB' then account_id end
    ) as web_payers,
    count(
        distinct case when vst_platform = 'NONE' then account_id end
    ) as none_payers
from {{ ref('ws_platform_daily') }}
where
    part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
    and pay_order > 0
group by part_date
order by part_date
