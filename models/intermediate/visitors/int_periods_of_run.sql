with periods as (

    {% for monday in run_weeks() %}
        {% for day in days_of_week(monday) %}
            select
                'W' as date_type,
                '{{ monday }}' as period_start,
                '{{ day }}' as part_date
            union all
        {% endfor %}
    {% endfor %}
    {% for day in run_dates() %}
        select
            'D' as date_type,
            '{{ day }}' as period_start,
            '{{ day }}' as part_date
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from periods
