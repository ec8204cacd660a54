{% macro ephemeral_query(model_name) -%}
    {%- set nodes = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('name', 'equalto', model_name)
        | list -%}
    {%- if not nodes -%}
        {{ exceptions.raise_compiler_error(
            "ephemeral_query: there is no model '" ~ model_name ~ "'."
        ) }}
    {%- endif -%}
    {{ return(render(nodes[0].raw_code)) }}
{%- endmacro %}
