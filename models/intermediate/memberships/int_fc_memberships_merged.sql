{% set member_of_artist = 'partition by we_member_id, we_art_id' %}

with memberships as (

    select
        we_member_id,
        we_art_id,
        fc_start_date,
        coalesce(fc_end_date, date '9999-12-31') as fc_end_date
    from {{ ref('stg_we_mart__ws_fc_user_history') }}
    -- A period with an incomplete key, or one that ends before it starts, covers no day.
    where
        we_member_id is not null
        and we_art_id is not null
        and fc_start_date is not null
        and (fc_start_date <= fc_end_date or fc_end_date is null)

),

ends_compared as (

    select
        *,
        max(fc_end_date) over (
            {{ member_of_artist }}
            order by fc_start_date, fc_end_date
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from memberships

),

numbered as (

    select
        *,
        {{ number_changes(
            'fc_start_date > latest_end_before',
            'we_member_id, we_art_id',
            'fc_start_date, fc_end_date',
        ) }} as membership_seq
    from ends_compared

),

merged as (

    -- Overlapping memberships are merged, so that each day of a member lies in at most one of them.
    -- Otherwise the join in the mart would multiply rows.
    select
        we_member_id,
        we_art_id,
        membership_seq,
        min(fc_start_date) as fc_start_date,
        max(fc_end_date) as fc_end_date
    from numbered
    group by we_member_id, we_art_id, membership_seq

)

select * from merged
