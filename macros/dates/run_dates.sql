{% macro run_dates() -%}
    {%- if var.has_var('part_date') -%}
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
    {%- set max_run_days = whole_number_var('max_run_days', minimum=1) -%}
    {%- if day_count > max_run_days -%}
        {{ exceptions.raise_compiler_error(
            "Variables 'part_date' and 'part_date_to' ask for " ~ day_count ~ " days, '"
            ~ first_date ~ "' to '" ~ last_date ~ "'; one run may take " ~ max_run_days
            ~ " ('max_run_days'). Run shorter ranges yyyy-MM-dd to yyyy-MM-dd one after the other,"
            ~ " or add max_run_days: " ~ day_count ~ " to --vars."
        ) }}
    {%- endif -%}
    {%- set dates = [] -%}
    {%- for offset in range(day_count) -%}
        {%- do dates.append((first_date + modules.datetime.timedelta(days=offset)) | string) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
