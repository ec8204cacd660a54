"""SPEC section 6: the build log."""

MUTATIONS = {
    "prepare_build": {
        "{%- do stop_on_empty_days(days) -%}": [
            (
                "4 An empty day stops the run",
                "",
                "test_runs.py::test_empty_day_stops_the_run_and_is_named",
            )
        ],
        "{%- do stop_on_unbuilt_days(builds) -%}": [
            (
                "6 A table stops if the mart lacks one of its days",
                "",
                "test_build_log.py::"
                "test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes",
            )
        ],
        "delete from {{ build_log_relation() }} where {{ is_build_of_run() }}": [
            (
                "6 A table has one row a day in the build log",
                "select 1",
                "test_build_log.py::test_mart_alone_writes_its_row_on_a_fresh_target_and_again",
            )
        ],
        "{%- do add_columns_to_build_log(found.column_names) -%}": [
            (
                "6 A build log from an older version gets the new columns",
                "",
                "test_build_log.py::test_build_log_from_before_columns_were_there_gets_them",
            )
        ],
        "{%- do add_columns_to_build_log(columns | map(attribute='name') | list) -%}": [
            (
                "6 A run of the view adds new columns to an older build log",
                "",
                "test_build_log.py::"
                "test_memberships_of_builds_from_before_their_checksum_are_not_known",
            )
        ],
    },
    "builds_of_run": {
        "and {{ is_day_of_build() }}": [
            (
                "6 A weekly table reads the mart's builds of its whole week",
                "and {{ is_run_date() }}",
                "test_build_log.py::"
                "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
            )
        ],
    },
    "source_checksums": {
        "where {{ is_day_of_build() }}": [
            (
                "6 A weekly table reads the sources of its whole week",
                "where {{ is_run_date() }}",
                "test_build_log.py::"
                "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
            )
        ],
    },
    "record_build": {
        "load_result('build_rows').response": [
            (
                "6 The build log says what the sources held before the run",
                "build_rows(builds_of_run().rows, log_checksums() if model.name == 'ws_sess_daily'"
                " else source_checksums())",
                "test_build_log.py::"
                "test_rows_that_come_when_a_run_has_read_its_checksums_are_never_called_current",
            )
        ],
        "    insert into {{ build_log_relation() }}\n    with": [
            (
                "6 Every build writes its row",
                "    with",
                "test_build_log.py::test_mart_alone_writes_its_row_on_a_fresh_target_and_again",
            )
        ],
    },
    "columns_of_build_log": {
        "case when held.part_date is null then 0 else 1 end": [
            (
                "6 The build log says whether the run made rows",
                "0",
                "test_build_log.py::test_build_log_from_before_columns_were_there_gets_them",
            )
        ],
    },
    "membership_checksums": {
        "(run_dates() + changes.keys() | list)": [
            (
                "6 Memberships that begin between the days of a list count",
                "run_dates()",
                "test_late_data.py::test_list_of_days_has_the_memberships_of_each_day",
            )
        ],
        "so_far.checksum + changes.get(date, 0)": [
            (
                "6 Memberships that began on earlier days count",
                "changes.get(date, 0)",
                "test_late_data.py::test_day_is_stale_where_other_members_are_covered",
            )
        ],
    },
    "mart_values": {
        "or {'lines_read': 0,": [
            (
                "6 A day without a line has lines_read 0",
                "or {'lines_read': 1,",
                "test_build_log.py::test_day_that_was_emptied_is_current_until_lines_come",
            )
        ],
    },
    "table_values": {
        "set dates = partition_days(partition, model.config.meta)": [
            (
                "6 The checksums of a week cover seven days",
                "set dates = [partition]",
                "test_build_log.py::"
                "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
            )
        ],
        "reads_ephemeral(model, source_model)": [
            (
                "6 Sources that a table does not read have no checksum",
                "true",
                "test_build_log.py::"
                "test_tables_that_were_left_out_are_named_and_built_by_the_command",
            )
        ],
        "for date in dates -%}\n                {%- do found": [
            (
                "6 Each day of the period has a checksum",
                "for date in run_dates() -%}\n                {%- do found",
                "test_build_log.py::"
                "test_rows_that_come_before_between_and_after_the_tables_of_a_run",
            )
        ],
        "checksums.get((source_model, date), 0)": [
            (
                "6 Each source has a checksum of its own",
                "checksums.get(('stg_we_mart__ws_order', date), 0)",
                "test_random_downstream.py",
            )
        ],
    },
    "build_rows": {
        "{{ var('session_timeout_minutes') }}": [
            (
                "6 The build log has the timeout of the run",
                "30",
                "test_build_log.py::"
                "test_day_built_with_other_settings_is_stale_unless_they_are_given",
            )
        ],
        "{{ var('max_clock_skew_hours') }}": [
            (
                "6 The build log has the clock skew of the run",
                "24",
                "test_build_log.py::"
                "test_day_built_with_other_settings_is_stale_unless_they_are_given",
            )
        ],
    },
    "is_build_of_run": {
        "table_name = '{{ model.name }}'\n    and ": [
            (
                "6 A run only replaces rows of its own table",
                "",
                "test_build_log.py::"
                "test_tables_that_were_left_out_are_named_and_built_by_the_command",
            )
        ],
        """and part_date in ('{{ run_partitions(model.config.meta) | join("', '") }}')""": [
            (
                "6 A run only replaces rows of its own days",
                "",
                "test_build_log.py::"
                "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
            )
        ],
    },
    "reads_ephemeral": {
        " or reads_ephemeral(parent, model_name)": [
            (
                "6 Sources that are read through other models count",
                "",
                "test_build_log.py::"
                "test_rows_that_come_before_between_and_after_the_tables_of_a_run",
            )
        ],
    },
    "tables_made_from_mart": {
        " | sort(attribute='name')": [
            (
                "6 Unfinished tables are sorted by name",
                " | sort(attribute='name', reverse=true)",
                "test_build_log.py::"
                "test_tables_that_were_left_out_are_named_and_built_by_the_command",
            )
        ],
        "node.config.meta.get('period', 'day')": [
            (
                "6 The weekly table has weeks as periods",
                "'day'",
                "test_build_log.py::"
                "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
            )
        ],
    },
    "stop_on_unbuilt_days": {
        "        | selectattr('table_name', 'equalto', 'ws_sess_daily')\n": [
            (
                "6 A build of the table itself is not one of the mart",
                "",
                "test_build_log.py::"
                "test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes",
            )
        ],
        "run_dates() | reject": [
            (
                "6 The weekly table only asks for the days of the run",
                "partition_days(run_partitions(model.config.meta)[0], model.config.meta) | reject",
                "test_build_log.py::test_mart_alone_writes_its_row_on_a_fresh_target_and_again",
            )
        ],
    },
}
