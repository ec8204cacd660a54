{% set session = 'partition by part_date, new_dvc_id, sess_seq' %}
{% set device = 'partition by part_date, new_dvc_id' %}

with session_parts as (

    select * from {{ ref('int_session_parts_accounts_filled') }}

),

described as (

    select
        *,

        ----------  of the session
        max(last_log_dt) over ({{ session }}) as sess_end_dt,
        max(is_wv) over ({{ session }}) as sess_is_wv,
        max(case when account_fill is not null then 1 else 0 end) over ({{ session }})
            as is_sess_login,
        {{ last_value_by('ctry', 'ctry_seq') }} over ({{ session }}) as sess_ctry,
        {{ last_value_by('lang', 'lang_seq') }} over ({{ session }}) as sess_lang,

        ----------  of the device, that day
        max(case when account_fill is not null then 1 else 0 end) over ({{ device }})
            as is_device_login,
        {{ last_value_by('platform', 'platform_seq') }} over ({{ device }}) as device_platform,
        {{ last_value_by('os', 'os_seq') }} over ({{ device }}) as device_os,
        {{ last_value_by('app_ver', 'app_ver_seq') }} over ({{ device }}) as device_app_ver

    from session_parts

),

identified as (

    select
        part_date,
        new_dvc_id,
        {{ utc_digits('sess_start_dt') }} || '|' || {{ escape_id('new_dvc_id') }} as sess_id,
        sess_start_dt,
        sess_end_dt,
        {{ seconds_between('sess_start_dt', 'sess_end_dt') }} as sess_dur,
        account_fill,
        ws_art_id,
        shop,
        first_log_dt,
        last_log_dt,
        user_id_matched,
        user_id_matched_seq,
        ctry,
        ctry_seq,
        lang,
        lang_seq,
        sess_ctry,
        sess_lang,
        sess_is_wv as is_wv,
        is_device_login,
        is_sess_login,
        device_platform as platform,
        device_os as os,
        device_app_ver as app_ver
    from described

)

select * from identified
