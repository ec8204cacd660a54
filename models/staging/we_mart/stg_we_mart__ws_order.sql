{# Cast before hashing: DuckDB hashes an enumeration by the number of its value. #}
{% set columns = [] %}
{% for column, type in {
    'ord_sheet_number': 'string', 'ord_item_number': 'int', 'ord_dt': 'timestamp',
    'account_id': 'string', 'we_art_id': 'int', 'shop': 'string', 'sale_id': 'bigint',
    'goods_id': 'bigint', 'goods_cat': 'string', 'logi_cat': 'string', 'album_qty': 'int',
    'ord_item_qty': 'int', 'ord_item_amt_krw': 'bigint', 'part_date': 'string',
}.items() %}
    {% do columns.append(plain(column, type)) %}
{% endfor %}

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
