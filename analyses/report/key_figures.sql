-- Sessions, visitors of the shop, payers and amount of one day and of
-- the day before it. Visitors and payers are distinct within a day, so
-- the figures of two days are compared and never added.
{%- set report = var('report') %}

with visitors as (

    select
        part_date,
        sum(cnt_user) as visitors
    from {{ ref('stats_we_d_integ_visit') }}
    where
        part_date in ('{{ report.day_before }}', '{{ report.shown_day }}')
        and vst_type in ('WS', 'WV_WS')
    group by part_date

),

payments as (

    select
        part_date,
        count(distinct case when pay_order > 0 then account_id end) as payers,
        sum(pay_krw) as paid_amount
    from {{ ref('ws_platform_daily') }}
    where part_date in ('{{ report.day_before }}', '{{ report.shown_day }}')
    group by part_date

)

select
    built_days.part_date,
    built_days.sessions,
    coalesce(visitors.visitors, 0) as visitors,
    coalesce(payments.payers, 0) as payers,
    coalesce(payments.paid_amount, 0) as paid_amount
from {{ ref('ws_sess_daily_audit') }} as built_days
left join visitors on built_days.part_date = visitors.part_date
left join payments on built_days.part_date = payments.part_date
where built_days.part_date in ('{{ report.day_before }}', '{{ report.shown_day }}')
order by built_days.part_date
