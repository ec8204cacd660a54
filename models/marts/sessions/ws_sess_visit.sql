{{ config(materialized='view') }}

{% set order_of_sessions = nulls_first(['sess_start_dt', 'part_date', 'sess_id']) %}

with ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}

),

mart_builds as (

    select * from {{ ref('ws_sess_daily_build') }}
    where table_name = 'ws_sess_daily'

),

deduplicated as (

    select
        part_date,
        sess_id,
        device_id,
        sess_start_dt,
        sess_end_dt
    from ws_sess_daily
    group by part_date, sess_id, device_id, sess_start_dt, sess_end_dt

),

sessions as (

    select
        deduplicated.*,
        coalesce(
            mart_builds.session_timeout_minutes, {{ whole_number_var('session_timeout_minutes') }}
        ) as session_timeout_minutes
    from deduplicated
    left join mart_builds
        on deduplicated.part_date = mart_builds.part_date

),

ends_compared as (

    -- A session that was delivered late may lie within an earlier one. So the greatest end so far
    -- counts, not the end of the previous session.
    select
        *,
        max(sess_end_dt) over (
            partition by device_id
            order by {{ order_of_sessions }}
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from sessions

),

numbered as (

    select
        *,
        {{ number_changes(
            'sess_start_dt > ' ~ add_minutes('latest_end_before', 'session_timeout_minutes'),
            'device_id',
            order_of_sessions,
        ) }} as visit_seq
    from ends_compared

),

described as (

    select
        *,
        row_number() over sessions_so_far as visit_sess_seq,
        first_value(sess_id) over sessions_so_far as visit_id,
        min(sess_start_dt) over visit as visit_start_dt,
        max(sess_end_dt) over visit as visit_end_dt
    from numbered
    window
        visit as (partition by device_id, visit_seq),
        sessions_so_far as (
            partition by device_id, visit_seq
            order by {{ order_of_sessions }}
            rows between unbounded preceding and current row
        )

),

final as (

    select
        part_date,
        sess_id,
        device_id,
        visit_id,
        cast(visit_sess_seq as bigint) as visit_sess_seq,
        visit_start_dt,
        visit_end_dt,
        {{ seconds_between('visit_start_dt', 'visit_end_dt') }} as visit_dur,
        case when visit_sess_seq > 1 then 1 else 0 end as is_continued
    from described

)

select * from final
