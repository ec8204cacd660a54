-- How to join the mart with a table that has one row per user and day, or per goods and day,
-- without multiplying rows. The contract names `ws_user_daily` and `ws_goods_daily`, which are not
-- among the sources of this project. `ws_platform_daily` and `stats_ws_d_ord_shop_integ` take their
-- places here. The mart has a row for each artist and shop of a user session. So first aggregate
-- the mart to the grain of the other table, then join on the whole key of both.
{% set first_day = '2024-01-01' %}
{% set last_day = '2024-02-01' %}

with sessions as (

    select * from {{ ref('ws_sess_daily') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

),

-- Users: the mart is aggregated by account and day.
sessions_of_users as (

    select
        key_date,
        account_id,
        count(distinct user_sess_id) as user_sess_cnt
    from sessions
    where account_id is not null
    group by key_date, account_id

),

payments_of_users as (

    select
        key_date,
        account_id,
        sum(pay_krw) as pay_krw
    from {{ ref('ws_platform_daily') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'
    group by key_date, account_id

),

users as (

    select
        sessions_of_users.key_date,
        count(*) as user_cnt,
        sum(sessions_of_users.user_sess_cnt) as user_sessions,
        sum(coalesce(payments_of_users.pay_krw, 0)) as pay_krw
    from sessions_of_users
    left join payments_of_users
        on
            sessions_of_users.key_date = payments_of_users.key_date
            and sessions_of_users.account_id = payments_of_users.account_id
    group by sessions_of_users.key_date

),

-- Goods: the mart is aggregated by artist and day, because a visit knows the artist of a page but
-- not the goods.
sessions_of_artists as (

    select
        key_date,
        we_art_id,
        count(distinct sess_id) as sess_cnt
    from sessions
    where we_art_id is not null
    group by key_date, we_art_id

),

goods_of_artists as (

    select
        key_date,
        we_art_id,
        count(distinct goods_id) as goods_sold
    from {{ ref('stats_ws_d_ord_shop_integ') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'
    group by key_date, we_art_id

),

artists as (

    select
        sessions_of_artists.key_date,
        count(*) as artists_visited,
        count(goods_of_artists.we_art_id) as artists_sold,
        sum(coalesce(goods_of_artists.goods_sold, 0)) as goods_sold
    from sessions_of_artists
    left join goods_of_artists
        on
            sessions_of_artists.key_date = goods_of_artists.key_date
            and sessions_of_artists.we_art_id = goods_of_artists.we_art_id
    group by sessions_of_artists.key_date

)

select
    users.key_date,
    users.user_cnt,
    users.user_sessions,
    users.pay_krw,
    artists.artists_visited,
    artists.artists_sold,
    artists.goods_sold
from users
left join artists
    on users.key_date = artists.key_date
order by users.key_date
