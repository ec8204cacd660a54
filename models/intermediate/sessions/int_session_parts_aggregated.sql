{% set last_values = ['user_id_matched', 'ctry', 'lang', 'platform', 'os', 'app_ver'] %}

with events as (

    select * from {{ ref('int_events_sessions_numbered') }}

),

aggregated as (

    -- Nothing below reads events again: what belongs to a session, a user session or a device
    -- comes from these rows, so each last value takes its position (`…_seq`) along.
    select
        part_date,
        new_dvc_id,
        sess_seq,
        sess_start_dt,
        account_so_far,
        ws_art_id,
        shop,
        min(device_event_seq) as first_event_seq,
        min(log_dt) as first_log_dt,
        max(log_dt) as last_log_dt,
        {% for column in last_values %}
            {{ last_value_by(column, 'device_event_seq') }} as {{ column }},
            max(case when {{ column }} is not null then device_event_seq end) as {{ column }}_seq,
        {% endfor %}
        max(is_wv) as is_wv
    from events
    group by
        part_date,
        new_dvc_id,
        sess_seq,
        sess_start_dt,
        account_so_far,
        ws_art_id,
        shop

)

select * from aggregated
