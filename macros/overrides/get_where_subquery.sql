{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if not where -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- if '__run_dates__' in where -%}
        {%- set tested_model = graph.nodes.get(model.attached_node) or {} -%}
        {%- set partitions = run_partitions(tested_model.get('config', {}).get('meta')) -%}
        {#- In a view without a partition column, no days can be selected. -#}
        {%- set is_whole = flag_var('test_all_dates')
            or (tested_model and 'part_date' not in tested_model.columns) -%}
        {%- set dates = "part_date in ('" ~ partitions | join("', '") ~ "')" -%}
        {%- set where = where | replace('__run_dates__', 'true' if is_whole else dates) -%}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') }}
{%- endmacro %}
