-- Sessions, visitors of the shop, payers and amount of one day and of
-- the day before it. Visitors and payers are distinct within a day, so
-- the figures of two days are compared and never added.
with visitors as (

    select
        part_date,
        sum(cnt_user) as visitors
    from we_mart.stats_we_d_integ_visit
    where
        part_date in ($day_before, $shown_day)
        and vst_type in ('WS', 'WV_WS')
    group by part_date

),

payments as (

    select
        part_date,
        count(distinct case when pay_order > 0 then account_id end) as payers,
        sum(pay_krw) as pay_krw
    from we_mart.ws_platform_daily
    where part_date in ($day_before, $shown_day)
    group by part_date

)

select
    days.part_date,
    days.sessions,
    coalesce(visitors.visitors, 0) as visitors,
    coalesce(payments.payers, 0) as payers,
    coalesce(payments.pay_krw, 0) as pay_krw
from we_mart.ws_sess_daily_audit as days
left join visitors on days.part_date = visitors.part_date
left join payments on days.part_date = payments.part_date
where days.part_date in ($day_before, $shown_day)
order by days.part_date
