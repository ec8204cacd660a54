-- An account is new on the first day on which it appears in the mart.
-- On the oldest day of the mart every account appears for the first
-- time, so its accounts cannot be classified.
with first_days as (

    select
        account_id,
        min(part_date) as first_day
    from we_mart.ws_sess_daily
    where account_id is not null
    group by account_id

),

oldest as (

    select min(part_date) as oldest_day from we_mart.ws_sess_daily

),

accounts as (

    select distinct
        part_date,
        account_id
    from we_mart.ws_sess_daily
    where
        part_date between $first_day and $last_day
        and account_id is not null

)

select
    accounts.part_date,
    count(*) as accounts,
    sum(
        case
            when
                accounts.part_date = first_days.first_day
                and accounts.part_date > oldest.oldest_day
                then 1
            else 0
        end
    ) as new_accounts,
    sum(
        case when accounts.part_date > first_days.first_day then 1 else 0 end
    ) as returning_accounts,
    sum(
        case when accounts.part_date = oldest.oldest_day then 1 else 0 end
    ) as undecided_accounts
from accounts
inner join first_days on accounts.account_id = first_days.account_id
cross join oldest
group by accounts.part_date
order by accounts.part_date
