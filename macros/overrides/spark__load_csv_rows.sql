{% macro spark__load_csv_rows(model, agate_table) -%}
    {#- dbt-spark's own macro writes an empty field as the text 'None', escapes nothing in the other
        fields, and reads times in the session time zone. The times of seeds are UTC. -#}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append({
            'name': name,
            'type': types.get(name, adapter.convert_type(agate_table, loop.index0)) | lower,
        }) -%}
    {%- endfor -%}
    {%- set statements = [] -%}
    {%- for lines in agate_table.rows | batch(get_batch_size()) -%}
        {%- set statement -%}
            insert into {{ this.render() }}
            select
                {%- for column in columns %}
                cast(
                    {{ column.name }}{{ " || 'Z'" if column.type == 'timestamp' }}
                    as {{ column.type }}
                ) as {{ column.name }}{{ ',' if not loop.last }}
                {%- endfor %}
            from values
            {%- for line in lines %}
            (
                {%- for value in line -%}
                    {%- if value is none -%}
                        null
                    {%- else -%}
                        '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
                    {%- endif -%}
                    {{ ', ' if not loop.last }}
                {%- endfor -%}
            ){{ ',' if not loop.last }}
            {%- endfor %}
            as lines ({{ columns | join(', ', attribute='name') }})
        {%- endset -%}
        {%- do adapter.add_query(statement, abridge_sql_log=True) -%}
        {%- do statements.append(statement) -%}
    {%- endfor -%}
    {{ return(statements[0]) }}
{%- endmacro %}
