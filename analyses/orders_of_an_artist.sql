-- How many orders did an artist's shops get in a period, and for how much?
-- Orders have the artist's id. An artist may have two shops (`ws_art_id`), so the name is looked up
-- with `in`. A join would count an order once per shop.
{% set we_art_name = '초록우산클럽' %}
{% set first_day = '2024-01-01' %}
{% set last_day = '2024-02-01' %}

with order_items as (

    select * from {{ ref('stg_we_mart__ws_order') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

),

artists as (

    select * from {{ ref('int_artists_deduplicated') }}
    where we_art_name = '{{ we_art_name }}'

)

select
    count(distinct order_items.ord_sheet_number) as order_count,
    sum(order_items.ord_item_amt_krw) as total_order_amount
from order_items
where order_items.we_art_id in (select artists.we_art_id from artists)
