{% set columns = [
    'key_date', 'we_member_id', 'sess_id', 'we_art_id', 'we_art_name', 'platform', 'part_date',
] %}

with source as (

    select * from {{ source('we_mart', 'wv_sess_daily') }}

),

renamed as (

    select
        part_date,
        key_date,
        sess_id,
        we_member_id,
        we_art_id,
        we_art_name,
        platform,
        {{ line_hash(columns) }} as row_hash
    from source

)

select * from renamed
