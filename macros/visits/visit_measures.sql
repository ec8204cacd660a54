{% macro visit_measures(vst_platform, prefix) -%}
    cast(sum(case when vst_platform = '{{ vst_platform }}' then 1 else 0 end) as bigint)
        as {{ prefix }}_visit_cnt,
    cast(sum(is_sess_login) as bigint) as {{ prefix }}_login_cnt,
    count(distinct sess_id) as {{ prefix }}_sess_cnt,
    cast(sum(case when is_sess_login = 1 then sess_dur else 0 end) as bigint)
        as {{ prefix }}_sess_dur,
    count(distinct user_sess_id) as {{ prefix }}_user_sess_cnt,
    cast(sum(case when is_sess_login = 1 then user_sess_dur else 0 end) as bigint)
        as {{ prefix }}_user_sess_dur
{%- endmacro %}
