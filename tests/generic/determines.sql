{% test determines(model, determinant, dependent) %}

    with combinations as (

        select
            {{ determinant | join(', ') }},
            {{ dependent | join(', ') }}
        from {{ model }}
        group by
            {{ determinant | join(', ') }},
            {{ dependent | join(', ') }}

    )

    select
        {{ determinant | join(', ') }},
        count(*) as combinations_found
    from combinations
    group by {{ determinant | join(', ') }}
    having count(*) > 1

{% endtest %}
