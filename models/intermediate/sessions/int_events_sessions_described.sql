{% set session = 'new_dvc_id, part_date, sess_seq' %}
{% set whole_session %}
    over (
            partition by {{ session }}
            order by device_event_seq
            rows between unbounded preceding and unbounded following
        )
{%- endset %}

with events as (

    select * from {{ ref('int_events_sessions_numbered') }}

),

described as (

    -- user_id_matched: an event with its own account is filled with that account, one without
    -- matches nothing, so that s_wemember_id = account_fill holds wherever there is an account.
    select
        part_date,
        new_dvc_id,
        device_event_seq,
        sess_seq,
        sess_start_dt,
        max(log_dt) {{ whole_session }} as sess_end_dt,
        {{ fill_forward_then_back('s_wemember_id', session, 'device_event_seq') }} as account_fill,
        case when s_wemember_id is not null then s_user_id end as user_id_matched,
        first_log_dt,
        log_dt,
        ws_art_id,
        shop,
        ctry,
        lang,
        max(case when wv_device_id is not null then 1 else 0 end) {{ whole_session }} as is_wv,
        max(case when s_wemember_id is not null then 1 else 0 end) {{ whole_session }}
            as is_sess_login,
        {{ last_non_null('ctry') }} {{ whole_session }} as sess_ctry,
        {{ last_non_null('lang') }} {{ whole_session }} as sess_lang,
        is_device_login,
        platform,
        os,
        app_ver
    from events

)

select * from described
