-- The late days that this run builds again, as one row, which tasks of the job read. The inner query
-- is that of the operation `late_days` (macros/operations/late_days.sql), whose output a job cannot
-- read. `catalog`, `first_day` and `last_day` are parameters of the task; 7 is `max_late_days`.
select
    count(*) as day_count,
    array_join(collect_list(part_date), ', ') as part_dates
from (
    select part_date
    from (
        select
            part_date,
            coalesce(rerun_command not like '%allow_empty_day: true%', false) as is_late
        from identifier(:catalog || '.we_mart.ws_sess_daily_restatement')
        where
            part_date between :first_day and :last_day
            and status not in ('current', 'not_a_date')
    ) as days
    where is_late
    order by part_date desc
    limit 7
) as late_days
