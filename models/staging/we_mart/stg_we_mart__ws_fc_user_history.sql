with source as (

    select * from {{ source('we_mart', 'ws_fc_user_history') }}

),

renamed as (

    select
        {{ as_declared('we_member_id', 'string') }} as we_member_id,
        {{ as_declared('we_art_id', 'int') }} as we_art_id,
        {{ as_declared('fc_start_date', 'date') }} as fc_start_date,
        {{ as_declared('fc_end_date', 'date') }} as fc_end_date
    from source

)

select * from renamed
