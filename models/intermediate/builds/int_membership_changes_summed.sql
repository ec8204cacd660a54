with memberships as (

    select * from {{ ref('int_fc_memberships_merged') }}

),

hashed as (

    select
        *,
        {{ line_hash(['we_member_id', 'we_art_id']) }} as member_hash
    from memberships

),

stacked as (

    -- A membership counts from its first day on, and no more from the day after its last. The days
    -- are kept within those that a run can build, because their text is compared with `part_date`.
    select
        greatest(fc_start_date, date '1970-01-01') as changed_on,
        member_hash
    from hashed
    where fc_start_date <= date '2999-12-31'
    union all
    select
        greatest(cast(fc_end_date + interval '1' day as date), date '1970-01-01') as changed_on,
        -member_hash as member_hash
    from hashed
    where
        fc_start_date <= date '2999-12-31'
        and fc_end_date < date '2999-12-31'

),

summed as (

    select
        cast(changed_on as string) as part_date,
        sum(member_hash) as hash_change
    from stacked
    group by changed_on

)

select * from summed
