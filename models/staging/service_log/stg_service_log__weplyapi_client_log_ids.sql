with source as (

    select * from {{ source('service_log', 'weplyapi_client_log') }}

),

cleaned as (

    select

        ----------  time
        {{ as_declared('part_date', 'string') }} as part_date,
        {{ as_declared('log_dt', 'timestamp') }} as log_dt,

        ----------  ids
        {{ clean_id('user_device_id') }} as user_device_id,
        {{ clean_id('wv_device_id') }} as wv_device_id,
        {{ clean_id('s_wemember_id') }} as s_wemember_id

    from source

),

identified as (

    select
        part_date,
        log_dt,
        coalesce(user_device_id, wv_device_id) as browser_id,
        wv_device_id,
        s_wemember_id
    from cleaned

),

judged as (

    select
        *,
        {{ reject_reason('log_dt', 'browser_id', 'part_date') }} as reject_reason
    from identified

)

select * from judged
