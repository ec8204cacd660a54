-- The durations of user sessions. If two accounts take turns within a
-- session, their durations overlap, and both are counted.
select
    part_date,
    vst_platform,
    count(*) as user_sessions,
    round(sum(user_sess_dur) / 3600.0, 2) as hours
from we_mart.ws_user_sess_daily
where part_date between $first_day and $last_day
group by part_date, vst_platform
order by part_date, vst_platform
