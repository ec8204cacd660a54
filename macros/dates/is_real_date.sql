{% macro is_real_date(text) -%}
    coalesce({{ text }} = cast(try_cast({{ text }} as date) as string), false)
    and length({{ text }}) = 10
    and {{ text }} between '1970-01-01' and '2999-12-31'
{%- endmacro %}
