{# The least that any session table can cost: sessions of the raw browser id from the uncleaned log,
   with one chain of windows and one aggregation. #}
{% set browser = 'part_date, user_device_id' %}
{% set timeout = whole_number_var('session_timeout_minutes') %}
{% set previous_log_dt -%}
    lag(log_dt) over (partition by {{ browser }} order by log_dt)
{%- endset %}

with log_lines as (

    select
        part_date,
        log_dt,
        user_device_id
    from {{ source('service_log', 'weplyapi_client_log') }}
    where {{ is_run_date() }}

),

compared as (

    select
        *,
        coalesce(log_dt > {{ add_minutes(previous_log_dt, timeout) }}, true) as starts_session
    from log_lines

),

numbered as (

    select
        *,
        {{ number_changes('starts_session', browser, 'log_dt', start=0) }} as sess_seq
    from compared

)

select
    part_date,
    user_device_id,
    sess_seq,
    min(log_dt) as sess_start_dt,
    max(log_dt) as sess_end_dt
from numbered
group by part_date, user_device_id, sess_seq
