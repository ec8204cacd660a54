with weverse_sessions as (

    select * from {{ ref('stg_we_mart__wv_sess_daily') }}
    where
        we_member_id is not null
        and {{ is_run_date() }}

),

user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where
        account_id is not null
        and {{ is_run_date() }}

),

members as (

    select
        part_date,
        we_member_id,
        we_art_name
    from weverse_sessions
    group by part_date, we_member_id, we_art_name

),

shop_days as (

    select
        part_date,
        account_id,
        {{ visit_measures('WS_APP', 'ws') }}
    from user_sessions
    group by part_date, account_id

),

final as (

    select
        cast(members.part_date as date) as key_date,
        members.we_member_id,
        members.we_art_name,
        coalesce(shop_days.ws_visit_cnt, 0) as ws_visit_cnt,
        coalesce(shop_days.ws_login_cnt, 0) as ws_login_cnt,
        coalesce(shop_days.ws_sess_cnt, 0) as ws_sess_cnt,
        coalesce(shop_days.ws_sess_dur, 0) as ws_sess_dur,
        coalesce(shop_days.ws_user_sess_cnt, 0) as ws_user_sess_cnt,
        coalesce(shop_days.ws_user_sess_dur, 0) as ws_user_sess_dur,
        members.part_date,
        {{ run_timestamp() }} as run_timestamp
    from members
    left join shop_days
        on
            members.part_date = shop_days.part_date
            and members.we_member_id = shop_days.account_id

)

select * from final
