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
