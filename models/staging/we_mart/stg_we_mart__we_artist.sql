with source as (

    select * from {{ source('we_mart', 'we_artist') }}

),

renamed as (

    select
        {{ as_declared('ws_art_id', 'bigint') }} as ws_art_id,
        {{ as_declared('we_art_id', 'int') }} as we_art_id,
        {{ as_declared('we_art_name', 'string') }} as we_art_name
    from source

)

select * from renamed
