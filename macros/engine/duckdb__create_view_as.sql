{% macro duckdb__create_view_as(relation, sql) -%}
    {#- DuckDB reads the text of a view again with each query, and refuses it where its `*` has
        become more columns than when it was made: the names are written down. -#}
    {%- set names = [] -%}
    {%- for column in get_columns_in_query(sql) -%}
        {%- do names.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {%- set named -%}
        select {{ names | join(', ') }}
        from (
            {{ sql }}
        ) as view_rows
    {%- endset -%}
    {{ return(dbt.duckdb__create_view_as(relation, named)) }}
{%- endmacro %}
