{# Cast before hashing: DuckDB hashes an enumeration by the number of its value. -#}
{% set raw_columns = [as_declared('log_dt', 'timestamp'), as_declared('ws_art_id', 'bigint')] -%}
{% for column in [
    'part_date', 'log_id', 'user_device_id', 'wv_device_id', 's_device_type', 's_wemember_id',
    's_user_id', 's_ctry', 's_lang', 'shop', 'platform', 'os', 'app_ver',
] -%}
    {% do raw_columns.append(as_declared(column, 'string')) -%}
{% endfor -%}

with source as (

    select * from {{ source('service_log', 'weplyapi_client_log') }}

),

cleaned as (

    select

        ----------  time
        {{ as_declared('part_date', 'string') }} as part_date,
        {{ as_declared('log_dt', 'timestamp') }} as log_dt,

        ----------  ids
        {{ clean_id('log_id') }} as log_id,
        {{ clean_id('user_device_id') }} as user_device_id,
        {{ clean_id('wv_device_id') }} as wv_device_id,
        {{ clean_id('s_wemember_id') }} as s_wemember_id,
        {{ clean_id('s_user_id') }} as s_user_id,
        {{ as_declared('ws_art_id', 'bigint') }} as ws_art_id,

        ----------  where and with what
        {{ clean_text('s_device_type') }} as s_device_type,
        {{ clean_text('s_ctry') }} as ctry,
        {{ clean_text('s_lang') }} as lang,
        {{ clean_text('shop') }} as shop,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('os') }} as os,
        {{ clean_text('app_ver') }} as app_ver,

        ----------  the line as it came
        {{ line_hash(raw_columns) }} as line_hash

    from source

),

identified as (

    select
        part_date,
        log_dt,
        log_id,
        coalesce(user_device_id, wv_device_id) as browser_id,
        wv_device_id,
        s_wemember_id,
        s_user_id,
        ws_art_id,
        {{ ascii_upper('s_device_type') }} as s_device_type,
        {{ ascii_upper('ctry') }} as ctry,
        {{ ascii_lower('lang') }} as lang,
        {{ ascii_upper('shop') }} as shop,
        {{ ascii_upper('platform') }} as platform,
        os,
        app_ver,
        line_hash
    from cleaned

),

judged as (

    -- A line without a reason is an event.
    select
        *,
        {{ reject_reason('log_dt', 'browser_id', 'part_date') }} as reject_reason
    from identified

)

select * from judged
