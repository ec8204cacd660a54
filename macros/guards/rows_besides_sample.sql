{% macro rows_besides_sample(seed, found_types) -%}
    {%- set declared = seed.config.column_types -%}
    {%- set others = found_types.keys() | reject('in', declared) | list -%}
    {%- for column, type in declared.items() -%}
        {%- if not holds_type(found_types.get(column, ''), type) -%}
            {%- do others.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- In a table with other columns, no row can be one of the sample's. -#}
    select * from {{ seed.relation_name }}
    {%- if not others %}
    except all
    select * from ({{ sample_rows(seed, found_types.keys()) }}) as sample
    {%- endif -%}
{%- endmacro %}
