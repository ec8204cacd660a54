-- A rejected line is counted under the first reason that applies.
{%- set report = var('report') %}

select
    part_date,
    duplicates,
    rejected_missing_log_dt,
    rejected_missing_device,
    rejected_log_dt_out_of_range
from {{ ref('ws_sess_daily_audit') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
order by part_date
