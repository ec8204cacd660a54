with order_items as (

    select * from {{ ref('int_order_items_visited') }}
    where {{ is_run_date() }}

),

aggregated as (

    select
        part_date,
        we_art_id,
        shop,
        sale_id,
        goods_id,
        album_qty,
        goods_cat,
        logi_cat,
        vst_type,
        vst_platform,
        vst_type_dtl,
        count(distinct account_id) as cnt_pay_user,
        count(distinct ord_sheet_number) as cnt_ord,
        count(*) as cnt_ord_item,
        sum(ord_item_amt_krw) as pay_krw,
        sum(ord_item_qty) as pay_qty
    from order_items
    group by
        part_date,
        we_art_id,
        shop,
        sale_id,
        goods_id,
        album_qty,
        goods_cat,
        logi_cat,
        vst_type,
        vst_platform,
        vst_type_dtl

),

final as (

    select
        cast(part_date as date) as key_date,
        we_art_id,
        shop,
        sale_id,
        goods_id,
        album_qty,
        goods_cat,
        logi_cat,
        vst_type,
        vst_platform,
        vst_type_dtl,
        cnt_pay_user,
        cnt_ord,
        cnt_ord_item,
        cast(coalesce(pay_krw, 0) as bigint) as pay_krw,
        cast(coalesce(pay_qty, 0) as bigint) as pay_qty,
        part_date,
        {{ run_timestamp() }} as run_timestamp
    from aggregated

)

select * from final
