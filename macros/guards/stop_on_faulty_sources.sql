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
