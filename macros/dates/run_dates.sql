{% macro run_dates() -%}
    {%- if var.has_var('part_dates') -%}
        {{ return(listed_dates()) }}
    {%- elif var.has_var('part_date') -%}
        {%- set first_date = parse_date('part_date') -%}
    {%- elif var.has_var('part_date_to') -%}
        {{ exceptions.raise_compiler_error(
            "Variable 'part_date_to' is '" ~ var('part_date_to') ~ "' but 'part_date' is not given."
            ~ " Give both: --vars '{part_date: yyyy-MM-dd, part_date_to: yyyy-MM-dd}'."
        ) }}
    {%- else -%}
        {%- set first_date = (run_started_at - modules.datetime.timedelta(days=1)).date() -%}
    {%- endif -%}
    {%- set last_date = first_date -%}
    {%- if var.has_var('part_date_to') -%}
        {%- set last_date = parse_date('part_date_to') -%}
    {%- endif -%}
    {%- if last_date < first_date -%}
        {{ exceptions.raise_compiler_error(
            "Variable 'part_date_to' is '" ~ last_date ~ "', before 'part_date' '" ~ first_date
            ~ "'. Give a range yyyy-MM-dd to yyyy-MM-dd that ends on or after the day it starts."
        ) }}
    {%- endif -%}
    {%- set day_count = (last_date - first_date).days + 1 -%}
    {%- do stop_on_too_many_days(
        "Variables 'part_date' and 'part_date_to' ask", first_date, last_date, day_count
    ) -%}
    {{ return(dates_between(first_date, last_date)) }}
{%- endmacro %}

{#- The days of `part_dates`, each once, in order. -#}
{% macro listed_dates() -%}
    {%- set given = var('part_dates') -%}
    {%- set is_list = given is sequence and given is not string and given is not mapping -%}
    {%- for variable in ['part_date', 'part_date_to'] if var.has_var(variable) -%}
        {{ exceptions.raise_compiler_error(
            "Variable '" ~ variable ~ "' is '" ~ var(variable) ~ "' and 'part_dates' is '"
            ~ (given | join(', ') if is_list else given) ~ "'. Give the days in one form: --vars"
            ~ " 'part_dates: [yyyy-MM-dd, yyyy-MM-dd]' or --vars '{part_date: yyyy-MM-dd,"
            ~ " part_date_to: yyyy-MM-dd}'."
        ) }}
    {%- endfor -%}
    {%- if is_list and not given -%}
        {{ exceptions.raise_compiler_error(
            "Variable 'part_dates' is '[]', a list without a day. Give at least one day as"
            ~ " yyyy-MM-dd, for example --vars 'part_dates: [2024-01-15, 2024-01-19]'."
        ) }}
    {%- endif -%}
    {%- set dates = [] -%}
    {%- for entry in (given if is_list else (given | string).split(',')) -%}
        {%- set text = entry | string if is_list else entry.strip(' ') -%}
        {%- do dates.append(parse_date('part_dates', text) | string) -%}
    {%- endfor -%}
    {%- set dates = dates | unique | sort -%}
    {%- do stop_on_too_many_days(
        "Variable 'part_dates' asks", dates[0], dates[-1], dates | length
    ) -%}
    {{ return(dates) }}
{%- endmacro %}

{% macro stop_on_too_many_days(asking, first_date, last_date, day_count) -%}
    {%- set max_run_days = whole_number_var('max_run_days') -%}
    {%- if day_count > max_run_days -%}
        {{ exceptions.raise_compiler_error(
            asking ~ " for " ~ day_count ~ " days, '" ~ first_date ~ "' to '" ~ last_date
            ~ "'; one run may take " ~ max_run_days
            ~ " ('max_run_days'). Build fewer days yyyy-MM-dd in a run, one run after the other,"
            ~ " or add max_run_days: " ~ day_count ~ " to --vars."
        ) }}
    {%- endif -%}
{%- endmacro %}
