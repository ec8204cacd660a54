with source as (

    select * from {{ source('we_mart', 'ws_fc_user_history') }}

),

renamed as (

    select
        {{ plain('we_member_id', 'string') }} as we_member_id,
        {{ plain('we_art_id', 'int') }} as we_art_id,
        {{ plain('fc_start_date', 'date') }} as fc_start_date,
        {{ plain('fc_end_date', 'date') }} as fc_end_date
    from source

)

select * from renamed
