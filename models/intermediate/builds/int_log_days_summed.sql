with client_log as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where part_date is not null

),

summed as (

    select
        part_date,
        count(*) as lines_read,
        count(case when reject_reason is null then 1 end) as events,
        cast(sum(line_hash) as string) as log_checksum
    from client_log
    group by part_date

)

select * from summed
