{% macro event_columns() -%}
    {{ return([
        'part_date', 'browser_id', 's_device_type', 'wv_device_id', 's_wemember_id', 's_user_id',
        'ws_art_id', 'shop', 'ctry', 'lang', 'platform', 'os', 'app_ver',
    ] | join(', ')) }}
{%- endmacro %}

{% macro event_order() -%}
    {{ nulls_first([
        'log_dt', 's_wemember_id', 'wv_device_id', 's_user_id', 'ctry', 'lang', 'platform', 'os',
        'app_ver',
    ]) }}
{%- endmacro %}
