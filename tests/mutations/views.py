"""SPEC section 6: visits, user sessions, the audit and anomalies."""

MUTATIONS = {
    "ws_sess_visit": {
        "'sess_start_dt > '": [
            ("6 The gap between visits is longer than the timeout", "'sess_start_dt >= '")
        ],
        "max(sess_end_dt) over (\n            partition by device_id\n            order": [
            (
                "6 The greatest end so far is compared",
                "last_value(sess_end_dt) over (\n"
                "            partition by device_id\n            order",
            )
        ],
        "and 1 preceding": [("6 Only ends of earlier sessions are compared", "and current row")],
        "add_minutes('latest_end_before', 'session_timeout_minutes')": [
            ("6 The timeout of visits is that of the build", "add_minutes('latest_end_before', 30)")
        ],
        "on deduplicated.part_date = mart_builds.part_date": [
            (
                "6 The timeout of visits is that of the day",
                "            on mart_builds.part_date = '2024-01-15'",
            )
        ],
        "{{ whole_number_var('session_timeout_minutes') }}": [
            ("6 Without a known build, the variable is the timeout", "30")
        ],
        "    where table_name = 'ws_sess_daily'\n": [
            ("6 The timeout of visits is that of the mart's build", "")
        ],
        "'sess_start_dt', 'part_date', 'sess_id'": [
            ("6 Sessions of a visit are ordered by part_date", "'sess_start_dt', 'sess_id'")
        ],
        "first_value(sess_id)": [("6 The first session names the visit", "last_value(sess_id)")],
        "max(sess_end_dt) over visit": [
            ("6 A visit ends with its last session", "min(sess_end_dt) over visit")
        ],
        "visit_sess_seq > 1 then 1": [
            ("6 is_continued is 0 for the first session", "visit_sess_seq > 0 then 1")
        ],
    },
    "ws_user_sess_daily": {
        "count(distinct ws_art_id)": [
            ("6 An artist counts once", "count(ws_art_id)"),
            ("6 A missing artist is not counted", "count(distinct coalesce(ws_art_id, 0))"),
        ],
        "max(is_fc)": [("6 is_fc is 1 if it is 1 on any row", "min(is_fc)")],
        "max(run_timestamp)": [
            ("6 run_timestamp is the greatest one of a user session", "min(run_timestamp)")
        ],
        "['user_sess_start_dt', 'user_sess_id']": [
            ("6 The first user session has the earliest start", "['user_sess_id']")
        ],
        "'user_sess_id'])": [
            ("6 The id decides between user sessions that start together", "'user_sess_id desc'])")
        ],
        "partition by part_date, sess_id": [
            ("6 The first user session is that of the day", "partition by sess_id"),
            ("6 The first user session is that of the session", "partition by part_date"),
        ],
    },
    "week_start": {
        "'week'": [("6 A week starts on its Monday", "'month'")],
    },
    "ws_sess_daily_audit": {
        "then deliveries - 1": [
            ("6 Only copies beyond the first are duplicates", "then deliveries")
        ],
        "count(case when reject_reason is null then 1 end)": [
            ("6 Only accepted lines are kept events", "count(*)")
        ],
        "left join lines_counted": [
            ("6 A day without a line has a row", "inner join lines_counted")
        ],
        "coalesce({{ count }}, 0)": [("6 A count of nothing is 0", "{{ count }}")],
        "count(distinct device_id)": [("6 devices counts distinct devices", "count(device_id)")],
        "count(distinct sess_id)": [("6 sessions counts distinct sessions", "count(sess_id)")],
        "count(distinct user_sess_id)": [
            ("6 user_sessions counts distinct user sessions", "count(user_sess_id)")
        ],
        "reject_reason = '{{ reason }}'": [
            ("6 Rejected lines are counted by reason", "reject_reason is not null")
        ],
    },
    "ws_sess_daily_anomaly": {
        "cast(sessions as double)": [
            ("6 Sessions are one of the measures", "cast(user_sessions as double)")
        ],
        "rejected_missing_log_dt\n": [("6 Lines without a time add to the rejected share", "0\n")],
        "+ rejected_missing_device\n": [("6 Lines without a device add to the rejected share", "")],
        "+ rejected_log_dt_out_of_range": [("6 Lines out of range add to the rejected share", "")],
        "- 7 * weeks.weeks_before": [
            ("6 A day is compared with the same weekday", "- weeks.weeks_before")
        ],
        "range(1, ": [("6 A day is not compared with itself", "range(0, ")],
        "whole_number_var('anomaly_weeks') + 1": [("6 The number of weeks is a variable", "53")],
        "measured.measure = earlier.measure": [
            ("6 A measure is compared with the same measure", "true")
        ],
        "median(earlier_value)": [("6 The usual value is a median", "avg(earlier_value)")],
        "count(earlier_date)": [
            ("6 The days compared are those of the audit", "count(*)"),
            ("6 A day without a value is compared, too", "count(earlier_value)"),
        ],
        "days_compared >= 3": [
            ("6 Fewer than three earlier days tell nothing", "days_compared >= 2")
        ],
        "value > usual * {{ ratio }}": [
            ("6 A value at the ratio itself is usual", "value >= usual * {{ ratio }}"),
            ("6 The ratio is a variable", "value > usual * 2.1"),
        ],
        "value < usual / {{ ratio }}": [
            ("6 A value at the inverse of the ratio is usual", "value <= usual / {{ ratio }}")
        ],
        "('anomaly_ratio') * (1 + 1e-9)": [
            (
                "6 A value at the ratio itself is usual, whatever its last digit",
                "('anomaly_ratio')",
                "test_random_audits.py::test_unusual_days_are_what_the_spec_says",
            )
        ],
        "('anomaly_share') + 1e-9": [
            ("6 A share at the limit itself is usual", "('anomaly_share')")
        ],
        "abs(value - usual)": [("6 A share can be unusual on both sides", "(value - usual)")],
    },
}
