-- How many Weverse members visited the shop on each day, and how long?
-- The measures repeat on each artist row of a member, so the rows are first reduced to one per
-- member.
{% set first_day = '2024-01-14' %}
{% set last_day = '2024-01-16' %}

with members as (

    select distinct
        key_date,
        we_member_id,
        ws_user_sess_cnt,
        ws_user_sess_dur
    from {{ ref('stats_wv_user_ws_visit') }}
    where part_date between '{{ first_day }}' and '{{ last_day }}'

)

select
    key_date,
    count(*) as members,
    count(case when ws_user_sess_cnt > 0 then 1 end) as members_in_the_shop,
    sum(ws_user_sess_dur) as seconds
from members
group by key_date
order by key_date
