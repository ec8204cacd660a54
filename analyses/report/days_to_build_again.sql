-- Days of the log or of the mart that are not up to date, and the
-- command that rebuilds each day.
{%- set report = var('report') %}

select
    part_date,
    status,
    lines_then,
    lines_now,
    unfinished_tables,
    rerun_command
from {{ ref('ws_sess_daily_restatement') }}
where
    part_date between '{{ report.first_day }}' and '{{ report.checked_to }}'
    and status <> 'current'
order by part_date
