with session_artists as (

    select * from {{ ref('int_session_artists_identified') }}
    where {{ is_run_date() }}

),

artists as (

    select * from {{ ref('int_artists_deduplicated') }}

),

memberships as (

    select * from {{ ref('int_fc_memberships_merged') }}

),

with_artists as (

    select
        session_artists.*,
        cast(session_artists.part_date as date) as key_date,
        artists.we_art_id,
        artists.we_art_name
    from session_artists
    left join artists
        on session_artists.ws_art_id = artists.ws_art_id

),

with_memberships as (

    select
        with_artists.*,
        memberships.we_member_id
    from with_artists
    left join memberships
        on
            with_artists.account_fill = memberships.we_member_id
            and with_artists.we_art_id = memberships.we_art_id
            and with_artists.key_date between memberships.fc_start_date and memberships.fc_end_date

),

final as (

    select
        key_date,
        user_id_fill as ws_user_id,
        account_fill as account_id,
        new_dvc_id as device_id,
        is_wv,
        user_ctry,
        user_lang,
        sess_ctry,
        sess_lang,
        ws_art_id,
        we_art_id,
        we_art_name,
        shop,
        is_device_login,
        is_sess_login,
        sess_id,
        sess_start_dt,
        sess_end_dt,
        sess_dur,
        user_sess_id,
        user_sess_start_dt,
        user_sess_end_dt,
        user_sess_dur,
        platform,
        os,
        app_ver,
        part_date,
        {{ run_timestamp() }} as run_timestamp,
        we_member_id,
        case when we_member_id is not null then 1 else 0 end as is_fc
    from with_memberships

)

select * from final
