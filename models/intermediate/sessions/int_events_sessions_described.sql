{% set session = 'new_dvc_id, part_date, sess_seq' %}

with events as (

    select * from {{ ref('int_events_sessions_numbered') }}

),

sessions_described as (

    select
        part_date,
        new_dvc_id,
        device_event_seq,
        sess_seq,
        first_log_dt,
        log_dt,
        s_wemember_id,
        s_user_id,
        ws_art_id,
        shop,
        ctry,
        lang,
        is_device_login,
        platform,
        os,
        app_ver,

        ----------  rule 5
        min(first_log_dt) over whole_session as sess_start_dt,
        max(log_dt) over whole_session as sess_end_dt,

        ----------  rule 6
        {{ fill_forward_then_back('s_wemember_id', session, 'device_event_seq') }} as account_fill,

        ----------  rule 10, of the session
        max(case when wv_device_id is not null then 1 else 0 end) over whole_session as is_wv,
        max(case when s_wemember_id is not null then 1 else 0 end) over whole_session
            as is_sess_login,

        ----------  rule 11, of the session
        {{ last_non_null('ctry') }} over whole_session as sess_ctry,
        {{ last_non_null('lang') }} over whole_session as sess_lang

    from events
    window whole_session as (
        partition by {{ session }}
        order by device_event_seq
        rows between unbounded preceding and unbounded following
    )

),

user_ids_matched as (

    -- Rule 7
    select
        *,
        case when s_wemember_id = account_fill then s_user_id end as user_id_matched
    from sessions_described

)

select * from user_ids_matched
