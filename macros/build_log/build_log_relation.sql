{% macro build_log_relation() -%}
    {{ return(this.incorporate(path={'identifier': 'ws_sess_daily_build'}, type='table')) }}
{%- endmacro %}
