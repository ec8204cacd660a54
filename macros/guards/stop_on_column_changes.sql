{% macro stop_on_column_changes() -%}
    {%- if execute -%}
        {%- set changes = [] -%}
        {%- for unique_id in selected_resources | sort if unique_id.startswith('model.') -%}
            {%- set model = graph.nodes[unique_id] -%}
            {%- if model.config.materialized == 'incremental' and model.config.contract.enforced -%}
                {%- do changes.extend(column_changes(model)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if changes -%}
            {{ exceptions.raise_compiler_error(
                "Tables have other columns than their models. Nothing was written.\n- "
                ~ changes | join('\n- ')
                ~ "\nA run adds columns at the end of a table and changes none that are there."
                ~ " Put new ones at the end of the model's columns and of its query. Keep one that"
                ~ " is not wanted any more, as null: cast(null as …). For another name or type, add"
                ~ " a column. Or alter the table by hand first, so that it agrees with the model."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
