with user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where
        account_id is not null
        and {{ is_run_date() }}

),

order_items as (

    select * from {{ ref('int_order_items_visited') }}
    where {{ is_run_date() }}

),

account_visits as (

    select * from {{ ref('int_account_visits_typed') }}
    where {{ is_run_date() }}

),

stacked as (

    select
        part_date,
        account_id,
        vst_platform,
        0 as pay_qty,
        0 as pay_krw,
        cast(null as string) as ord_sheet_number
    from user_sessions
    union all
    select
        part_date,
        account_id,
        vst_platform,
        ord_item_qty as pay_qty,
        ord_item_amt_krw as pay_krw,
        ord_sheet_number
    from order_items

),

aggregated as (

    select
        part_date,
        account_id,
        vst_platform,
        sum(pay_qty) as pay_qty,
        sum(pay_krw) as pay_krw,
        count(distinct ord_sheet_number) as pay_order
    from stacked
    group by part_date, account_id, vst_platform

),

final as (

    select
        cast(aggregated.part_date as date) as key_date,
        aggregated.account_id,
        coalesce(account_visits.vst_type, 'NONE') as vst_type,
        coalesce(account_visits.vst_type_dtl, 'NONE') as vst_type_dtl,
        aggregated.vst_platform,
        cast(coalesce(aggregated.pay_qty, 0) as bigint) as pay_qty,
        cast(coalesce(aggregated.pay_krw, 0) as bigint) as pay_krw,
        aggregated.pay_order,
        aggregated.part_date,
        {{ run_timestamp() }} as run_timestamp
    from aggregated
    left join account_visits
        on
            aggregated.part_date = account_visits.part_date
            and aggregated.account_id = account_visits.account_id

)

select * from final
