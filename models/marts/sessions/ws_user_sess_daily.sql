{{ config(materialized='view') }}

{% set columns = [
    'key_date', 'part_date', 'user_sess_id', 'sess_id', 'device_id', 'account_id', 'ws_user_id',
    'user_ctry', 'user_lang', 'sess_ctry', 'sess_lang', 'is_wv', 'is_device_login',
    'is_sess_login', 'sess_start_dt', 'sess_end_dt', 'sess_dur', 'user_sess_start_dt',
    'user_sess_end_dt', 'user_sess_dur', 'platform', 'os', 'app_ver',
] %}

with ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}

),

user_sessions as (

    -- The mart has a row for each artist and shop of a user session. The columns in the grouping
    -- are the same on all of them.
    select
        {{ columns | join(',\n        ') }},
        count(distinct ws_art_id) as art_cnt,
        max(is_fc) as is_fc,
        max(run_timestamp) as run_timestamp
    from ws_sess_daily
    group by
        {{ columns | join(',\n        ') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by part_date, sess_id
            order by {{ nulls_first(['user_sess_start_dt', 'user_sess_id']) }}
        ) as user_sess_seq
    from user_sessions

),

final as (

    select
        {{ columns | join(',\n        ') }},
        {{ vst_platform('platform', 'is_wv') }} as vst_platform,
        cast(art_cnt as bigint) as art_cnt,
        is_fc,
        case when user_sess_seq = 1 then 1 else 0 end as is_first_user_sess,
        run_timestamp
    from numbered

)

select * from final
