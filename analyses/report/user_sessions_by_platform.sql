-- Over all days: an account or device is counted once, on however many
-- days it visited.
{%- set report = var('report') %}

select
    vst_platform,
    count(*) as user_sessions,
    count(distinct account_id) as accounts,
    count(distinct device_id) as devices
from {{ ref('ws_user_sess_daily') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
group by vst_platform
order by vst_platform
