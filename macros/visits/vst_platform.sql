{% macro vst_platform(platform, is_wv) -%}
    case
        when {{ platform }} = 'APP' and {{ is_wv }} = 1 then 'WV_APP'
        when {{ platform }} = 'APP' then 'WS_APP'
        else 'WEB'
    end
{%- endmacro %}
