{% macro forget_member(we_member_id=none) -%}
    {%- if execute -%}
        {%- set member = we_member_id | default('', true) | string -%}
        {%- if not member or "'" in member or '\\' in member -%}
            {{ exceptions.raise_compiler_error(
                "forget_member: we_member_id is '" ~ member ~ "'. Give the id of one member, for"
                ~ " example --args '{we_member_id: m1}'. Engines read quotes and backslashes in"
                ~ " different ways, so an id with one of them must be deleted from"
                ~ " fc_membership_snapshot by hand. Nothing was deleted."
            ) }}
        {%- endif -%}
        {%- set history = adapter.get_relation(
            target.database, generate_schema_name('we_mart', none), 'fc_membership_snapshot'
        ) -%}
        {%- if history is none -%}
            {{ exceptions.raise_compiler_error(
                "forget_member: there is no fc_membership_snapshot, so there is nothing to delete."
            ) }}
        {%- endif -%}
        {%- set of_member = "from " ~ history ~ " where we_member_id = '" ~ member ~ "'" -%}
        {%- set rows = run_query("select count(*) as row_count " ~ of_member).rows[0][0] | int -%}
        {%- if rows -%}
            {%- call statement('forget_member', auto_begin=True) -%}
                delete {{ of_member }}
            {%- endcall -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
        {#- Also if there is no row left, because an earlier command may have ended here. -#}
        {%- do adapter.dispatch('rewrite_files_with_deleted_rows', 'ws_shop')(history) -%}
        {%- do print('fc_membership_snapshot: ' ~ rows ~ ' rows deleted.') -%}
    {%- endif -%}
{%- endmacro %}

{% macro default__rewrite_files_with_deleted_rows(relation) -%}
{%- endmacro %}

{#- With deletion vectors, Delta Lake marks deleted and replaced rows and leaves them in files that
    the table still uses, which VACUUM keeps. Without such rows, this rewrites no file. -#}
{% macro spark__rewrite_files_with_deleted_rows(relation) -%}
    {%- call statement('rewrite_files_with_deleted_rows') -%}
        reorg table {{ relation }} apply (purge)
    {%- endcall -%}
{%- endmacro %}
