{#-
    Fails once for each row for which the expression is false. For a test of a column, the
    expression continues the column's name: `">= 0"`. A null result is not false and passes.
-#}
{% test expression_is_true(model, expression, column_name=none) %}
    {%- set statement = expression if column_name is none else column_name ~ ' ' ~ expression %}
    select {{ '*' if should_store_failures() else '1 as is_false' }}
    from {{ model }}
    where not ({{ statement }})
{% endtest %}
