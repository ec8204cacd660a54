{% macro vst_platform(platform, is_wv) -%}
    case
        when {{ platform }} = 'APP' and {{ is_wv }} = 1 then 'WV_APP'
        when {{ platform }} = 'APP' then 'WS_APP'
        else 'WEB'
    end
{%- endmacro %}

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
