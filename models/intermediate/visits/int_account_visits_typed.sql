with user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where account_id is not null

),

weverse_sessions as (

    select * from {{ ref('stg_we_mart__wv_sess_daily') }}
    where we_member_id is not null

),

shop_accounts as (

    select
        part_date,
        account_id,
        max(case when vst_platform = 'WEB' then 1 else 0 end) as has_web,
        max(case when vst_platform = 'WS_APP' then 1 else 0 end) as has_ws_app,
        max(case when vst_platform = 'WV_APP' then 1 else 0 end) as has_wv_app
    from user_sessions
    group by part_date, account_id

),

weverse_members as (

    select
        part_date,
        we_member_id
    from weverse_sessions
    group by part_date, we_member_id

),

typed as (

    select
        shop_accounts.part_date,
        shop_accounts.account_id,
        case when weverse_members.we_member_id is not null then 'WV_WS' else 'WS' end as vst_type,
        {{ vst_type_dtl('has_web', 'has_ws_app', 'has_wv_app') }} as vst_type_dtl
    from shop_accounts
    left join weverse_members
        on
            shop_accounts.part_date = weverse_members.part_date
            and shop_accounts.account_id = weverse_members.we_member_id

)

select * from typed
