{% macro in_staging_models(source, column) -%}
    {%- set files = [] -%}
    {%- for model in graph.nodes.values() -%}
        {%- if model.resource_type == 'model' and source.unique_id in model.depends_on.nodes
            and modules.re.search('\\b' ~ column ~ '\\b', model.raw_code) -%}
            {%- do files.append(model.original_file_path) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(' in ' ~ files | sort | join(' and in ') if files else '') }}
{%- endmacro %}
