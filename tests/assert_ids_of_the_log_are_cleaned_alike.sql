-- Two models clean the client log: one reads the whole lines, the other only the ids. If they
-- cleaned the ids in different ways, the order of events would be kept for the wrong browsers.
-- Returns one row for each line that only one of the two models has.
with lines as (

    select
        part_date,
        log_dt,
        browser_id,
        wv_device_id,
        s_wemember_id,
        reject_reason
    from {{ ref('stg_service_log__weplyapi_client_log') }}
    where {{ is_tested_date() }}

),

ids as (

    select
        part_date,
        log_dt,
        browser_id,
        wv_device_id,
        s_wemember_id,
        reject_reason
    from {{ ref('stg_service_log__weplyapi_client_log_ids') }}
    where {{ is_tested_date() }}

),

only_in_lines as (

    select * from lines
    except all
    select * from ids

),

only_in_ids as (

    select * from ids
    except all
    select * from lines

)

select * from only_in_lines
union all
select * from only_in_ids
