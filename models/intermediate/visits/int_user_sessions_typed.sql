with ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}

),

deduplicated as (

    -- The mart has a row for each artist and shop of a user session. The columns below are the same
    -- on all of them.
    select
        part_date,
        user_sess_id,
        sess_id,
        device_id,
        account_id,
        user_ctry,
        user_sess_start_dt,
        max(platform) as platform,
        max(is_wv) as is_wv,
        max(is_sess_login) as is_sess_login,
        max(sess_dur) as sess_dur,
        max(user_sess_dur) as user_sess_dur
    from ws_sess_daily
    group by
        part_date,
        user_sess_id,
        sess_id,
        device_id,
        account_id,
        user_ctry,
        user_sess_start_dt

),

typed as (

    select
        *,
        {{ vst_platform('platform', 'is_wv') }} as vst_platform
    from deduplicated

)

select * from typed
