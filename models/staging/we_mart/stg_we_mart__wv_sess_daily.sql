{# Cast before hashing: DuckDB hashes an enumeration by the number of its value. #}
{% set columns = [] %}
{% for column, type in {
    'key_date': 'date', 'we_member_id': 'string', 'sess_id': 'string', 'we_art_id': 'int',
    'we_art_name': 'string', 'platform': 'string', 'part_date': 'string',
}.items() %}
    {% do columns.append(plain(column, type)) %}
{% endfor %}

with source as (

    select * from {{ source('we_mart', 'wv_sess_daily') }}

),

renamed as (

    select
        {{ plain('part_date', 'string') }} as part_date,
        {{ plain('key_date', 'date') }} as key_date,
        {{ plain('sess_id', 'string') }} as sess_id,
        {{ plain('we_member_id', 'string') }} as we_member_id,
        {{ plain('we_art_id', 'int') }} as we_art_id,
        {{ plain('we_art_name', 'string') }} as we_art_name,
        {{ plain('platform', 'string') }} as platform,
        {{ line_hash(columns) }} as row_hash
    from source

)

select * from renamed
