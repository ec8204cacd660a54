-- An account is new on the first day on which it appears in the mart. Only the 60 days before the
-- page are looked at, so that a page does not read all days of the mart. On the oldest day of the
-- mart every account appears for the first time, so its accounts cannot be classified.
{%- set report = var('report') %}

with account_days as (

    select distinct
        part_date,
        account_id
    from {{ ref('ws_sess_daily') }}
    where
        part_date between '{{ report.compared_from }}' and '{{ report.last_day }}'
        and account_id is not null

),

first_days as (

    select
        account_id,
        min(part_date) as first_day
    from account_days
    group by account_id

),

oldest as (

    select min(part_date) as oldest_day from {{ ref('ws_sess_daily') }}

)

select
    account_days.part_date,
    count(*) as accounts,
    sum(
        case
            when
                account_days.part_date = first_days.first_day
                and account_days.part_date > oldest.oldest_day
                then 1
            else 0
        end
    ) as new_accounts,
    sum(case when account_days.part_date > first_days.first_day then 1 else 0 end)
        as returning_accounts,
    sum(case when account_days.part_date = oldest.oldest_day then 1 else 0 end)
        as undecided_accounts
from account_days
inner join first_days on account_days.account_id = first_days.account_id
cross join oldest
where account_days.part_date >= '{{ report.first_day }}'
group by account_days.part_date
order by account_days.part_date
