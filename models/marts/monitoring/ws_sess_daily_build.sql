{{ config(incremental_strategy='append') }}

-- The rows are written by the runs of the mart and of the tables made from it (macros/build_log).
-- This query returns none. The model is here for the table's description, tests and grants.
-- depends_on: {{ ref('ws_sess_daily') }}
select
    cast(null as string) as table_name,
    cast(null as string) as part_date,
    cast(null as timestamp) as run_timestamp,
    cast(null as bigint) as lines_read,
    cast(null as string) as log_checksum,
    cast(null as string) as orders_checksum,
    cast(null as string) as wv_sessions_checksum,
    cast(null as int) as session_timeout_minutes,
    cast(null as int) as max_clock_skew_hours,
    cast(null as string) as mart_builds,
    cast(null as int) as has_rows,
    cast(null as string) as memberships_checksum
where false
