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
