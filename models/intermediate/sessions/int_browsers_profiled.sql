with lines as (

    select * from {{ ref('stg_service_log__weplyapi_client_log_ids') }}
    where reject_reason is null

),

ids as (

    select distinct
        browser_id,
        part_date,
        wv_device_id,
        s_wemember_id
    from lines

),

browsers_described as (

    select
        *,
        min(wv_device_id) over browser as least_app_device_id,
        max(wv_device_id) over browser as greatest_app_device_id,
        min(s_wemember_id) over browser as browser_least_account,
        max(s_wemember_id) over browser as browser_greatest_account
    from ids
    window browser as (partition by browser_id, part_date)

),

device_kinds as (

    select 'app' as device_kind
    union all
    select 'browser' as device_kind

),

devices_listed as (

    -- Rule 3: a line belongs to one of the app devices that its browser was seen with, or to the
    -- browser itself. The cross join lists both with one scan of the ids. With a second scan
    -- DuckDB, and with grouping sets Spark, would not push the day filter down to the log.
    select
        browsers_described.*,
        case
            when device_kinds.device_kind = 'app' then browsers_described.wv_device_id
            else browsers_described.browser_id
        end as device_id
    from browsers_described
    cross join device_kinds
    where device_kinds.device_kind = 'browser' or browsers_described.wv_device_id is not null

),

devices_described as (

    select
        *,
        min(browser_least_account) over device as device_least_account,
        max(browser_greatest_account) over device as device_greatest_account
    from devices_listed
    window device as (partition by device_id, part_date)

),

profiled as (

    select
        browser_id,
        part_date,
        greatest_app_device_id as app_device_id,
        max(
            case
                when least_app_device_id <> greatest_app_device_id then 1
                when device_least_account <> device_greatest_account then 1
                else 0
            end
        ) as order_matters
    from devices_described
    group by browser_id, part_date, greatest_app_device_id

),

final as (

    -- Every other browser is its own device and has at most one account. Leaving those out keeps
    -- the join of events and browsers small.
    select * from profiled
    where app_device_id is not null or order_matters = 1

)

select * from final
