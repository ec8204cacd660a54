{{ config(materialized='view') }}

with ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}

),

typed as (

    select
        *,
        case when platform = 'APP' and is_wv = 1 then 1 else 0 end as is_wv_app,
        case when platform = 'APP' and is_wv = 0 then 1 else 0 end as is_ws_app
    from ws_sess_daily

)

select * from typed
