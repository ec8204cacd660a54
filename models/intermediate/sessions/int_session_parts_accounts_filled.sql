{% set last_values = ['user_id_matched', 'ctry', 'lang', 'platform', 'os', 'app_ver'] %}

with session_parts as (

    select * from {{ ref('int_session_parts_aggregated') }}

),

filled as (

    -- Events before the first login of a session belong to that login.
    select
        *,
        coalesce(
            account_so_far,
            {{ first_non_null('account_so_far') }} over (
                partition by part_date, new_dvc_id, sess_seq
                order by first_event_seq
                rows between unbounded preceding and unbounded following
            )
        ) as account_fill
    from session_parts

),

merged as (

    -- The part before the first login and the part after it are one row of the mart.
    select
        part_date,
        new_dvc_id,
        sess_seq,
        sess_start_dt,
        account_fill,
        ws_art_id,
        shop,
        min(first_log_dt) as first_log_dt,
        max(last_log_dt) as last_log_dt,
        {% for column in last_values %}
            {{ last_value_by(column, column ~ '_seq') }} as {{ column }},
            max({{ column }}_seq) as {{ column }}_seq,
        {% endfor %}
        max(is_wv) as is_wv
    from filled
    group by
        part_date,
        new_dvc_id,
        sess_seq,
        sess_start_dt,
        account_fill,
        ws_art_id,
        shop

)

select * from merged
