{# The least that a session table of clean columns can cost: the chain of bare_floor.sql after
   cleaning all columns that the mart needs. Each column is carried to the result by the cheapest
   aggregate function. #}
{% set browser = 'part_date, browser_id' %}
{% set timeout = whole_number_var('session_timeout_minutes') %}
{% set previous_log_dt -%}
    lag(log_dt) over (partition by {{ browser }} order by log_dt)
{%- endset %}
{% set carried = [
    'wv_device_id', 's_wemember_id', 's_user_id', 's_device_type', 'ctry', 'lang', 'platform', 'os',
    'app_ver', 'ws_art_id', 'shop',
] %}

with events as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where {{ is_run_date() }} and reject_reason is null

),

compared as (

    select
        *,
        coalesce(log_dt > {{ add_minutes(previous_log_dt, timeout) }}, true) as starts_session
    from events

),

numbered as (

    select
        *,
        {{ number_changes('starts_session', browser, 'log_dt', start=0) }} as sess_seq
    from compared

)

select
    part_date,
    browser_id,
    sess_seq,
    min(log_dt) as sess_start_dt,
    max(log_dt) as sess_end_dt
    {%- for column in carried %},
    max({{ column }}) as {{ column }}
    {%- endfor %}
from numbered
group by part_date, browser_id, sess_seq
