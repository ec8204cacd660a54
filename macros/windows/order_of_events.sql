{% macro order_of_events() -%}
    {{ event_order([
        'log_dt', 'log_id', 'browser_id', 's_wemember_id', 'wv_device_id', 's_device_type',
        's_user_id', 'ctry', 'lang', 'platform', 'os', 'app_ver',
    ]) }}
{%- endmacro %}
