{% macro event_order() -%}
    {{ nulls_first([
        'log_dt', 's_wemember_id', 'wv_device_id', 's_user_id', 'ctry', 'lang', 'platform', 'os',
        'app_ver',
    ]) }}
{%- endmacro %}
