{% macro tables_made_from_mart() -%}
    {%- set tables = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) | sort(attribute='name') -%}
        {%- if node.resource_type == 'model' and node.package_name == 'ws_shop'
            and node.config.materialized == 'incremental'
            and node.name not in ['ws_sess_daily', 'ws_sess_daily_build'] -%}
            {%- do tables.append({
                'name': node.name,
                'period': node.config.meta.get('period', 'day'),
                'is_there': adapter.get_relation(node.database, node.schema, node.alias)
                    is not none,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}
