-- Two models clean the client log, one of them its ids alone. Where they differ, order is kept for
-- other browsers than it matters for. One row for each line of which one says what the other does
-- not.
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
