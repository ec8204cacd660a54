{% macro stop_on_partition_loss() -%}
    {%- if execute -%}
        {%- do adapter.dispatch('stop_on_partition_loss', 'ws_shop')() -%}
    {%- endif -%}
{%- endmacro %}

{% macro default__stop_on_partition_loss() -%}
    {#- `dbt run --empty` reads no row of any source, so every day of the run would end empty. -#}
    {%- if flags.EMPTY -%}
        {{ exceptions.raise_compiler_error(
            "--empty would empty the days of the run in every mart. Run without it."
        ) }}
    {%- endif -%}
    {#- `--sample` leaves out rows only of nodes with an `event_time`. `flags` does not have it. -#}
    {%- if invocation_args_dict.get('sample') -%}
        {%- for node in (graph.nodes.values() | list) + (graph.sources.values() | list)
            if node.config.event_time -%}
            {{ exceptions.raise_compiler_error(
                "--sample would build the days of the run from a part of their rows, because '"
                ~ node.name ~ "' has event_time: " ~ node.config.event_time ~ ". Run without it."
            ) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro databricks__stop_on_partition_loss() -%}
    {%- if adapter.get_behavior_flag_no_warn('use_materialization_v2') -%}
        {{ exceptions.raise_compiler_error(
            "use_materialization_v2 would create the table of a first run with `create or replace`,"
            ~ " and drop the days of a run that is building the same table at that time. Set it to"
            ~ " false in the flags of dbt_project.yml. Nothing was written."
        ) }}
    {%- endif -%}
    {%- do spark__stop_on_partition_loss() -%}
{%- endmacro %}

{% macro spark__stop_on_partition_loss() -%}
    {%- do default__stop_on_partition_loss() -%}
    {%- set needed = {
        'incremental_strategy': 'insert_overwrite',
        'full_refresh': false,
    } -%}
    {%- set wrong = [] -%}
    {%- for model in graph.nodes.values() -%}
        {%- if model.resource_type == 'model' and model.config.materialized == 'incremental'
            and model.package_name == 'ws_shop' and model.name != 'ws_sess_daily_build' -%}
            {%- for setting, value in needed.items() if model.config.get(setting) != value -%}
                {%- do wrong.append(
                    "- " ~ model.name ~ " has " ~ setting ~ ": " ~ model.config.get(setting)
                    ~ " and needs " ~ setting ~ ": " ~ value
                ) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if wrong -%}
        {{ exceptions.raise_compiler_error(
            "With these settings, a run could replace other days than its own:\n"
            ~ wrong | join("\n")
            ~ "\nSet them in dbt_project.yml for all marts. Nothing was written."
        ) }}
    {%- endif -%}
{%- endmacro %}
