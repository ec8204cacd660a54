-- The view has one row per user session. is_first_user_sess is 1 on one
-- row per session, so a session with two accounts is counted once. A
-- session has one platform, so the numbers can be summed.
{%- set report = var('report') %}

select
    part_date,
    vst_platform,
    sum(is_first_user_sess) as sessions
from {{ ref('ws_user_sess_daily') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
group by part_date, vst_platform
order by part_date, vst_platform
