-- Accounts that viewed an artist, and those of them that are fan club
-- members of that artist. The artists with the most accounts have their
-- own row. All others share the last row, in which each account is
-- counted once. There it is a member if it is a member of any of the
-- artists that it viewed.
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

)

select
    we_art_id,
    we_art_name,
    count(distinct account_id) as artist_accounts,
    count(distinct case when is_fc = 1 then account_id end)
        as fan_club_accounts,
    round(
        100.0 * count(distinct case when is_fc = 1 then account_id end)
        / nullif(count(distinct account_id), 0),
        1
    ) as fan_club_share
from shown
group by place, we_art_id, we_art_name
order by place
