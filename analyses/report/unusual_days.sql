-- Counts and shares of a day that are far from the same weekday of the
-- weeks before.
{%- set report = var('report') %}

select
    part_date,
    measure,
    value,
    usual,
    days_compared
from {{ ref('ws_sess_daily_anomaly') }}
where
    part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
    and is_anomaly = 1
order by part_date, measure
