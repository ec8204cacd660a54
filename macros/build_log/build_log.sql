{% macro build_log() -%}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('we_mart', none),
        identifier='ws_sess_daily_build',
        type='table',
    )) }}
{%- endmacro %}
