{% macro stop_on_faulty_sources() -%}
    {%- if execute -%}
        {%- set faults = [] -%}
        {%- set sources = sources_of_run() -%}
        {%- for source in sources -%}
            {%- do faults.extend(source_faults(source)) -%}
        {%- endfor -%}
        {%- if faults -%}
            {{ exceptions.raise_compiler_error(
                "Sources are not as declared. Nothing was written.\n- "
                ~ faults | join('\n- ')
                ~ "\nAdapt a source only in " ~ sources | map(attribute='original_file_path')
                | unique | sort | join(', ') ~ " and in its staging models. If you add a cast, also"
                ~ " declare the type found as the column's data_type."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

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

{% macro source_faults(source) -%}
    {%- set table = source.schema ~ '.' ~ source.identifier -%}
    {%- set found_types = column_types(source) -%}
    {%- if not found_types -%}
        {{ return([
            table ~ ': no such table or view (' ~ source.relation_name ~ '). Load it, or set where'
            ~ ' it is: schema and identifier of the source, or the variable source_database.'
        ]) }}
    {%- endif -%}
    {%- set faults = [] -%}
    {%- for column in source.columns.values() -%}
        {%- set found = found_types.get(column.name | lower) -%}
        {%- set fault = table ~ ', column ' ~ column.name ~ ': expected ' ~ column.data_type -%}
        {%- if found is none -%}
            {%- do faults.append(
                fault ~ ', column missing. Write the column that your table has instead, or'
                ~ ' cast(null as ' ~ column.data_type ~ '),'
                ~ in_staging_models(source, column.name) ~ '.'
            ) -%}
        {%- elif column.data_type and not holds_type(found, column.data_type) -%}
            {%- do faults.append(
                fault ~ ', found ' ~ found ~ '. Write '
                ~ mending_cast(column.name, found | lower, column.data_type | lower)
                ~ ' in the place of ' ~ column.name ~ in_staging_models(source, column.name) ~ '.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro %}

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
