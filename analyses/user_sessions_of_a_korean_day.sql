-- How many user sessions began on a Korean day?
-- A Korean day (KST, UTC+9) spans two days of `part_date`. On Databricks the session time zone must
-- be UTC, which is the default (check with `select current_timezone()`).
{% set day_before = '2024-01-14' %}
{% set korean_day = '2024-01-15' %}

select count(*) as user_sessions
from {{ ref('ws_user_sess_daily') }}
where
    part_date in ('{{ day_before }}', '{{ korean_day }}')
    and cast(user_sess_start_dt + interval '9' hour as date) = date '{{ korean_day }}'
