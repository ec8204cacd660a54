{% macro forget_member(we_member_id=none) -%}
    {%- if execute -%}
        {%- set member = we_member_id | default('', true) | string -%}
        {%- if not member or "'" in member or '\\' in member -%}
            {{ exceptions.raise_compiler_error(
                "forget_member: we_member_id is '" ~ member ~ "'. Give the id of one member, as"
                ~ " --args '{we_member_id: m1}'. An id with a quote or a backslash, which engines"
                ~ " read in different ways, must be deleted from fc_membership_snapshot by hand."
                ~ " Nothing was deleted."
            ) }}
        {%- endif -%}
        {%- set history = adapter.get_relation(
            target.database, generate_schema_name('we_mart', none), 'fc_membership_snapshot'
        ) -%}
        {%- if history is none -%}
            {{ exceptions.raise_compiler_error(
                "forget_member: there is no fc_membership_snapshot, so nothing to delete from."
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
        {%- do print('fc_membership_snapshot: ' ~ rows ~ ' rows deleted.') -%}
    {%- endif -%}
{%- endmacro %}
