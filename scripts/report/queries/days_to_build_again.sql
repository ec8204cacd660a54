-- Days of the log or of the mart that are not up to date, and the
-- command that rebuilds each day.
select
    part_date,
    status,
    lines_then,
    lines_now,
    unfinished_tables,
    rerun_command
from we_mart.ws_sess_daily_restatement
where
    status <> 'current'
    and (part_date between $first_day and $last_day or status = 'not_a_date')
order by part_date
