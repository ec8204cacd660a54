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
