"""SPEC section 2: cleaning."""

MUTATIONS = {
    "clean_text": {
        "trim_spaces(column)": [("2 Spaces around a text are trimmed", "column")],
        "then {{ trimmed }}": [("2 Ids keep their case", "then lower({{ trimmed }})")],
        "['', 'null',": [("2 An empty text becomes null", "['null',")],
        "'', 'null', ": [("2 The word null becomes null", "'', ")],
        "'undefined', ": [("2 The word undefined becomes null", "")],
        "'none', ": [("2 The word none becomes null", "")],
        ", 'nan'": [("2 The word nan becomes null", "")],
        "'nan']": [
            ("2 The text 0 becomes null only in ids", "'nan', '0']"),
            (
                "2 The zero UUID becomes null only in ids",
                "'nan', '00000000-0000-0000-0000-000000000000']",
            ),
        ],
    },
    "is_ascii": {
        "= 8 * length({{ text }})": [("2 Only ASCII letters change their case", "is not null")],
    },
    "ascii_upper": {
        "translate({{ text }}, ": [
            ("2 Letters beside other characters become upper case", "replace({{ text }}, ")
        ],
        "'abcdefghijklmnopqrstuvwxyz'": [
            ("2 Every ASCII letter becomes upper case", "'abcdefghijklmnopqrstuvwxy'")
        ],
    },
    "ascii_lower": {
        "translate({{ text }}, ": [
            ("2 Letters beside other characters become lower case", "replace({{ text }}, ")
        ],
        "'ABCDEFGHIJKLMNOPQRSTUVWXYZ'": [
            ("2 Every ASCII letter becomes lower case", "'ABCDEFGHIJKLMNOPQRSTUVWXY'")
        ],
    },
    "trim_spaces": {
        "both ' ' from ": [("2 Only U+0020 is trimmed", "")],
        "trim(both ' '": [
            ("2 The start of a text is trimmed", "trim(trailing ' '"),
            ("2 The end of a text is trimmed", "trim(leading ' '"),
        ],
    },
    "is_event": {
        "reject_reason is null\n": [
            ("2 A rejected line is not an event", "true\n"),
            (
                "3 The filter of events does not clean the ids again",
                "reject_reason is null and browser_id is not null\n",
                "test_duckdb_plan.py::test_mart_cleans_no_line_in_a_filter",
            ),
        ],
    },
    "is_none_of": {
        "' and ' if": [("2 A value is kept if it is none of the null words", "' or ' if")],
        "lower({{ text }}) <>": [
            ("2 Null words count in any case", "{{ text }} <>"),
            ("2 Only a whole value is a null word", "substr(lower({{ text }}), 1, 4) <>"),
        ],
        "or not {{ is_ascii(text) }}": [("2 Null words are ASCII", "")],
    },
    "clean_id": {
        "'', 'null',": [("2 An empty id becomes null", "'null',")],
        "'null', ": [("2 The id null becomes null", "")],
        "'undefined', ": [("2 The id undefined becomes null", "")],
        "'none', ": [("2 The id none becomes null", "")],
        "'nan', ": [("2 The id nan becomes null", "")],
        "'0', ": [("2 The id 0 becomes null", "")],
        "'00000000-0000-0000-0000-000000000000',": [("2 The zero UUID becomes null", "")],
    },
    "stg_service_log__weplyapi_client_log": {
        "{{ as_declared('log_dt', 'timestamp') }} as log_dt": [
            (
                "1 Timestamps of any precision are read",
                "log_dt",
                "test_junk.py::test_log_of_another_precision_of_time",
            )
        ],
        "clean_id('log_id')": [("2 log_id is cleaned as an id", "clean_text('log_id')")],
        "clean_id('user_device_id')": [
            ("2 user_device_id is cleaned as an id", "clean_text('user_device_id')")
        ],
        "clean_id('wv_device_id')": [
            ("2 wv_device_id is cleaned as an id", "clean_text('wv_device_id')")
        ],
        "clean_id('s_wemember_id')": [
            ("2 s_wemember_id is cleaned as an id", "clean_text('s_wemember_id')")
        ],
        "clean_id('s_user_id')": [("2 s_user_id is cleaned as an id", "clean_text('s_user_id')")],
        "clean_text('os')": [("2 os is not cleaned as an id", "clean_id('os')")],
        "{{ clean_text('app_ver') }}": [("2 app_ver is cleaned", "app_ver")],
        "{{ clean_text('os') }}": [("2 os keeps its case", "lower({{ clean_text('os') }})")],
        "{{ ascii_upper('s_device_type') }} as": [
            ("2 s_device_type becomes upper case", "s_device_type as")
        ],
        "{{ clean_text('s_device_type') }}": [("2 s_device_type is cleaned", "s_device_type")],
        "{{ ascii_upper('ctry') }} as": [("2 ctry becomes upper case", "ctry as")],
        "{{ clean_text('s_ctry') }}": [("2 ctry is cleaned", "s_ctry")],
        "{{ ascii_upper('shop') }} as": [("2 shop becomes upper case", "shop as")],
        "{{ clean_text('shop') }}": [("2 shop is cleaned", "shop")],
        "{{ ascii_upper('platform') }} as": [("2 platform becomes upper case", "platform as")],
        "{{ clean_text('platform') }}": [("2 platform is cleaned", "platform")],
        "ascii_lower('lang')": [("2 lang becomes lower case", "ascii_upper('lang')")],
        "{{ clean_text('s_lang') }}": [("2 lang is cleaned", "s_lang")],
        "coalesce(user_device_id, wv_device_id)": [
            ("2 browser_id falls back to wv_device_id", "user_device_id")
        ],
        "(user_device_id, wv_device_id)": [
            ("2 browser_id is user_device_id if there is one", "(wv_device_id, user_device_id)")
        ],
        "from identified": [
            ("2 Rejected lines stay rows", "from identified where log_dt is not null")
        ],
        "select\n        *,\n": [("2 Repeated lines stay rows", "select distinct\n        *,\n")],
    },
    "stg_service_log__weplyapi_client_log_ids": {
        "{{ as_declared('log_dt', 'timestamp') }} as log_dt": [
            (
                "1 Timestamps of any precision are read for the ids too",
                "log_dt",
                "test_junk.py::test_log_of_another_precision_of_time",
            )
        ],
        "clean_id('user_device_id')": [
            ("2 user_device_id is cleaned as an id", "clean_text('user_device_id')")
        ],
        "clean_id('wv_device_id')": [
            ("2 wv_device_id is cleaned as an id", "clean_text('wv_device_id')")
        ],
        "clean_id('s_wemember_id')": [
            ("2 s_wemember_id is cleaned as an id", "clean_text('s_wemember_id')")
        ],
        "coalesce(user_device_id, wv_device_id)": [
            ("2 browser_id falls back to wv_device_id", "user_device_id")
        ],
        "(user_device_id, wv_device_id)": [
            ("2 browser_id is user_device_id if there is one", "(wv_device_id, user_device_id)")
        ],
        "reject_reason('log_dt', 'browser_id', 'part_date')": [
            (
                "2 Rejected lines are recognised for the ids too",
                "reject_reason('log_dt', 'browser_id', 'cast(log_dt as date)')",
            )
        ],
    },
    "reject_reason": {
        "when {{ log_dt }} is null": [
            ("2 A line without log_dt is rejected", "when false"),
            (
                "2 missing_log_dt is the first reason",
                "when {{ log_dt }} is null and {{ browser_id }} is not null",
            ),
        ],
        "when {{ browser_id }} is null": [
            ("2 A line without a device is rejected", "when false"),
            (
                "2 missing_device comes before log_dt_out_of_range",
                "when {{ browser_id }} is null"
                " and {{ log_dt }} < cast({{ part_date }} as date) + interval '48' hour",
            ),
        ],
        "whole_number_var('max_clock_skew_hours')": [("2 The clock skew is a variable", "24")],
        "{{ log_dt }} < {{": [("2 The lower limit of log_dt is included", "{{ log_dt }} <= {{")],
        "{{ log_dt }} > {{": [("2 The upper limit of log_dt is included", "{{ log_dt }} >= {{")],
        "24 + clock_skew": [("2 The clock skew begins at the end of the day", "clock_skew")],
        "-60 * clock_skew": [
            ("2 The clock skew reaches back before the start of the day", "60 * clock_skew")
        ],
    },
}
