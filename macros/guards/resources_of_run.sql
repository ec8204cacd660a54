{% macro resources_of_run() -%}
    {%- set built = {
        'run': ['model'],
        'snapshot': ['snapshot'],
        'seed': ['seed'],
        'build': ['model', 'snapshot', 'seed'],
    } -%}
    {%- set nodes = graph.nodes.values()
        | selectattr('resource_type', 'in', built.get(flags.WHICH, [])) -%}
    {%- if selected_resources -%}
        {%- set nodes = nodes | selectattr('unique_id', 'in', selected_resources) -%}
    {%- else -%}
        {#- `dbt retry`. A seed is checked by its pre-hook; its rows often are the user's. -#}
        {%- set nodes = nodes | rejectattr('resource_type', 'equalto', 'seed') -%}
    {%- endif -%}
    {{ return(nodes | map(attribute='unique_id') | list) }}
{%- endmacro %}
