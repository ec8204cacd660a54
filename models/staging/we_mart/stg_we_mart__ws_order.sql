{# Cast before hashing: DuckDB hashes an enumeration by the number of its value. -#}
{% set columns = [] -%}
{% for column, type in {
    'ord_sheet_number': 'string', 'ord_item_number': 'int', 'ord_dt': 'timestamp',
    'account_id': 'string', 'we_art_id': 'int', 'shop': 'string', 'sale_id': 'bigint',
    'goods_id': 'bigint', 'goods_cat': 'string', 'logi_cat': 'string', 'album_qty': 'int',
    'ord_item_qty': 'int', 'ord_item_amt_krw': 'bigint', 'part_date': 'string',
}.items() -%}
    {% do columns.append(as_declared(column, type)) -%}
{% endfor -%}

with source as (

    select * from {{ source('we_mart', 'ws_order') }}

),

renamed as (

    select

        ----------  ids
        {{ as_declared('ord_sheet_number', 'string') }} as ord_sheet_number,
        {{ as_declared('ord_item_number', 'int') }} as ord_item_number,
        {{ as_declared('account_id', 'string') }} as account_id,
        {{ as_declared('we_art_id', 'int') }} as we_art_id,
        {{ as_declared('sale_id', 'bigint') }} as sale_id,
        {{ as_declared('goods_id', 'bigint') }} as goods_id,

        ----------  time
        {{ as_declared('part_date', 'string') }} as part_date,
        {{ as_declared('ord_dt', 'timestamp') }} as ord_dt,

        ----------  goods
        {{ as_declared('shop', 'string') }} as shop,
        {{ as_declared('goods_cat', 'string') }} as goods_cat,
        {{ as_declared('logi_cat', 'string') }} as logi_cat,
        {{ as_declared('album_qty', 'int') }} as album_qty,

        ----------  quantity and money
        {{ as_declared('ord_item_qty', 'int') }} as ord_item_qty,
        {{ as_declared('ord_item_amt_krw', 'bigint') }} as ord_item_amt_krw,

        ----------  the row as it came
        {{ line_hash(columns) }} as row_hash

    from source

)

select * from renamed
