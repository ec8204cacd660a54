{#- Fails once for each combination of the columns that occurs in several rows. Nulls are equal. -#}
{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}
    {%- set key = [] -%}
    {%- for column in combination_of_columns -%}
        {%- do key.append(adapter.quote(column) if quote_columns else column) -%}
    {%- endfor -%}
    {%- set key = key | join(', ') %}
    select {{ key }}, count(*) as rows_with_this_key
    from {{ model }}
    group by {{ key }}
    having count(*) > 1
{% endtest %}
