{% set flags = ['has_web', 'has_ws_app', 'has_wv_app', 'has_weverse', 'is_ord'] %}

with user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where {{ is_run_week_date() }}

),

weverse_sessions as (

    select * from {{ ref('stg_we_mart__wv_sess_daily') }}
    where
        we_member_id is not null
        and {{ is_run_week_date() }}

),

order_items as (

    select * from {{ ref('stg_we_mart__ws_order') }}
    where
        account_id is not null
        and {{ is_run_week_date() }}

),

-- Each row appears once for its day, if that is a day of the run, and once for its week.
{% for rows in ['user_sessions', 'weverse_sessions', 'order_items'] %}
    {{ rows }}_of_periods as (

        select
            *,
            'D' as date_type,
            part_date as period_start
        from {{ rows }}
        where {{ is_run_date() }}
        union all
        select
            *,
            'W' as date_type,
            {{ day_of_week('part_date', 0) }} as period_start
        from {{ rows }}

    ),
{% endfor %}

shop_visits as (

    select
        date_type,
        period_start,
        account_id,
        device_id,
        vst_platform
    from user_sessions_of_periods
    group by
        date_type,
        period_start,
        account_id,
        device_id,
        vst_platform

),

devices_compared as (

    select
        *,
        max(case when account_id is not null then 1 else 0 end) over (
            partition by date_type, period_start, device_id
        ) as is_device_of_account
    from shop_visits

),

-- From here on each row states one fact about a visitor. A device is a visitor only if no account
-- was seen on it in the whole period. visitor_kind keeps it apart from an account with the same id.
stacked as (

    select
        date_type,
        period_start,
        case when account_id is not null then 'account' else 'device' end as visitor_kind,
        coalesce(account_id, device_id) as visitor_id,
        case when vst_platform = 'WEB' then 1 else 0 end as has_web,
        case when vst_platform = 'WS_APP' then 1 else 0 end as has_ws_app,
        case when vst_platform = 'WV_APP' then 1 else 0 end as has_wv_app,
        0 as has_weverse,
        0 as is_ord
    from devices_compared
    where
        account_id is not null
        or is_device_of_account = 0
    union all
    select
        date_type,
        period_start,
        'account' as visitor_kind,
        we_member_id as visitor_id,
        0 as has_web,
        0 as has_ws_app,
        0 as has_wv_app,
        1 as has_weverse,
        0 as is_ord
    from weverse_sessions_of_periods
    union all
    select
        date_type,
        period_start,
        'account' as visitor_kind,
        account_id as visitor_id,
        0 as has_web,
        0 as has_ws_app,
        0 as has_wv_app,
        0 as has_weverse,
        1 as is_ord
    from order_items_of_periods

),

visitors as (

    select
        date_type,
        period_start,
        visitor_kind,
        {% for flag in flags %}
            max({{ flag }}) as {{ flag }},
        {% endfor %}
        visitor_id
    from stacked
    group by date_type, period_start, visitor_kind, visitor_id

),

typed as (

    -- An account that ordered without visiting is not counted as a visitor.
    select
        date_type,
        period_start,
        visitor_kind,
        visitor_id,
        case
            when has_web + has_ws_app + has_wv_app = 0 then 'WV'
            when has_weverse = 1 then 'WV_WS'
            else 'WS'
        end as vst_type,
        {{ vst_type_dtl('has_web', 'has_ws_app', 'has_wv_app') }} as vst_type_dtl,
        has_ws_app as is_ws_app,
        has_wv_app as is_wv_app,
        is_ord
    from visitors
    where has_web + has_ws_app + has_wv_app + has_weverse > 0

),

counted as (

    select
        date_type,
        period_start,
        vst_type_dtl,
        vst_type,
        is_ws_app,
        is_wv_app,
        is_ord,
        count(*) as cnt_user
    from typed
    group by
        date_type,
        period_start,
        vst_type_dtl,
        vst_type,
        is_ws_app,
        is_wv_app,
        is_ord

)

select * from counted
