{# The data contract implemented literally: every step is its own window over events, sorted by the
   whole order of events, and a final `select distinct` gives the rows. The rows are those of the
   mart. Additional columns break ties, so that all windows see the events in the same order. #}
{% set order = event_order() ~ ', browser_id, s_device_type, ws_art_id, shop' %}
{% set browser = 'part_date, browser_id' %}
{% set device = 'part_date, new_dvc_id' %}
{% set session = 'part_date, new_dvc_id, sess_seq' %}
{% set user_session = 'part_date, user_sess_id' %}
{% set timeout = whole_number_var('session_timeout_minutes') %}
{% set previous_log_dt -%}
    lag(log_dt) over (partition by {{ device }} order by {{ order }})
{%- endset %}
{% set whole = ' order by ' ~ order ~ ' rows between unbounded preceding and unbounded following' %}

with events as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where {{ is_run_date() }} and reject_reason is null

),

accounts_filled as (

    select
        *,
        {{ fill_forward('s_wemember_id', browser, order) }} as account_fill_1
    from events

),

accounts_compared as (

    select
        *,
        lag(account_fill_1) over (partition by {{ browser }} order by {{ order }})
            as previous_account
    from accounts_filled

),

accounts_numbered as (

    select
        *,
        {{ number_changes('account_fill_1 <> previous_account', browser, order) }}
            as account_sess_seq
    from accounts_compared

),

devices_filled as (

    select
        *,
        {{ fill_forward_then_back(
            'wv_device_id', 'part_date, browser_id, account_sess_seq', order
        ) }} as wv_fill
    from accounts_numbered

),

devices_resolved as (

    select
        *,
        case when s_device_type = 'PC' then browser_id else coalesce(wv_fill, browser_id) end
            as new_dvc_id
    from devices_filled

),

gaps_found as (

    select
        *,
        coalesce(log_dt > {{ add_minutes(previous_log_dt, timeout) }}, true) as starts_session
    from devices_resolved

),

sessions_numbered as (

    select
        *,
        {{ number_changes('starts_session', device, order, start=0) }} as sess_seq
    from gaps_found

),

sessions_timed as (

    select
        *,
        min(log_dt) over (partition by {{ session }}) as sess_start_dt,
        max(log_dt) over (partition by {{ session }}) as sess_end_dt,
        {{ fill_forward_then_back('s_wemember_id', session, order) }} as account_fill
    from sessions_numbered

),

sessions_identified as (

    select
        *,
        {{ utc_timestamp_digits('sess_start_dt') }} || '|' || {{ escape_id('new_dvc_id') }}
            as sess_id,
        case when s_wemember_id = account_fill then s_user_id end as user_id_matched
    from sessions_timed

),

user_sessions_identified as (

    select
        *,
        case
            when account_fill is null then sess_id
            else sess_id || '|' || {{ escape_id('account_fill') }}
        end as user_sess_id
    from sessions_identified

),

described as (

    select
        *,
        min(log_dt) over (partition by {{ user_session }}) as user_sess_start_dt,
        max(log_dt) over (partition by {{ user_session }}) as user_sess_end_dt,
        {{ last_non_null('user_id_matched') }} over (partition by {{ user_session ~ whole }}) as user_id_fill,
        {{ last_non_null('ctry') }} over (partition by {{ user_session ~ whole }}) as user_ctry,
        {{ last_non_null('lang') }} over (partition by {{ user_session ~ whole }}) as user_lang,
        {{ last_non_null('ctry') }} over (partition by {{ session ~ whole }}) as sess_ctry,
        {{ last_non_null('lang') }} over (partition by {{ session ~ whole }}) as sess_lang,
        max(case when wv_device_id is not null then 1 else 0 end)
            over (partition by {{ session }}) as is_wv,
        max(case when s_wemember_id is not null then 1 else 0 end)
            over (partition by {{ session }}) as is_sess_login,
        max(case when s_wemember_id is not null then 1 else 0 end)
            over (partition by {{ device }}) as is_device_login,
        {{ last_non_null('platform') }} over (partition by {{ device ~ whole }}) as device_platform,
        {{ last_non_null('os') }} over (partition by {{ device ~ whole }}) as device_os,
        {{ last_non_null('app_ver') }} over (partition by {{ device ~ whole }}) as device_app_ver
    from user_sessions_identified

)

select distinct
    cast(described.part_date as date) as key_date,
    described.user_id_fill as ws_user_id,
    described.account_fill as account_id,
    described.new_dvc_id as device_id,
    described.is_wv,
    described.user_ctry,
    described.user_lang,
    described.sess_ctry,
    described.sess_lang,
    described.ws_art_id,
    artists.we_art_id,
    artists.we_art_name,
    described.shop,
    described.is_device_login,
    described.is_sess_login,
    described.sess_id,
    described.sess_start_dt,
    described.sess_end_dt,
    {{ seconds_between('described.sess_start_dt', 'described.sess_end_dt') }} as sess_dur,
    described.user_sess_id,
    described.user_sess_start_dt,
    described.user_sess_end_dt,
    {{ seconds_between('described.user_sess_start_dt', 'described.user_sess_end_dt') }}
        as user_sess_dur,
    described.device_platform as platform,
    described.device_os as os,
    described.device_app_ver as app_ver,
    described.part_date,
    {{ run_timestamp() }} as run_timestamp,
    memberships.we_member_id,
    case when memberships.we_member_id is not null then 1 else 0 end as is_fc
from described
left join {{ ref('int_artists_deduplicated') }} as artists
    on described.ws_art_id = artists.ws_art_id
left join {{ ref('int_fc_memberships_merged') }} as memberships
    on
        described.account_fill = memberships.we_member_id
        and artists.we_art_id = memberships.we_art_id
        and cast(described.part_date as date)
        between memberships.fc_start_date and memberships.fc_end_date
