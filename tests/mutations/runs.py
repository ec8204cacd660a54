"""SPEC section 4: what a run builds, and what stops it."""

MUTATIONS = {
    # ---------- The dates of a run
    "dates_between": {
        "range((last_date - first_date).days + 1)": [
            (
                "4 The last day of a range is included",
                "range([(last_date - first_date).days, 1] | max)",
            )
        ],
        "range((last_date": [
            (
                "4 The first day of a range is included",
                "range([(last_date - first_date).days, 1] | min, (last_date",
            )
        ],
    },
    "stop_on_too_many_days": {
        "day_count > max_run_days": [
            (
                "4 A range has at most max_run_days days",
                "false",
                "test_runs.py::test_range_that_is_too_long_stops_the_run",
            )
        ],
    },
    "run_dates": {
        "timedelta(days=1)": [
            (
                "4 Without a variable, yesterday is built",
                "timedelta(days=2)",
                "test_runs.py::test_without_a_date_the_day_is_yesterday_utc",
            )
        ],
        "last_date < first_date": [
            (
                "4 A range that ends before it starts stops the run",
                "false",
                "test_runs.py::test_range_that_ends_before_it_starts_stops_the_run",
            )
        ],
        "var.has_var('part_date_to') -%}\n        {{ exc": [
            (
                "4 part_date_to without part_date stops the run",
                "false -%}\n        {{ exc",
                "test_runs.py::test_end_of_range_without_a_start_stops_the_run",
            )
        ],
    },
    "listed_dates": {
        "['part_date', 'part_date_to'] if": [
            (
                "4 part_dates together with another variable stops the run",
                "['part_date', 'part_date_to'] if false and",
                "test_runs.py::test_list_that_is_no_list_of_days_stops_the_run",
            )
        ],
        "is_list and not given": [
            (
                "4 A list without a day stops the run",
                "false",
                "test_runs.py::test_list_that_is_no_list_of_days_stops_the_run",
            )
        ],
        "dates | unique | sort": [
            (
                "4 part_dates may repeat days, in any order",
                "dates",
                "test_runs.py::test_list_builds_exactly_its_days",
            )
        ],
    },
    "is_one_of_dates": {
        "and '{{ dates[-1] }}'": [("4 A range ends on its last day", "and '{{ dates[0] }}'")],
        "{{ is_real_date(column) }}": [("4 A text between two days is not a day", "true")],
        "{{ column }} between '{{ dates[0] }}' and '{{ dates[-1] }}'": [
            ("4 Only the days of a range are built", "true")
        ],
        """{{ column }} in ('{{ dates | join("', '") }}')""": [
            (
                "4 Only the days of a list are built",
                "true",
                "test_runs.py::test_list_builds_exactly_its_days",
            )
        ],
    },
    "is_range": {
        "+ 1 == dates | length": [
            (
                "4 A list with a gap is not a range",
                "+ 1 >= dates | length",
                "test_runs.py::test_list_builds_exactly_its_days",
            )
        ],
    },
    "parse_date": {
        "([0-9]{4})-([0-9]{2})-([0-9]{2})\\\\Z": [
            (
                "4 Days must be written as yyyy-MM-dd",
                "([0-9]{4})-?([0-9]{2})-?([0-9]{2})\\\\Z",
                "test_runs.py::test_unreal_date_stops_the_run",
            )
        ],
        "date.month == month": [
            ("4 A day must exist", "true", "test_runs.py::test_unreal_date_stops_the_run")
        ],
        "1970 <= year <= 2999": [
            (
                "4 A day lies between 1970 and 2999",
                "1 <= year <= 9999",
                "test_runs.py::test_unreal_date_stops_the_run",
            )
        ],
    },
    # ---------- Changes of columns, bad variables, empty days, reruns
    "column_changes": {
        "if name not in declared -%}": [
            (
                "4 A removed column stops the run",
                "if false -%}",
                "test_columns.py::test_every_other_change_stops_the_run_before_it_writes",
            )
        ],
        "if not holds_type(found_types[name], declared[name].data_type)": [
            (
                "4 A column of another type stops the run",
                "if false",
                "test_columns.py::test_every_other_change_stops_the_run_before_it_writes",
            )
        ],
        "index(name) < last": [
            (
                "4 A new column in the middle stops the run",
                "index(name) < 0",
                "test_columns.py::test_every_other_change_stops_the_run_before_it_writes",
            )
        ],
        "if kept != found_types.keys() | select('in', declared) | list": [
            (
                "4 Another order of columns stops the run",
                "if false",
                "test_columns.py::test_every_other_change_stops_the_run_before_it_writes",
            )
        ],
        "'equalto', 'not_null'": [
            (
                "4 A new not_null column stops the run",
                "'equalto', 'none'",
                "test_columns.py::test_every_other_change_stops_the_run_before_it_writes",
            )
        ],
    },
    "number_var": {
        "minimum < value": [
            (
                "6 The ratio of anomalies is above 1",
                "minimum <= value",
                "test_runs.py::test_other_bad_variable_stops_the_run",
            )
        ],
        "value <= maximum": [
            (
                "6 The share of anomalies is at most 1",
                "value",
                "test_runs.py::test_other_bad_variable_stops_the_run",
            )
        ],
        "value is boolean or ": [
            (
                "6 The share of anomalies is a number",
                "",
                "test_runs.py::test_other_bad_variable_stops_the_run",
            )
        ],
    },
    "whole_number_var": {
        "or value | int < minimum": [
            (
                "3.4 The timeout is at least 1",
                "",
                "test_runs.py::test_other_bad_variable_stops_the_run",
            )
        ],
        " or (maximum is not none and value | int > maximum)": [
            (
                "3.4 The timeout is at most 1,440",
                "",
                "test_runs.py::test_other_bad_variable_stops_the_run",
            )
        ],
        "not modules.re.match('[0-9]{1,9}\\\\Z', value | string)": [
            (
                "3.4 The timeout is a whole number",
                "false",
                "test_runs.py::test_other_bad_variable_stops_the_run",
            )
        ],
    },
    "stop_on_empty_days": {
        "not flag_var('allow_empty_day')": [
            (
                "4 An empty day is allowed with allow_empty_day",
                "true",
                "test_runs.py::test_empty_day_within_a_range_is_emptied_where_allowed",
            )
        ],
        "selectattr('events') | ": [
            (
                "4 A day whose lines are all rejected is empty",
                "",
                "test_runs.py::test_day_of_rejected_lines_alone_is_empty",
            )
        ],
    },
    "get_incremental_replace_run_dates_sql": {
        """part_date in ('{{ partitions | join("', '") }}');""": [
            (
                "4 A rerun replaces the rows of its day",
                "false;",
                "test_runs.py::test_rerun_after_the_log_changed_replaces_that_day_alone",
            ),
            (
                "4 A rerun touches no other day",
                "true;",
                "test_runs.py::test_rerun_after_the_log_changed_replaces_that_day_alone",
            ),
        ],
        "run_partitions(config.get('meta'))": [
            (
                "5 A rerun of a weekly table replaces the Monday of its week",
                "run_dates()",
                "test_downstream_runs.py::"
                "test_daily_runs_in_any_order_give_the_rows_of_one_range_run",
            )
        ],
    },
    "dbt_project.yml": {
        "+full_refresh: false": [
            (
                "4 A full refresh drops nothing",
                "+full_refresh: true",
                "test_runs.py::test_full_refresh_keeps_the_history",
            )
        ],
        '+pre-hook: "{{ prepare_build() }}"': [
            (
                "6 A failed run leaves the build log as it was",
                '+pre-hook: {sql: "{{ prepare_build() }}", transaction: false}',
                "test_build_log.py::test_run_that_fails_leaves_table_and_build_log_as_they_were",
            )
        ],
        "enforced: true": [
            (
                "4 A query that breaks its contract stops the run",
                "enforced: false",
                "test_columns.py::"
                "test_query_that_breaks_its_contract_stops_the_run_before_it_writes",
            )
        ],
        "if execute and not selected_resources": [
            (
                "1 dbt retry loads no seed over other rows",
                "if false",
                "test_retry.py::test_seed_over_other_rows_stops_the_retry",
            )
        ],
    },
    "resources_of_run": {
        "rejectattr('resource_type', 'equalto', 'seed')": [
            (
                "4 dbt retry is checked like the command itself",
                "rejectattr('resource_type', 'equalto', 'model')",
                "test_retry.py::test_change_of_columns_stops_the_retry",
            )
        ],
        "get(flags.WHICH, [])": [
            (
                "4 A command that builds nothing is not stopped",
                "get(flags.WHICH, ['model'])",
                "test_build_log.py::"
                "test_command_that_builds_nothing_writes_nothing_and_is_not_held_back",
            )
        ],
    },
    "models/staging/service_log/_service_log__sources.yml": {
        "part_date >= cast(cast(current_date - interval '5' day as date) as string)": [
            (
                "1 The freshness test only reads the last days",
                "part_date is not null",
                "test_duckdb_plan.py::test_freshness_reads_the_last_days_of_the_log_alone",
            )
        ],
        "interval '5' day": [
            (
                "1 The freshness test reads every day that counts",
                "interval '2' day",
                "test_freshness.py::test_log_is_as_fresh_as_its_newest_line",
            )
        ],
        "and log_dt <= current_timestamp": [
            (
                "1 A line with a future time does not make the log fresh",
                "",
                "test_freshness.py::test_log_is_as_fresh_as_its_newest_line",
            )
        ],
    },
}
