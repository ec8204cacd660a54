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
    {%- set code = namespace(text=nodes[0].raw_code) -%}
    {%- for parent in nodes[0].refs -%}
        {%- set query = '(' ~ ephemeral_query(parent.name) ~ ')' -%}
        {%- set code.text = code.text | replace("{{ ref('" ~ parent.name ~ "') }}", query) -%}
    {%- endfor -%}
    {{ return(render(code.text)) }}
{%- endmacro %}

{% macro reads_ephemeral(node, model_name) -%}
    {%- for parent_id in node.depends_on.nodes -%}
        {%- set parent = graph.nodes.get(parent_id) -%}
        {%- if parent and parent.resource_type == 'model'
            and parent.config.materialized == 'ephemeral'
            and (parent.name == model_name or reads_ephemeral(parent, model_name)) -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}
