with artists as (

    select * from {{ ref('stg_we_mart__we_artist') }}
    where ws_art_id is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by ws_art_id
            order by we_art_id desc nulls last, we_art_name desc nulls last
        ) as artist_rank
    from artists

),

deduplicated as (

    -- A second row fails the key test of the source. Here it is dropped, so that it does not double
    -- rows of the mart.
    select
        ws_art_id,
        we_art_id,
        we_art_name
    from ranked
    where artist_rank = 1

)

select * from deduplicated
