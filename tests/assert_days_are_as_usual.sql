-- Warns of days whose counts or shares are far from the same weekday of the weeks before. A warning
-- does not fail the command: the rows are correct, but their cause should be known before they are
-- read. Returns one row for each day and measure.
{{ config(severity='warn') }}

select
    part_date,
    measure,
    value,
    usual
from {{ ref('ws_sess_daily_anomaly') }}
where
    is_anomaly = 1
    and {{ is_tested_date() }}
