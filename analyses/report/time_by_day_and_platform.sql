-- The durations of user sessions. If two accounts take turns within a
-- session, their durations overlap, and both are counted.
{%- set report = var('report') %}

select
    part_date,
    vst_platform,
    count(*) as user_sessions,
    round(sum(user_sess_dur) / 3600.0, 2) as hours
from {{ ref('ws_user_sess_daily') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
group by part_date, vst_platform
order by part_date, vst_platform
