-- Every line of the log is either kept, a duplicate or rejected.
{%- set report = var('report') %}

select
    part_date,
    lines_read,
    events_kept,
    duplicates,
    rejected_missing_log_dt
    + rejected_missing_device
    + rejected_log_dt_out_of_range as rejected
from {{ ref('ws_sess_daily_audit') }}
where part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
order by part_date
