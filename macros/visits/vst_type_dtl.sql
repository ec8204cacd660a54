{% macro vst_type_dtl(has_web, has_ws_app, has_wv_app) -%}
    coalesce(
        nullif(
            substr(
                case when {{ has_web }} = 1 then '+WEB' else '' end
                || case when {{ has_ws_app }} = 1 then '+WS_APP' else '' end
                || case when {{ has_wv_app }} = 1 then '+WV_APP' else '' end,
                2
            ),
            ''
        ),
        'NONE'
    )
{%- endmacro %}
