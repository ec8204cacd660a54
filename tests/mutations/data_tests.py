"""The data tests of the project."""

MUTATIONS = {
    "assert_days_are_as_usual": {
        "severity='warn'": [
            (
                "6 An unusual day is a warning",
                "severity='error'",
                "test_seeds.py::test_sample_after_an_own_log_leaves_its_days",
            )
        ],
        "    and {{ is_tested_date() }}\n": [
            (
                "6 The data test only looks at days of the run",
                "",
                "test_seeds.py::test_sample_after_an_own_log_leaves_its_days",
            )
        ],
    },
    "ranges_neither_overlap_nor_leave_gaps": {
        "{{ valid_to }} <> next_valid_from": [
            (
                "1 The snapshot test finds a gap or an overlap",
                "false",
                "test_snapshots.py::test_snapshots_keep_what_changed_went_and_came_back",
            )
        ],
    },
    "never_null": {
        "not coalesce({{ expression }}, false)": [
            (
                "1 In a data test, an unknown expression is not true",
                "not {{ expression }}",
                "test_dbt_utils_subset.py",
            )
        ],
    },
    "assert_ids_of_the_log_are_cleaned_alike": {
        "'wv_device_id', 's_wemember_id', 'reject_reason'": [
            (
                "2 The data test compares every id",
                "'wv_device_id', 'reject_reason'",
                "test_junk.py::"
                "test_browsers_whose_ids_two_models_clean_in_different_ways_are_found",
            )
        ],
    },
    "assert_money_of_orders_is_kept": {
        "ordered_krw <> paid_krw": [
            (
                "5 Money is neither lost nor invented",
                "false",
                "test_downstream_runs.py::"
                "test_data_tests_pass_on_the_days_of_the_run_and_on_all_and_miss_no_money",
            )
        ],
    },
}
