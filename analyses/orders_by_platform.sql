-- How many orders were placed in a period on each platform, and for how much?
-- The platform is that of the user session that an order item belongs to. Items without a user
-- session are under `NONE`, so the amounts sum to all orders. A sheet with items of two platforms
-- counts in both rows, so the counts must not be summed.
{% set first_day = '2024-01-01' %}
{% set last_day = '2024-02-01' %}

with order_items as (

    select * from {{ ref('int_order_items_visited') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

),

user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

),

order_items_placed as (

    select
        order_items.ord_sheet_number,
        order_items.ord_item_amt_krw,
        coalesce(user_sessions.platform, 'NONE') as platform
    from order_items
    left join user_sessions
        on
            order_items.part_date = user_sessions.part_date
            and order_items.user_sess_id = user_sessions.user_sess_id

)

select
    platform,
    count(distinct ord_sheet_number) as order_count,
    sum(ord_item_amt_krw) as total_order_amount
from order_items_placed
group by platform
order by total_order_amount desc, platform asc
