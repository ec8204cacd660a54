with orders as (

    select * from {{ ref('stg_we_mart__ws_order') }}

),

weverse_sessions as (

    select * from {{ ref('stg_we_mart__wv_sess_daily') }}

),

stacked as (

    -- A part_date that is not a real date belongs to no day and to no week, even if it can be cast
    -- to a date.
    select
        part_date,
        {{ week_start('try_cast(part_date as date)') }} as monday,
        row_hash as orders_hash,
        0 as wv_sessions_hash
    from orders
    where {{ is_real_date('part_date') }}
    union all
    select
        part_date,
        {{ week_start('try_cast(part_date as date)') }} as monday,
        0 as orders_hash,
        row_hash as wv_sessions_hash
    from weverse_sessions
    where {{ is_real_date('part_date') }}

),

stacked_by_period as (

    -- What a daily table and a weekly table read for each day. For a weekly table, each day of a
    -- week has the rows of the whole week.
    {# This is a union, because a filter on part_date is pushed down through a union but not through
       a join with the seven days. The rows are not summed before, because DuckDB does not push it
       down through that sum. -#}
    select
        part_date,
        'day' as grain,
        orders_hash,
        wv_sessions_hash
    from stacked
    {% for offset in range(7) %}
        union all
        select
            cast(monday + {{ offset }} as string) as part_date,
            'week' as grain,
            orders_hash,
            wv_sessions_hash
        from stacked
    {% endfor %}

),

summed as (

    select
        part_date,
        grain,
        cast(sum(orders_hash) as string) as orders_checksum,
        cast(sum(wv_sessions_hash) as string) as wv_sessions_checksum
    from stacked_by_period
    group by part_date, grain

)

select * from summed
