{% macro holds_type(found, declared) -%}
    {{ return(adapter.dispatch('holds_type', 'ws_shop')(found | lower, declared | lower)) }}
{%- endmacro %}

{% macro default__holds_type(found, declared) -%}
    {%- set same = {
        'string': '(varchar|enum\\(.*\\))\\Z',
        'timestamp': 'timestamp(_s|_ms|_ns)?\\Z',
        'timestamptz': 'timestamp with time zone\\Z',
        'int': 'integer\\Z',
        'bool': 'boolean\\Z',
    } -%}
    {{ return(
        found == declared
        or modules.re.match(same.get(declared, '\\Z'), found) is not none
    ) }}
{%- endmacro %}

{% macro spark__holds_type(found, declared) -%}
    {#- A char pads its values with spaces, and with a collation two different strings can be
        equal. -#}
    {{ return(
        found == {'integer': 'int', 'long': 'bigint'}.get(declared, declared)
        or declared == 'string' and modules.re.match('varchar\\([0-9]+\\)\\Z', found) is not none
    ) }}
{%- endmacro %}
