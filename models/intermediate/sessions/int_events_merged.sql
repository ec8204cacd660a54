{% set timeout = whole_number_var('session_timeout_minutes', minimum=1, maximum=1440) %}

with events as (

    -- No event is without a browser. To say so lets Spark see that both ways that events take from
    -- here read the log alike: it reads and moves them once.
    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where reject_reason is null and browser_id is not null

),

browsers as (

    select * from {{ ref('int_browsers_profiled') }}

),

profiled as (

    select
        events.*,
        {{ time_slot('events.log_dt', timeout) }} as slot,
        browsers.browser_wv_device_id,
        coalesce(browsers.needs_login_sessions, 0) as needs_login_sessions,
        case when browsers.needs_order = 1 then events.log_dt end as own_log_dt,
        case when browsers.needs_order = 1 then events.log_id end as own_log_id
    from events
    left join browsers
        on
            events.browser_id = browsers.browser_id
            and events.part_date = browsers.part_date

),

merged as (

    -- Events of a slot lie in one session, as no gap within it can be long enough to end one. Those
    -- that agree in all that the rules read give the same rows of the mart as the last of them
    -- does, unless some have other logins between them: then each stays by itself (`own_…`).
    -- From here on there is a third of the rows, and no sort before it (half the time, DuckDB).
    -- What belongs to the browser is part of the key, so that Spark can tell before it merges which
    -- way an event goes. The browser goes first: Spark sorts by the first bytes of a key.
    select
        part_date,
        min(log_dt) as first_log_dt,
        max(log_dt) as log_dt,
        {{ greatest_at_last('log_id', 'log_dt') }} as log_id,
        browser_id,
        wv_device_id,
        s_wemember_id,
        s_user_id,
        ws_art_id,
        s_device_type,
        ctry,
        lang,
        shop,
        platform,
        os,
        app_ver,
        browser_wv_device_id,
        needs_login_sessions
    from profiled
    group by
        browser_id,
        part_date,
        browser_wv_device_id,
        needs_login_sessions,
        wv_device_id,
        s_wemember_id,
        s_user_id,
        ws_art_id,
        s_device_type,
        ctry,
        lang,
        shop,
        platform,
        os,
        app_ver,
        slot,
        own_log_dt,
        own_log_id

)

select * from merged
