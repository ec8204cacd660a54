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
        {{ plain('ord_sheet_number', 'string') }} as ord_sheet_number,
        {{ plain('ord_item_number', 'int') }} as ord_item_number,
        {{ plain('account_id', 'string') }} as account_id,
        {{ plain('we_art_id', 'int') }} as we_art_id,
        {{ plain('sale_id', 'bigint') }} as sale_id,
        {{ plain('goods_id', 'bigint') }} as goods_id,

        ----------  time
        {{ plain('part_date', 'string') }} as part_date,
        {{ plain('ord_dt', 'timestamp') }} as ord_dt,

        ----------  goods
        {{ plain('shop', 'string') }} as shop,
        {{ plain('goods_cat', 'string') }} as goods_cat,
        {{ plain('logi_cat', 'string') }} as logi_cat,
        {{ plain('album_qty', 'int') }} as album_qty,

        ----------  quantity and money
        {{ plain('ord_item_qty', 'int') }} as ord_item_qty,
        {{ plain('ord_item_amt_krw', 'bigint') }} as ord_item_amt_krw,

        ----------  the row as it came
        {{ line_hash(columns) }} as row_hash

    from source

)

select * from renamed
