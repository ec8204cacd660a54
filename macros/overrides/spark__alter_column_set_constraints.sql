{% macro spark__alter_column_set_constraints(relation, column_dict) -%}
    {#- dbt-spark's own is `set not null`, which Delta Lake refuses on an existing table. -#}
    {%- for column in column_dict.values() -%}
        {%- for constraint in column.constraints if constraint.type == 'not_null' -%}
            {%- do run_query(
                'alter table ' ~ relation ~ ' add constraint ' ~ column.name ~ '_not_null check ('
                ~ column.name ~ ' is not null)'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro databricks__alter_column_set_constraints(relation, model) -%}
    {#- dbt-databricks has a macro of its own, which the `spark__` macro above would hide. -#}
    {{ return(dbt.databricks__alter_column_set_constraints(relation, model)) }}
{%- endmacro %}
