{{ config(materialized='view') }}

with client_log as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where part_date is not null

),

audit as (

    select * from {{ ref('ws_sess_daily_audit') }}

),

log_days as (

    select
        part_date,
        count(*) as lines_now,
        count(case when reject_reason is null then 1 end) as events_now,
        cast(sum(line_hash) as string) as checksum_now
    from client_log
    group by part_date

),

compared as (

    select
        coalesce(audit.part_date, log_days.part_date) as part_date,
        audit.lines_read as lines_then,
        coalesce(log_days.lines_now, 0) as lines_now,
        coalesce(log_days.events_now, 0) as events_now,
        audit.log_checksum as checksum_then,
        coalesce(log_days.checksum_now, '0') as checksum_now,
        audit.run_timestamp as built_at
    from audit
    full outer join log_days
        on audit.part_date = log_days.part_date

),

final as (

    select
        part_date,
        case
            when lines_then is null then 'missing'
            when lines_then = lines_now and checksum_then = checksum_now then 'current'
            else 'stale'
        end as status,
        lines_then,
        lines_now,
        checksum_then,
        checksum_now,
        built_at,
        'dbt run --select ws_sess_daily+ --vars ''{part_date: '
        || part_date
        || case when events_now = 0 then ', allow_empty_day: true' else '' end
        || '}''' as rerun_command
    from compared

)

select * from final
