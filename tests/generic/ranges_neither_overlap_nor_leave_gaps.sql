{% test ranges_neither_overlap_nor_leave_gaps(
    model, key, valid_from='dbt_valid_from', valid_to='dbt_valid_to'
) %}

    with ranges as (

        select
            {{ key | join(', ') }},
            {{ valid_from }},
            {{ valid_to }},
            lead({{ valid_from }}) over (
                partition by {{ key | join(', ') }}
                order by {{ valid_from }}
            ) as next_valid_from
        from {{ model }}

    )

    -- Each range ends where the next one begins, and only the last range may be open.
    select *
    from ranges
    where
        {{ valid_from }} is null
        or {{ valid_to }} <= {{ valid_from }}
        or (next_valid_from is not null and {{ valid_to }} is null)
        or (next_valid_from is not null and {{ valid_to }} <> next_valid_from)
        or (next_valid_from is null and {{ valid_to }} is not null)

{% endtest %}
