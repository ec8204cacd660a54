{% set account = 'part_date, account_id' %}
{% set order_in_time = nulls_first(
    ['cut_dt', 'is_order_item', 'user_sess_start_dt', 'user_sess_id']
) %}
{% set item_columns = [
    ('ord_sheet_number', 'string'),
    ('ord_item_number', 'int'),
    ('ord_dt', 'timestamp'),
    ('we_art_id', 'int'),
    ('shop', 'string'),
    ('sale_id', 'bigint'),
    ('goods_id', 'bigint'),
    ('goods_cat', 'string'),
    ('logi_cat', 'string'),
    ('album_qty', 'int'),
    ('ord_item_qty', 'int'),
    ('ord_item_amt_krw', 'bigint'),
] %}

with order_items as (

    select * from {{ ref('stg_we_mart__ws_order') }}

),

user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where account_id is not null

),

account_visits as (

    select * from {{ ref('int_account_visits_typed') }}

),

stacked as (

    -- User sessions and order items of an account on one timeline. There is no join on the key of
    -- an item, so that an item that the source holds twice stays two rows. Order times may have
    -- whole seconds only, so a session counts from its start cut to the second.
    select
        part_date,
        account_id,
        {{ dbt.date_trunc('second', 'user_sess_start_dt') }} as cut_dt,
        0 as is_order_item,
        {% for column, type in item_columns %}
            cast(null as {{ type }}) as {{ column }},
        {% endfor %}
        user_sess_start_dt,
        user_sess_id,
        vst_platform
    from user_sessions
    union all
    select
        part_date,
        account_id,
        ord_dt as cut_dt,
        1 as is_order_item,
        {% for column, _ in item_columns %}
            {{ column }},
        {% endfor %}
        cast(null as timestamp) as user_sess_start_dt,
        cast(null as string) as user_sess_id,
        cast(null as string) as vst_platform
    from order_items

),

visited as (

    select
        *,
        {{ fill_forward('user_sess_id', account, order_in_time) }} as last_user_sess_id,
        {{ fill_forward('vst_platform', account, order_in_time) }} as last_vst_platform
    from stacked

),

typed as (

    select
        visited.part_date,
        visited.account_id,
        {% for column, _ in item_columns %}
            visited.{{ column }},
        {% endfor %}
        visited.last_user_sess_id as user_sess_id,
        coalesce(visited.last_vst_platform, 'NONE') as vst_platform,
        coalesce(account_visits.vst_type, 'NONE') as vst_type,
        coalesce(account_visits.vst_type_dtl, 'NONE') as vst_type_dtl
    from visited
    left join account_visits
        on
            visited.part_date = account_visits.part_date
            and visited.account_id = account_visits.account_id
    where visited.is_order_item = 1

)

select * from typed
