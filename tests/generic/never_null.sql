{% test never_null(model, columns) %}

    select {{ columns | join(', ') }}
    from {{ model }}
    where
        {{ columns | join(' is null\n        or ') }} is null

{% endtest %}
