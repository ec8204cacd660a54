{{ config(meta={"period": "week"}) }}

with visitors as (

    select * from {{ ref('int_visitors_counted') }}
    where date_type = 'W'

),

final as (

    select
        cast(period_start as date) as key_date,
        date_type,
        vst_type_dtl,
        vst_type,
        is_ws_app,
        is_wv_app,
        is_ord,
        cnt_user,
        period_start as part_date,
        {{ run_timestamp() }} as run_timestamp
    from visitors

)

select * from final
