{% set browser = 'browser_id, part_date' %}

with events as (

    select * from {{ ref('int_events_merged') }}
    where needs_login_sessions = 1

),

ordered as (

    -- One sort by the whole order of events. Its position stands for that order from here on:
    -- a number sorts and compares faster than twelve columns.
    select
        *,
        row_number() over (
            partition by {{ browser }}
            order by {{ order_of_events() }}
        ) as browser_event_seq,
        {{ fill_forward('s_wemember_id', browser, order_of_events(), include_current=false) }}
            as previous_account
    from events

),

filled as (

    select
        *,
        coalesce(s_wemember_id, previous_account) as account_fill_1
    from ordered

),

numbered as (

    -- Before the first login there is no previous account and nothing differs from it, so those
    -- lines belong to the first login session.
    select
        *,
        {{ change_sequence(
            'account_fill_1 <> previous_account', browser, 'browser_event_seq'
        ) }} as account_sess_seq
    from filled

)

select * from numbered
