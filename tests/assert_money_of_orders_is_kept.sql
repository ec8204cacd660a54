-- No payment is lost or counted twice: on each day that was built, the payment tables sum to the
-- orders. Returns one row for each table and day where they differ.
{% set tables = [
    'ws_platform_daily', 'stats_ws_d_ord_shop_integ', 'stats_ws_d_ord_shop_integ_summary',
] %}

with built_days as (

    select part_date from {{ ref('ws_sess_daily_audit') }}
    where {{ is_tested_date() }}

),

orders as (

    select
        part_date,
        sum(ord_item_amt_krw) as pay_krw,
        sum(ord_item_qty) as pay_qty
    from {{ ref('stg_we_mart__ws_order') }}
    group by part_date

),

payments as (

    {% for table in tables %}
        select
            '{{ table }}' as table_name,
            part_date,
            sum(pay_krw) as pay_krw,
            sum(pay_qty) as pay_qty
        from {{ ref(table) }}
        group by part_date
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

table_days as (

    {% for table in tables %}
        select
            '{{ table }}' as table_name,
            part_date
        from built_days
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

compared as (

    select
        table_days.table_name,
        table_days.part_date,
        coalesce(orders.pay_krw, 0) as ordered_krw,
        coalesce(payments.pay_krw, 0) as paid_krw,
        coalesce(orders.pay_qty, 0) as ordered_qty,
        coalesce(payments.pay_qty, 0) as paid_qty
    from table_days
    left join orders
        on table_days.part_date = orders.part_date
    left join payments
        on
            table_days.part_date = payments.part_date
            and table_days.table_name = payments.table_name

)

select * from compared
where
    ordered_krw <> paid_krw
    or ordered_qty <> paid_qty
