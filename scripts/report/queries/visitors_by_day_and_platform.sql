-- A visitor stands in one row a day, under all platforms of that day
-- together (WEB+WS_APP), so that the visitors of one day add up. Those
-- of two days do not.
with visitors as (

    select
        part_date,
        case
            when vst_type_dtl like '%+%' then 'SEVERAL'
            else vst_type_dtl
        end as visited_by,
        cnt_user
    from we_mart.stats_we_d_integ_visit
    where
        part_date between $first_day and $last_day
        and vst_type in ('WS', 'WV_WS')

)

select
    part_date,
    visited_by,
    sum(cnt_user) as visitors
from visitors
group by part_date, visited_by
order by part_date, visited_by
