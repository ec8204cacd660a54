-- Reads the view with one row per user session, because the duration
-- repeats on each artist and shop row of ws_sess_daily.
{%- set report = var('report') %}

select
    vst_platform,
    count(*) as user_sessions,
    round(sum(user_sess_dur) / 3600.0, 1) as hours,
    round(avg(user_sess_dur) / 60.0, 1) as average_minutes
from {{ ref('ws_user_sess_daily') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
group by vst_platform
order by vst_platform
