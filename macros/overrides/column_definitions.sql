{% macro column_definitions(columns) -%}
    {%- for column in columns.values() %}
    {{ column.name }} {{ column.data_type }}
    {{- ' not null' if column.constraints | selectattr('type', 'equalto', 'not_null') | list }}
    {{- adapter.dispatch('comment_of', 'ws_shop')(column.description) }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro default__comment_of(description) -%}
{%- endmacro %}

{#- If a run had to add the descriptions afterwards, it would change the table while other runs
    write to it, and Delta Lake would make those fail. -#}
{% macro spark__comment_of(description) -%}
    {{ " comment '" ~ (description | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'" }}
{%- endmacro %}
