-- Over all days: accounts that visited on a platform, and those of them
-- that bought something in such a visit. An account that used two
-- platforms is counted in both.
{%- set report = var('report') %}

select
    vst_platform,
    count(distinct account_id) as visiting_accounts,
    count(distinct case when pay_order > 0 then account_id end)
        as converted_accounts,
    round(
        100.0
        * count(distinct case when pay_order > 0 then account_id end)
        / count(distinct account_id),
        1
    ) as conversion
from {{ ref('ws_platform_daily') }}
where
    part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
    and vst_platform <> 'NONE'
    and account_id is not null
group by vst_platform
order by vst_platform
