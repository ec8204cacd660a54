{% test never_null(model, columns, always_true=[]) %}

    select {{ columns | join(', ') }}
    from {{ model }}
    where
        {{ columns | join(' is null\n        or ') }} is null
        {%- for expression in always_true %}
        or not coalesce({{ expression }}, false)
        {%- endfor %}

{% endtest %}
