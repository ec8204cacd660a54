-- A visitor is in one row per day, under the combination of all its
-- platforms of that day (WEB+WS_APP). The visitors of one day can be
-- summed, those of several days cannot.
{%- set report = var('report') %}

with visitors as (

    select
        part_date,
        case
            when vst_type_dtl like '%+%' then 'SEVERAL'
            else vst_type_dtl
        end as visited_by,
        cnt_user
    from {{ ref('stats_we_d_integ_visit') }}
    where
        part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
        and vst_type in ('WS', 'WV_WS')

)

select
    part_date,
    visited_by,
    sum(cnt_user) as visitors
from visitors
group by part_date, visited_by
order by part_date, visited_by
