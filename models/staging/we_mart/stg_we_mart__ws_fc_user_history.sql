with source as (

    select * from {{ source('we_mart', 'ws_fc_user_history') }}

),

renamed as (

    select
        we_member_id,
        we_art_id,
        fc_start_date,
        fc_end_date
    from source

)

select * from renamed
