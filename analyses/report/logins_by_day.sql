-- One row per session: the first user session of each.
{%- set report = var('report') %}

select
    part_date,
    count(*) as sessions,
    sum(case when is_sess_login = 1 then 1 else 0 end) as login_sessions,
    sum(case when is_sess_login = 0 then 1 else 0 end) as anonymous_sessions,
    round(100.0 * avg(is_sess_login), 1) as login_rate
from {{ ref('ws_user_sess_daily') }}
where
    part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
    and is_first_user_sess = 1
group by part_date
order by part_date
