-- How many user sessions began on a day of Korea?
-- A Korean day (KST, UTC+9) lies on two days of `part_date`. On Databricks the query presumes that
-- the time zone of the session is UTC, as it is by default (`select current_timezone()`).
{% set day_before = '2024-01-14' %}
{% set korean_day = '2024-01-15' %}

select count(*) as user_sessions
from {{ ref('ws_user_sess_daily') }}
where
    part_date in ('{{ day_before }}', '{{ korean_day }}')
    and cast(user_sess_start_dt + interval '9' hour as date) = date '{{ korean_day }}'
