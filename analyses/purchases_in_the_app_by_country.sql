-- Which countries do the purchases in the apps come from, in a period?
-- The mart has no order columns, and joining orders to it would multiply the amounts by the artists
-- and shops of a session. So each order item is joined to its own user session, which has the
-- country.
{% set first_day = '2024-01-01' %}
{% set last_day = '2024-02-01' %}

with order_items as (

    select * from {{ ref('int_order_items_visited') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

),

user_sessions as (

    select * from {{ ref('int_user_sessions_typed') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

)

select
    user_sessions.user_ctry,
    sum(order_items.ord_item_amt_krw) as total_purchase_amount
from order_items
inner join user_sessions
    on
        order_items.part_date = user_sessions.part_date
        and order_items.user_sess_id = user_sessions.user_sess_id
where
    user_sessions.platform = 'APP'
    and user_sessions.is_sess_login = 1
group by user_sessions.user_ctry
order by total_purchase_amount desc, user_sessions.user_ctry asc
