{{ config(materialized='view') }}

{# What is exactly as far as a variable says is usual, but a double can be greater in its last
   digit: 0.9 - 0.7 is 0.20000000000000007. #}
{% set ratio = "cast('" ~ number_var('anomaly_ratio') * (1 + 1e-9) ~ "' as double)" %}
{% set share = "cast('" ~ (number_var('anomaly_share') + 1e-9) ~ "' as double)" %}

with ws_sess_daily_audit as (

    select * from {{ ref('ws_sess_daily_audit') }}

),

repeated as (

    select
        ws_sess_daily_audit.*,
        measures.measure
    from ws_sess_daily_audit
    cross join (
        values
        ('lines_read'),
        ('devices'),
        ('sessions'),
        ('user_sessions'),
        ('duplicates_share'),
        ('rejected_share'),
        ('rows_per_user_session')
    ) as measures (measure)

),

measured as (

    select
        part_date,
        measure,
        case measure
            when 'lines_read' then cast(lines_read as double)
            when 'devices' then cast(devices as double)
            when 'sessions' then cast(sessions as double)
            when 'user_sessions' then cast(user_sessions as double)
            when 'duplicates_share' then cast(duplicates as double) / nullif(lines_read, 0)
            when 'rejected_share'
                then
                    cast(
                        rejected_missing_log_dt
                        + rejected_missing_device
                        + rejected_log_dt_out_of_range as double
                    ) / nullif(lines_read, 0)
            when 'rows_per_user_session' then cast(mart_rows as double) / nullif(user_sessions, 0)
        end as value
    from repeated

),

compared as (

    -- Each value beside those of the same weekday in the weeks before, null where the audit lacks
    -- the day.
    select
        measured.*,
        earlier.part_date as earlier_date,
        earlier.value as earlier_value
    from measured
    cross join (
        values ({{ range(1, whole_number_var('anomaly_weeks') + 1) | join('), (') }})
    ) as weeks (weeks_before)
    left join measured as earlier
        on
            measured.measure = earlier.measure
            and cast(cast(measured.part_date as date) - 7 * weeks.weeks_before as string)
            = earlier.part_date

),

summarised as (

    select
        part_date,
        measure,
        value,
        median(earlier_value) as usual,
        cast(count(earlier_date) as int) as days_compared
    from compared
    group by part_date, measure, value

),

final as (

    select
        part_date,
        measure,
        value,
        usual,
        days_compared,
        case
            when
                days_compared >= 3
                and case
                    when measure in ('duplicates_share', 'rejected_share')
                        then abs(value - usual) > {{ share }}
                    else value > usual * {{ ratio }} or value < usual / {{ ratio }}
                end
                then 1
            else 0
        end as is_anomaly
    from summarised

)

select * from final
