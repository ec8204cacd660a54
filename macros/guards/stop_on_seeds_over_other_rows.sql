{% macro stop_on_seeds_over_other_rows() -%}
    {%- if execute -%}
        {%- set names = [] -%}
        {%- for unique_id in resources_of_run() | sort -%}
            {%- if unique_id.startswith('seed.') -%}
                {%- do names.append(graph.nodes[unique_id].name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do stop_on_other_rows(names) -%}
    {%- endif -%}
{%- endmacro %}
