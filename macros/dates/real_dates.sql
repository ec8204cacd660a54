{% macro parse_date(variable, entry=none) -%}
    {%- set text = (var(variable) if entry is none else entry) | string -%}
    {%- set parts = modules.re.match('([0-9]{4})-([0-9]{2})-([0-9]{2})\\Z', text) -%}
    {%- if parts -%}
        {%- set year, month, day = parts.groups() | map('int') -%}
        {%- if 1970 <= year <= 2999 and 1 <= month <= 12 and 1 <= day <= 31 -%}
            {%- set date = modules.datetime.date(year, month, 1)
                + modules.datetime.timedelta(days=day - 1) -%}
            {%- if date.month == month -%}
                {{ return(date) }}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        "Variable '" ~ variable ~ "' " ~ ('is' if entry is none else 'has') ~ " '" ~ text
        ~ "', which is not a date. Give a real day from 1970-01-01 to 2999-12-31 as yyyy-MM-dd"
        ~ " (UTC), for example --vars '" ~ variable ~ ": "
        ~ ('2024-01-15' if entry is none else '[2024-01-15, 2024-01-19]') ~ "'."
    ) }}
{%- endmacro %}

{% macro is_real_date(text) -%}
    coalesce({{ text }} = cast(try_cast({{ text }} as date) as string), false)
    and length({{ text }}) = 10
    and {{ text }} between '1970-01-01' and '2999-12-31'
{%- endmacro %}
