with source as (

    select * from {{ source('we_mart', 'we_artist') }}

),

renamed as (

    select
        {{ plain('ws_art_id', 'bigint') }} as ws_art_id,
        {{ plain('we_art_id', 'int') }} as we_art_id,
        {{ plain('we_art_name', 'string') }} as we_art_name
    from source

)

select * from renamed
