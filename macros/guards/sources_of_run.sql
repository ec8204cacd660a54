{% macro sources_of_run() -%}
    {%- set readers = [] -%}
    {%- set made_by_seeds = [] -%}
    {%- for unique_id in resources_of_run() -%}
        {%- set resource_type = unique_id.split('.')[0] -%}
        {%- if resource_type in ('model', 'snapshot') -%}
            {%- do readers.append(unique_id) -%}
        {%- elif resource_type == 'seed' -%}
            {%- do made_by_seeds.append(graph.nodes[unique_id].relation_name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set sources = [] -%}
    {#- The list grows in the loop: an ephemeral model is part of the query that reads it. -#}
    {%- for reader in readers -%}
        {%- for parent in graph.nodes[reader].depends_on.nodes -%}
            {%- if parent in graph.sources -%}
                {%- if parent not in sources
                    and graph.sources[parent].relation_name not in made_by_seeds -%}
                    {%- do sources.append(parent) -%}
                {%- endif -%}
            {%- elif graph.nodes[parent].config.materialized == 'ephemeral'
                and parent not in readers -%}
                {%- do readers.append(parent) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set nodes = [] -%}
    {%- for source in sources | sort -%}
        {%- do nodes.append(graph.sources[source]) -%}
    {%- endfor -%}
    {{ return(nodes) }}
{%- endmacro %}
