{#-
    Fails once for each row for which the expression is false. As the test of a column, the
    expression is what follows the column's name: `">= 0"`. Unknown (null) is not false.
-#}
{% test expression_is_true(model, expression, column_name=none) %}
    {%- set statement = expression if column_name is none else column_name ~ ' ' ~ expression %}
    select {{ '*' if should_store_failures() else '1 as is_false' }}
    from {{ model }}
    where not ({{ statement }})
{% endtest %}
