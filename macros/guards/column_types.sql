{% macro column_types(node) -%}
    {{ return(adapter.dispatch('column_types', 'ws_shop')(node)) }}
{%- endmacro %}

{% macro default__column_types(node) -%}
    {#- `describe` would fail if there is no table. -#}
    {%- set query -%}
        select
            lower(column_name),
            data_type
        from duckdb_columns()
        where
            lower(database_name) = '{{ node.database | lower }}'
            and lower(schema_name) = '{{ node.schema | lower }}'
            and lower(table_name) = '{{ (node.identifier or node.alias) | lower }}'
        order by column_index
    {%- endset -%}
    {%- set types = {} -%}
    {%- for row in run_query(query).rows -%}
        {%- do types.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{% macro spark__column_types(node) -%}
    {%- set relation = api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.identifier or node.alias
    ) -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.update({column.name | lower: column.dtype}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{% macro holds_type(found, declared) -%}
    {{ return(adapter.dispatch('holds_type', 'ws_shop')(found | lower, declared | lower)) }}
{%- endmacro %}

{% macro default__holds_type(found, declared) -%}
    {%- set same = {
        'string': '(varchar|enum\\(.*\\))\\Z',
        'timestamp': 'timestamp(_s|_ms|_ns)?\\Z',
        'timestamptz': 'timestamp with time zone\\Z',
        'int': 'integer\\Z',
        'bool': 'boolean\\Z',
    } -%}
    {{ return(
        found == declared
        or modules.re.match(same.get(declared, '\\Z'), found) is not none
    ) }}
{%- endmacro %}

{% macro spark__holds_type(found, declared) -%}
    {#- A char pads its values with spaces, and with a collation two different strings can be
        equal. -#}
    {{ return(
        found == {'integer': 'int', 'long': 'bigint'}.get(declared, declared)
        or declared == 'string' and modules.re.match('varchar\\([0-9]+\\)\\Z', found) is not none
    ) }}
{%- endmacro %}
