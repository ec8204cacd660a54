{% macro build_log() -%}
    {{ return(this.incorporate(path={'identifier': 'ws_sess_daily_build'}, type='table')) }}
{%- endmacro %}
