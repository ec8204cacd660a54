with source as (

    select * from {{ source('we_mart', 'we_artist') }}

),

renamed as (

    select
        ws_art_id,
        we_art_id,
        we_art_name
    from source

)

select * from renamed
