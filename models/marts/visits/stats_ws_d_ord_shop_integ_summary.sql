{{ config(materialized='view') }}

with ws_platform_daily as (

    select * from {{ ref('ws_platform_daily') }}

),

final as (

    select
        key_date,
        vst_platform as platform,
        count(distinct case when vst_platform <> 'NONE' then account_id end) as au,
        count(distinct case when pay_order > 0 then account_id end) as pay_user,
        cast(sum(pay_krw) as bigint) as pay_krw,
        cast(sum(pay_qty) as bigint) as pay_qty,
        part_date,
        max(run_timestamp) as run_timestamp
    from ws_platform_daily
    group by key_date, part_date, vst_platform

)

select * from final
