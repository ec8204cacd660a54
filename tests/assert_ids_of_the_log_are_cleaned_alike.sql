-- Two models clean the client log: one reads the whole lines, the other only the ids. If they
-- cleaned the ids in different ways, the order of events would be kept for the wrong browsers.
-- Returns one row for each browser and day whose lines differ. Lines are compared by the sum of
-- their hashes, like the log in the audit, because a comparison of all lines would need more memory
-- and time than the mart itself.
{% set hash = line_hash(
    ['part_date', 'log_dt', 'browser_id', 'wv_device_id', 's_wemember_id', 'reject_reason']
) %}

with stacked as (

    select
        part_date,
        browser_id,
        1 as line_count,
        {{ hash }} as hash_sum
    from {{ ref('stg_service_log__weplyapi_client_log') }}
    where {{ is_tested_date() }}
    union all
    select
        part_date,
        browser_id,
        -1 as line_count,
        -{{ hash }} as hash_sum
    from {{ ref('stg_service_log__weplyapi_client_log_ids') }}
    where {{ is_tested_date() }}

)

select
    part_date,
    browser_id,
    sum(line_count) as lines_too_few,
    sum(hash_sum) as hash_difference
from stacked
group by part_date, browser_id
having sum(line_count) <> 0 or sum(hash_sum) <> 0
