-- User sessions that viewed an artist, by the membership of their
-- account. A user session that viewed several artists is counted for
-- each, so do not sum over artists. The rows are those of the fan club
-- share.
{%- set report = var('report') %}

with looked_at as (

    select
        part_date,
        user_sess_id,
        account_id,
        we_art_id,
        we_art_name,
        is_fc
    from {{ ref('ws_sess_daily') }}
    where
        part_date between '{{ report.first_day }}' and '{{ report.last_day }}'
        and we_art_id is not null

),

ranked as (

    select
        we_art_id,
        max(we_art_name) as we_art_name,
        row_number() over (
            order by count(distinct account_id) desc, we_art_id
        ) as place
    from looked_at
    group by we_art_id

),

shown as (

    select
        looked_at.part_date,
        looked_at.user_sess_id,
        looked_at.account_id,
        looked_at.is_fc,
        least(ranked.place, {{ report.most_artists }} + 1) as place,
        case
            when ranked.place <= {{ report.most_artists }} then ranked.we_art_id
        end as we_art_id,
        case
            when ranked.place <= {{ report.most_artists }} then ranked.we_art_name
        end as we_art_name
    from looked_at
    inner join ranked on looked_at.we_art_id = ranked.we_art_id

),

user_sessions as (

    select
        place,
        we_art_id,
        we_art_name,
        part_date,
        user_sess_id,
        max(account_id) as account_id,
        max(is_fc) as is_fc
    from shown
    group by place, we_art_id, we_art_name, part_date, user_sess_id

)

select
    we_art_id,
    we_art_name,
    count(*) as artist_user_sessions,
    sum(case when is_fc = 1 then 1 else 0 end) as member_sessions,
    sum(
        case when is_fc = 0 and account_id is not null then 1 else 0 end
    ) as other_sessions,
    sum(case when account_id is null then 1 else 0 end)
        as anonymous_sessions
from user_sessions
group by place, we_art_id, we_art_name
order by place
