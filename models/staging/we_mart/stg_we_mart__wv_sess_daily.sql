{# Cast before hashing: DuckDB hashes an enumeration by the number of its value. -#}
{% set columns = [] -%}
{% for column, type in {
    'key_date': 'date', 'we_member_id': 'string', 'sess_id': 'string', 'we_art_id': 'int',
    'we_art_name': 'string', 'platform': 'string', 'part_date': 'string',
}.items() -%}
    {% do columns.append(as_declared(column, type)) -%}
{% endfor -%}

with source as (

    select * from {{ source('we_mart', 'wv_sess_daily') }}

),

renamed as (

    select
        {{ as_declared('part_date', 'string') }} as part_date,
        {{ as_declared('key_date', 'date') }} as key_date,
        {{ as_declared('sess_id', 'string') }} as sess_id,
        {{ as_declared('we_member_id', 'string') }} as we_member_id,
        {{ as_declared('we_art_id', 'int') }} as we_art_id,
        {{ as_declared('we_art_name', 'string') }} as we_art_name,
        {{ as_declared('platform', 'string') }} as platform,
        {{ line_hash(columns) }} as row_hash
    from source

)

select * from renamed
