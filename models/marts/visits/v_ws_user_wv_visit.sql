{{ config(materialized='view') }}

with ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}
    where account_id is not null

),

weverse_app_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where
        account_id is not null
        and vst_platform = 'WV_APP'

),

artists_visited as (

    select
        part_date,
        key_date,
        account_id,
        we_art_name
    from ws_sess_daily
    group by part_date, key_date, account_id, we_art_name

),

weverse_app_days as (

    select
        part_date,
        account_id,
        {{ visit_measures('WV_APP', 'wv') }}
    from weverse_app_sessions
    group by part_date, account_id

),

final as (

    select
        artists_visited.key_date,
        artists_visited.account_id,
        artists_visited.we_art_name,
        weverse_app_days.wv_visit_cnt,
        weverse_app_days.wv_login_cnt,
        weverse_app_days.wv_sess_cnt,
        weverse_app_days.wv_sess_dur,
        weverse_app_days.wv_user_sess_cnt,
        weverse_app_days.wv_user_sess_dur
    from artists_visited
    inner join weverse_app_days
        on
            artists_visited.part_date = weverse_app_days.part_date
            and artists_visited.account_id = weverse_app_days.account_id

)

select * from final
