-- How many sessions and user sessions does each day have by platform, and how long do they last?
-- Each row of `ws_user_sess_daily` is a user session. A session may have several, so its time is
-- counted only on the first one.
{% set first_day = '2024-01-14' %}
{% set last_day = '2024-01-16' %}

select
    part_date,
    platform,
    sum(is_first_user_sess) as sessions,
    count(*) as user_sessions,
    sum(case when is_first_user_sess = 1 then sess_dur else 0 end) as seconds
from {{ ref('ws_user_sess_daily') }}
where part_date between '{{ first_day }}' and '{{ last_day }}'
group by part_date, platform
order by part_date, platform
