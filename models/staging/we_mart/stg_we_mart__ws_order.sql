{% set columns = [
    'ord_sheet_number', 'ord_item_number', 'ord_dt', 'account_id', 'we_art_id', 'shop', 'sale_id',
    'goods_id', 'goods_cat', 'logi_cat', 'album_qty', 'ord_item_qty', 'ord_item_amt_krw',
    'part_date',
] %}

with source as (

    select * from {{ source('we_mart', 'ws_order') }}

),

renamed as (

    select

        ----------  ids
        ord_sheet_number,
        ord_item_number,
        account_id,
        we_art_id,
        sale_id,
        goods_id,

        ----------  time
        part_date,
        ord_dt,

        ----------  goods
        shop,
        goods_cat,
        logi_cat,
        album_qty,

        ----------  quantity and money
        ord_item_qty,
        ord_item_amt_krw,

        ----------  the row as it came
        {{ line_hash(columns) }} as row_hash

    from source

)

select * from renamed
