{% macro log_build() -%}
    {%- if execute and model.config.materialized == 'incremental'
        and model.name != 'ws_sess_daily_build' -%}
        {{ adapter.dispatch('log_build', 'ws_shop')(load_result('build_rows').response) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__log_build(rows) -%}
    {#- This is in the transaction that writes the rows of the table. -#}
    insert into {{ build_log() }}
    {{ rows }}
{%- endmacro %}

{% macro spark__log_build(rows) -%}
    {#- The rows of the table are in a commit of their own. If another run has overwritten a day
        since then, that run writes the row of the day, and a row that it has written stays. -#}
    insert into {{ build_log() }} replace where {{ is_build_of_run() }}
    with overwritten as (
        select part_date from {{ this }}
        where
            part_date in ('{{ run_partitions(model.config.meta) | join("', '") }}')
            and run_timestamp <> {{ run_timestamp() }}
        group by part_date
    )
    select own.* from ({{ rows }}) as own
    left anti join overwritten on own.part_date = overwritten.part_date
    union all
    select others.* from {{ build_log() }} as others
    left semi join overwritten on others.part_date = overwritten.part_date
    where {{ is_build_of_run() }}
{%- endmacro %}
