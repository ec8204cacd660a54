{% set user_session = 'partition by part_date, new_dvc_id, sess_id, account_fill' %}

with session_parts as (

    select * from {{ ref('int_sessions_identified') }}

),

described as (

    select
        *,
        min(first_log_dt) over ({{ user_session }}) as user_sess_start_dt,
        max(last_log_dt) over ({{ user_session }}) as user_sess_end_dt,
        {{ last_value_by('user_id_matched', 'user_id_matched_seq') }} over ({{ user_session }})
            as user_id_fill,
        {{ last_value_by('ctry', 'ctry_seq') }} over ({{ user_session }}) as user_ctry,
        {{ last_value_by('lang', 'lang_seq') }} over ({{ user_session }}) as user_lang
    from session_parts

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
        sess_dur,
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
    from described

)

select * from identified
