"""SPEC section 6: the days that are not current."""

MUTATIONS = {
    "int_log_days_summed": {
        "    where part_date is not null\n": [("6 Lines without a part_date belong to no day", "")],
        "count(case when reject_reason is null then 1 end)": [
            ("4 Rejected lines are not events of the day", "count(*)")
        ],
        "cast(sum(line_hash) as string)": [
            (
                "6 The checksum covers every line",
                "cast(sum(case when reject_reason is null then line_hash end) as string)",
            )
        ],
    },
    "int_mart_days_compared": {
        "            and checksum_then = checksum_now\n": [
            ("6 A changed line makes the day stale", "")
        ],
        "lines_then = lines_now\n            and ": [
            ("6 An additional line with the hash 0 makes the day stale", "")
        ],
        "            and is_of_now = 1,\n": [("6 Another setting makes the day stale", ",")],
        "session_timeout_minutes = {{ var('session_timeout_minutes') }}": [
            ("6 Another timeout makes the day stale", "true")
        ],
        "max_clock_skew_hours = {{ var('max_clock_skew_hours') }}": [
            ("6 Another clock skew makes the day stale", "true")
        ],
        "and coalesce(memberships_checksum = memberships_now, true)": [
            ("6 Other memberships make the day stale", "")
        ],
        "coalesce(memberships_checksum = memberships_now, true)": [
            (
                "6 A build without a checksum of memberships can be current",
                "memberships_checksum = memberships_now",
            )
        ],
        "range between unbounded preceding": [
            ("6 Memberships that began on earlier days count", "range between current row")
        ],
        "    where run_timestamp is not null\n": [
            ("6 A day on which memberships change is not a built day", "")
        ],
        "    where table_name = 'ws_sess_daily'\n": [
            ("6 Only builds of the mart are compared", "")
        ],
        "    having max(case when fact_source in ('build_log', 'log') then 1 end) = 1\n": [
            ("6 Only days of the log and of the build log are listed", "")
        ],
        "then lines_read end), 0)": [
            ("6 A day whose log is gone has no line", "then lines_read end), -1)")
        ],
        "built_at is not null\n        and case": [
            ("6 A day that was never built is missing", "case")
        ],
        "first_run_timestamp = built_at and ": [
            ("6 The rows of an older build do not count as this build", "")
        ],
        " and last_run_timestamp = built_at": [
            ("6 The rows of a newer build do not count as this build", "")
        ],
        "events_now = 0 or not is_as_built": [
            ("6 A day that was emptied counts as built", "false"),
            ("6 A day whose rows were lost does not count as built", "true"),
        ],
        "when not ({{ is_real_date('part_date') }}) then": [
            ("6 A part_date that is not a date is reported", "when false then")
        ],
        "when not is_build_of_rows then": [
            ("6 A day without the rows of its build is missing, not stale", "when false then")
        ],
        "when last_run_timestamp is not null and events_now = 0 then 'gone'": [
            ("6 A day whose log has no event any more is gone", "")
        ],
        "when last_run_timestamp is not null and ": [
            ("6 An empty day that was never built is not gone", "when ")
        ],
        "not null and events_now = 0": [
            ("6 A day is gone if it has no event, even with lines", "not null and lines_now = 0")
        ],
        "case when is_build_of_rows then lines_then end": [
            ("6 A missing day has no lines_read", "lines_then")
        ],
    },
    "int_membership_changes_summed": {
        "interval '1' day": [("6 The last day of a membership is covered", "interval '0' day")],
        "-member_hash as member_hash": [
            ("6 A membership that has ended no longer counts", "0 as member_hash")
        ],
        "greatest(fc_start_date, date '1970-01-01')": [
            ("6 A membership that began before 1970 counts from 1970", "fc_start_date")
        ],
        "greatest(cast(fc_end_date + interval '1' day as date), date '1970-01-01')": [
            (
                "6 A membership that ended before 1970 does not count",
                "cast(fc_end_date + interval '1' day as date)",
            )
        ],
        "    where fc_start_date <= date '2999-12-31'\n": [
            ("6 A membership that begins after 2999 does not count", "")
        ],
        "and fc_end_date < date '2999-12-31'": [
            ("6 A membership that ends after 2999 has no end", "")
        ],
    },
    "int_source_periods_summed": {
        "{% for offset in range(7) %}": [
            ("6 The checksums of a week cover seven days", "{% for offset in range(6) %}")
        ],
        "0 as orders_hash": [
            ("6 Each source has a checksum of its own", "row_hash as orders_hash")
        ],
        "from orders\n    where {{ is_real_date('part_date') }}": [
            ("6 Orders without a real date are left out", "from orders")
        ],
        "from weverse_sessions\n    where {{ is_real_date('part_date') }}": [
            ("6 Weverse sessions without a real date are left out", "from weverse_sessions")
        ],
    },
    "int_table_days_compared": {
        "day_of_week('builds.part_date', 'days_of_week.day_number')": [
            (
                "6 The build of a week is one of seven days",
                "day_of_week('builds.part_date', 0)",
            )
        ],
        "values ({{ range(7) |": [
            ("6 The build of a week counts for its Sunday", "values ({{ range(6) |")
        ],
        "mart_builds like '%' || {{ label_of_build('part_date', 'mart_built_at') }} || '%'": [
            ("6 A table must be made from the current build of the mart", "mart_builds is not null")
        ],
        "last_run_timestamp = built_at": [
            ("6 The table must hold the rows of the logged run", "last_run_timestamp is not null")
        ],
        "coalesce(has_rows, 0) = 0": [
            ("6 A day for which the run made rows must have rows", "true"),
            (
                "6 A build from before has_rows existed may have no rows",
                "coalesce(has_rows = 0, false)",
            ),
        ],
        "day_of_week('part_date', 'day_number')": [
            ("6 The run of a week's rows counts on each of its days", "day_of_week('part_date', 0)")
        ],
        "table_name not in ('{{ names_there | join(\"', '\") }}')\n            or ": [
            ("6 A table that does not exist yet is not asked for rows", "")
        ],
        "coalesce(orders_checksum = coalesce(orders_now, '0'), true)": [
            ("6 Other orders make a table unfinished", "true")
        ],
        "coalesce(wv_sessions_checksum = coalesce(wv_sessions_now, '0'), true)": [
            ("6 Other Weverse sessions make a table unfinished", "true")
        ],
        "coalesce(orders_now, '0')": [("6 A day without orders can be finished", "orders_now")],
        "coalesce(orders_now, '0'), true": [
            ("6 A table that reads no orders ignores them", "orders_now, false")
        ],
        "coalesce(wv_sessions_now, '0')": [
            ("6 A day without Weverse sessions can be finished", "wv_sessions_now")
        ],
        "'sources' as table_name,\n        part_date,\n        grain,": [
            (
                "6 A weekly table is compared with the sources of its week",
                "'sources' as table_name,\n        part_date,\n        'day' as grain,",
            )
        ],
    },
    "ws_sess_daily_restatement": {
        "when mart_status = 'current' and tables_left <> '' then 'unfinished'": [
            ("6 A day with tables left is unfinished", "when false then ''")
        ],
        "case when status = 'unfinished' then tables_left end": [
            ("6 Only unfinished days list unfinished tables", "nullif(tables_left, '')")
        ],
        "mart_status = 'current' and ": [
            ("6 Only a day that is current in the mart can be unfinished", "")
        ],
        "when tables_in_use.{{ table.name }} > days.{{ table.name }}": [
            ("6 A table without any row is not in use", "when days.{{ table.name }} = 0")
        ],
        "    where is_finished\n": [("6 Finished tables are not listed", "")],
        "    having max(mart_status) is not null\n": [
            ("6 Only days of the mart or the log are listed", "")
        ],
        "when status = 'unfinished' then replace(tables_left, ', ', ' ')\n": [
            ("6 The command of an unfinished day builds what is left", "when false then ''\n")
        ],
        "when events_now = 0": [
            ("6 The command has allow_empty_day where the log has no event", "when lines_now = 0")
        ],
        "ws_sess_daily+": [
            ("6 The command also builds the tables made from the mart", "ws_sess_daily")
        ],
        "in ('missing', 'stale', 'unfinished')": [
            ("6 A current day has no command", "not in ('gone', 'not_a_date')"),
            ("6 A part_date that is not a date has no command", "not in ('gone', 'current')"),
            ("6 A day whose log is gone has no command", "not in ('current', 'not_a_date')"),
        ],
    },
    "vars_of_days": {
        "dates | join(', ')": [
            (
                "6 The command in the message builds all missing days",
                "dates[0]",
                "test_build_log.py::"
                "test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes",
            )
        ],
    },
    "is_real_date": {
        "{{ text }} = cast(try_cast({{ text }} as date) as string)": [
            ("6 Only a text like yyyy-MM-dd is a date", "try_cast({{ text }} as date) is not null")
        ],
        "    and length({{ text }}) = 10\n": [("6 A date has ten characters", "")],
        "'1970-01-01'": [("6 Dates begin in 1970", "'1900-01-01'")],
        "'2999-12-31'": [("6 Dates end in 2999", "'3999-12-31'")],
    },
    "late_days": {
        "order by part_date desc": [
            (
                "6 The newest late days come first",
                "order by part_date",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
        "late[:max_days]": [
            (
                "6 At most max_days late days are named",
                "late",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
        "timedelta(days=days - 1)": [
            (
                "6 The given number of days is looked at",
                "timedelta(days=days)",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
        "{%- if left -%}": [
            (
                "6 The days that are left are named",
                "{%- if false -%}",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
        "{%- if late -%}": [
            (
                "6 Without a late day nothing is named",
                "{%- if true -%}",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
    },
    "days_not_current": {
        "rerun_command not like '%allow_empty_day: true%'": [
            (
                "6 A day whose log has no event is not built again",
                "rerun_command is not null",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
        "between {{ first_day }} and {{ last_day }}": [
            (
                "6 Days after the last one are not looked at",
                ">= {{ first_day }}",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
        "status not in ('current', 'not_a_date')": [
            (
                "6 A current day is not late",
                "true",
                "test_late_data.py::test_late_days_are_the_only_line_of_a_quiet_command",
            )
        ],
    },
    "list_stale_days": {
        "status <> 'current'": [
            (
                "6 Missing days are listed too",
                "status = 'stale'",
                "test_downstream_runs.py::"
                "test_days_that_are_not_current_are_named_with_the_commands_that_mend_them",
            )
        ],
        " if day['status'] != 'gone'": [
            (
                "6 Days whose log is gone are listed apart",
                "",
                "test_downstream_runs.py::test_days_whose_log_is_gone_are_told_apart_and_kept",
            )
        ],
        "and {{ is_one_of_dates('part_date', dates) }}": [
            (
                "6 Only the given days are listed",
                "",
                "test_downstream_runs.py::test_command_for_all_days_has_what_one_of_them_needs",
            )
        ],
    },
    "command_of_days": {
        "['ws_sess_daily+'] if 'ws_sess_daily+' in tables else tables": [
            (
                "6 One command for all days builds the mart if any day needs it",
                "tables",
                "test_downstream_runs.py::test_command_for_all_days_has_what_one_of_them_needs",
            )
        ],
        "'allow_empty_day: true' in": [
            (
                "6 One command for all days allows an empty day if any needs it",
                "'' not in",
                "test_downstream_runs.py::test_command_for_all_days_has_what_one_of_them_needs",
            )
        ],
        "days | length > whole_number_var('max_run_days')": [
            (
                "6 One command for all days raises max_run_days if it must",
                "false",
                "test_downstream_runs.py::test_command_for_all_days_has_what_one_of_them_needs",
            )
        ],
    },
    "stop_on_stale_days": {
        "run_dates() if are_given else last_dates_of_log()": [
            (
                "6 Days given by variables are checked",
                "last_dates_of_log()",
                "test_downstream_runs.py::"
                "test_operation_looks_at_the_days_of_the_run_or_at_the_last_days_of_the_log",
            )
        ],
    },
    "last_dates_of_log": {
        "timedelta(days=days - 1)": [
            (
                "6 restatement_days days are checked",
                "timedelta(days=days)",
                "test_downstream_runs.py::"
                "test_operation_looks_at_the_days_of_the_run_or_at_the_last_days_of_the_log",
            )
        ],
        "where {{ is_real_date('part_date') }}": [
            (
                "6 The last day of the log is a real date",
                "",
                "test_downstream_runs.py::"
                "test_operation_looks_at_the_days_of_the_run_or_at_the_last_days_of_the_log",
            )
        ],
    },
}
