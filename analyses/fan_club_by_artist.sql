-- How many fan club members and other accounts viewed each artist?
-- `is_fc` is about the artist of its row. An artist may have two shops, so the query groups by
-- `we_art_id`.
{% set first_day = '2024-01-14' %}
{% set last_day = '2024-01-16' %}

select
    we_art_id,
    we_art_name,
    is_fc,
    count(distinct account_id) as account_cnt,
    count(distinct part_date || user_sess_id) as user_sess_cnt
from {{ ref('ws_sess_daily') }}
where part_date between '{{ first_day }}' and '{{ last_day }}' and account_id is not null
group by we_art_id, we_art_name, is_fc
order by we_art_id, is_fc
