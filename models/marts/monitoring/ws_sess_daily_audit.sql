with run_days as (

    -- A day without any line in the log has a row, too.
    select run_day.part_date
    from (
        values
        ('{{ run_dates() | join("'), ('") }}')
    ) as run_day (part_date)

),

client_log as (

    select * from {{ ref('stg_service_log__weplyapi_client_log') }}
    where {{ is_run_date() }}

),

ws_sess_daily as (

    select * from {{ ref('ws_sess_daily') }}
    where {{ is_run_date() }}

),

lines_grouped as (

    -- Lines that agree in all of these columns are deliveries of the same event.
    select
        part_date,
        reject_reason,
        log_dt,
        log_id,
        browser_id,
        s_wemember_id,
        wv_device_id,
        s_device_type,
        s_user_id,
        ctry,
        lang,
        platform,
        os,
        app_ver,
        ws_art_id,
        shop,
        count(*) as deliveries,
        sum(line_hash) as hash_sum
    from client_log
    group by
        part_date,
        reject_reason,
        log_dt,
        log_id,
        browser_id,
        s_wemember_id,
        wv_device_id,
        s_device_type,
        s_user_id,
        ctry,
        lang,
        platform,
        os,
        app_ver,
        ws_art_id,
        shop

),

lines_counted as (

    select
        part_date,
        sum(deliveries) as lines_read,
        sum(case when reject_reason is null then deliveries - 1 end) as duplicates,
        {% for reason in ['missing_log_dt', 'missing_device', 'log_dt_out_of_range'] %}
            sum(case when reject_reason = '{{ reason }}' then deliveries end)
                as rejected_{{ reason }},
        {% endfor %}
        count(case when reject_reason is null then 1 end) as events_kept,
        sum(hash_sum) as log_checksum
    from lines_grouped
    group by part_date

),

mart_counted as (

    select
        part_date,
        count(distinct device_id) as devices,
        count(distinct sess_id) as sessions,
        count(distinct user_sess_id) as user_sessions,
        count(*) as mart_rows
    from ws_sess_daily
    group by part_date

),

final as (

    select
        run_days.part_date,
        {% for count in [
            'lines_read', 'duplicates', 'rejected_missing_log_dt', 'rejected_missing_device',
            'rejected_log_dt_out_of_range', 'events_kept', 'devices', 'sessions', 'user_sessions',
            'mart_rows',
        ] %}
            cast(coalesce({{ count }}, 0) as bigint) as {{ count }},
        {% endfor %}
        cast(coalesce(lines_counted.log_checksum, 0) as string) as log_checksum,
        {{ run_timestamp() }} as run_timestamp
    from run_days
    left join lines_counted
        on run_days.part_date = lines_counted.part_date
    left join mart_counted
        on run_days.part_date = mart_counted.part_date

)

select * from final
