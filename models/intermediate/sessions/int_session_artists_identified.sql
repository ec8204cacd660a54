with events as (

    select * from {{ ref('int_events_sessions_described') }}

),

user_sessions_described as (

    select
        *,

        ----------  rule 8
        min(first_log_dt) over whole_user_session as user_sess_start_dt,
        max(log_dt) over whole_user_session as user_sess_end_dt,

        ----------  rule 9
        {{ last_non_null('user_id_matched') }} over whole_user_session as user_id_fill,

        ----------  rule 11, of the user session
        {{ last_non_null('ctry') }} over whole_user_session as user_ctry,
        {{ last_non_null('lang') }} over whole_user_session as user_lang

    from events
    window whole_user_session as (
        partition by new_dvc_id, part_date, sess_seq, account_fill
        order by device_event_seq
        rows between unbounded preceding and unbounded following
    )

),

deduplicated as (

    -- The rows of the mart. All events of a user session, artist and shop give the same row.
    select distinct
        part_date,
        new_dvc_id,
        sess_seq,
        account_fill,
        ws_art_id,
        shop,
        user_sess_start_dt,
        user_sess_end_dt,
        user_id_fill,
        user_ctry,
        user_lang,
        sess_start_dt,
        sess_end_dt,
        is_wv,
        is_sess_login,
        sess_ctry,
        sess_lang,
        is_device_login,
        platform,
        os,
        app_ver
    from user_sessions_described

),

sessions_identified as (

    select
        *,
        {{ utc_timestamp_digits('sess_start_dt') }} || '|' || {{ escape_id('new_dvc_id') }}
            as sess_id
    from deduplicated

),

identified as (

    select
        part_date,
        user_id_fill,
        account_fill,
        new_dvc_id,
        is_wv,
        user_ctry,
        user_lang,
        sess_ctry,
        sess_lang,
        ws_art_id,
        shop,
        is_device_login,
        is_sess_login,
        sess_id,
        sess_start_dt,
        sess_end_dt,
        {{ seconds_between('sess_start_dt', 'sess_end_dt') }} as sess_dur,
        case
            when account_fill is null then sess_id
            else sess_id || '|' || {{ escape_id('account_fill') }}
        end as user_sess_id,
        user_sess_start_dt,
        user_sess_end_dt,
        {{ seconds_between('user_sess_start_dt', 'user_sess_end_dt') }} as user_sess_dur,
        platform,
        os,
        app_ver
    from sessions_identified

)

select * from identified
