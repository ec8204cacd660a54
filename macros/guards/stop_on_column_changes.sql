{% macro stop_on_column_changes() -%}
    {%- if execute -%}
        {%- set changes = [] -%}
        {%- for unique_id in resources_of_run() | sort if unique_id.startswith('model.') -%}
            {%- set model = graph.nodes[unique_id] -%}
            {%- if model.config.materialized == 'incremental' and model.config.contract.enforced -%}
                {%- do changes.extend(column_changes(model)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if changes -%}
            {{ exceptions.raise_compiler_error(
                "Tables have other columns than their models. Nothing was written.\n- "
                ~ changes | join('\n- ')
                ~ "\nA run can only add columns at the end of a table. Put new columns at the end"
                ~ " of the model's columns and of its query. Keep a column that is no longer wanted"
                ~ " as null: cast(null as …). For another name or type, add a new column. Or alter"
                ~ " the table by hand first, so that it matches the model."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro column_changes(model) -%}
    {%- set found_types = column_types(model) -%}
    {%- if not found_types -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set declared = {} -%}
    {%- for column in model.columns.values() -%}
        {%- do declared.update({column.name | lower: column}) -%}
    {%- endfor -%}
    {%- set kept = declared.keys() | select('in', found_types) | list -%}
    {%- set added = declared.keys() | reject('in', found_types) | list -%}
    {%- set table = model.schema ~ '.' ~ model.alias -%}
    {%- set changes = [] -%}
    {%- for name in found_types if name not in declared -%}
        {%- do changes.append(
            table ~ ': column ' ~ name ~ ' (' ~ found_types[name] ~ ') is not in the model any more'
        ) -%}
    {%- endfor -%}
    {%- for name in kept if not holds_type(found_types[name], declared[name].data_type) -%}
        {%- do changes.append(
            table ~ ': column ' ~ name ~ ' is ' ~ found_types[name] ~ ' in the table and '
            ~ declared[name].data_type ~ ' in the model'
        ) -%}
    {%- endfor -%}
    {%- if kept != found_types.keys() | select('in', declared) | list -%}
        {%- do changes.append(
            table ~ ': its columns are in the order ' ~ found_types.keys() | join(', ')
            ~ '; in the model the order is ' ~ declared.keys() | join(', ')
        ) -%}
    {%- endif -%}
    {%- set last = declared.keys() | list | length - added | length -%}
    {%- for name in added -%}
        {%- if (declared.keys() | list).index(name) < last -%}
            {%- do changes.append(table ~ ': column ' ~ name ~ ' is new and not at the end') -%}
        {%- elif declared[name].constraints | selectattr('type', 'equalto', 'not_null') | list -%}
            {%- do changes.append(
                table ~ ': column ' ~ name ~ ' is new and not_null, but on days that are already'
                ~ ' built it will be null: remove the constraint'
            ) -%}
        {%- elif changes -%}
            {%- do changes.append(table ~ ': column ' ~ name ~ ' is new') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}
