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
        platform
    from source

)

select * from renamed
