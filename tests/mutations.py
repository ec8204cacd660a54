"""What scripts/mutate.py breaks on purpose, one rule of the SPEC at a time, for a test to notice.

MUTATIONS: the name of a model, macro or data test, or the path of another file, and its entries
(rule, old text, new text). The old text occurs there exactly once. A mutated project must still
run: SQL that does not compile fails every test and proves nothing. Where no unit test can fail, a
fourth text may name the end-to-end test that does. Without it, the test on random logs runs.
"""

RUNS = "tests/e2e/test_runs.py::"
SOURCES = "tests/e2e/test_sources.py::"
SEEDS = "tests/e2e/test_seeds.py::"
COLUMNS = "tests/e2e/test_columns.py::"
RETRY = "tests/e2e/test_retry.py::"
DOWNSTREAM = "tests/e2e/test_downstream_runs.py::"
DAYS_OF_OPERATION = (
    DOWNSTREAM + "test_operation_looks_at_the_days_of_the_run_or_at_the_last_days_of_the_log"
)
BUILDS = "tests/e2e/test_build_log.py::"
QUIET = BUILDS + "test_late_days_are_the_only_line_of_a_quiet_command"
RANDOM_DOWNSTREAM = "tests/e2e/test_random_downstream.py"
JUNK = "tests/e2e/test_junk.py::"

MUTATIONS = {
    # ---------------------------------------------------------------- SPEC 2: cleaning
    "clean_text": [
        ("2 strings are trimmed", "trim_spaces(column)", "column"),
        ("2 ids keep their case", "then {{ trimmed }}", "then lower({{ trimmed }})"),
        ("2 '' is null", "['', 'null',", "['null',"),
        ("2 null is null", "'', 'null', ", "'', "),
        ("2 undefined is null", "'undefined', ", ""),
        ("2 none is null", "'none', ", ""),
        ("2 nan is null", ", 'nan'", ""),
        ("2 0 is null in ids alone", "'nan']", "'nan', '0']"),
        (
            "2 the zero UUID is null in ids alone",
            "'nan']",
            "'nan', '00000000-0000-0000-0000-000000000000']",
        ),
    ],
    "is_ascii": [
        ("2 ASCII is folded alone", "= 8 * length({{ text }})", "is not null"),
    ],
    "ascii_upper": [
        ("2 upper: beside other letters too", "translate({{ text }}, ", "replace({{ text }}, "),
        ("2 upper: every letter", "'abcdefghijklmnopqrstuvwxyz'", "'abcdefghijklmnopqrstuvwxy'"),
    ],
    "ascii_lower": [
        ("2 lower: beside other letters too", "translate({{ text }}, ", "replace({{ text }}, "),
        ("2 lower: every letter", "'ABCDEFGHIJKLMNOPQRSTUVWXYZ'", "'ABCDEFGHIJKLMNOPQRSTUVWXY'"),
    ],
    "trim_spaces": [
        ("2 U+0020 alone is trimmed", "both ' ' from ", ""),
        ("2 trimmed at the start", "trim(both ' '", "trim(trailing ' '"),
        ("2 trimmed at the end", "trim(both ' '", "trim(leading ' '"),
    ],
    "is_event": [
        ("2 a rejected line is no event", "reject_reason is null\n", "true\n"),
        (
            "3 the ids are not cleaned in a filter",
            "reject_reason is null\n",
            "reject_reason is null and browser_id is not null\n",
            "tests/e2e/test_duckdb_plan.py::test_mart_cleans_no_line_in_a_filter",
        ),
    ],
    "is_none_of": [
        ("2 none of all words", "' and ' if", "' or ' if"),
        ("2 null words in any case", "lower({{ text }}) <>", "{{ text }} <>"),
        (
            "2 only the whole value is a null word",
            "lower({{ text }}) <>",
            "substr(lower({{ text }}), 1, 4) <>",
        ),
        ("2 null words are ASCII", "or not {{ is_ascii(text) }}", ""),
    ],
    "clean_id": [
        ("2 '' is null in ids", "'', 'null',", "'null',"),
        ("2 null is null in ids", "'null', ", ""),
        ("2 undefined is null in ids", "'undefined', ", ""),
        ("2 none is null in ids", "'none', ", ""),
        ("2 nan is null in ids", "'nan', ", ""),
        ("2 0 is null in ids", "'0', ", ""),
        ("2 the zero UUID is null in ids", "'00000000-0000-0000-0000-000000000000',", ""),
    ],
    "stg_service_log__weplyapi_client_log": [
        (
            "1 timestamp of any precision",
            "{{ as_declared('log_dt', 'timestamp') }} as log_dt",
            "log_dt",
            JUNK + "test_log_of_another_precision_of_time",
        ),
        ("2 log_id is an id", "clean_id('log_id')", "clean_text('log_id')"),
        ("2 user_device_id is an id", "clean_id('user_device_id')", "clean_text('user_device_id')"),
        ("2 wv_device_id is an id", "clean_id('wv_device_id')", "clean_text('wv_device_id')"),
        ("2 s_wemember_id is an id", "clean_id('s_wemember_id')", "clean_text('s_wemember_id')"),
        ("2 s_user_id is an id", "clean_id('s_user_id')", "clean_text('s_user_id')"),
        ("2 os is no id", "clean_text('os')", "clean_id('os')"),
        ("2 app_ver is cleaned", "{{ clean_text('app_ver') }}", "app_ver"),
        ("2 os keeps its case", "{{ clean_text('os') }}", "lower({{ clean_text('os') }})"),
        ("2 s_device_type is upper", "{{ ascii_upper('s_device_type') }} as", "s_device_type as"),
        ("2 s_device_type is cleaned", "{{ clean_text('s_device_type') }}", "s_device_type"),
        ("2 ctry is upper", "{{ ascii_upper('ctry') }} as", "ctry as"),
        ("2 ctry is cleaned", "{{ clean_text('s_ctry') }}", "s_ctry"),
        ("2 shop is upper", "{{ ascii_upper('shop') }} as", "shop as"),
        ("2 shop is cleaned", "{{ clean_text('shop') }}", "shop"),
        ("2 platform is upper", "{{ ascii_upper('platform') }} as", "platform as"),
        ("2 platform is cleaned", "{{ clean_text('platform') }}", "platform"),
        ("2 lang is lower", "ascii_lower('lang')", "ascii_upper('lang')"),
        ("2 lang is cleaned", "{{ clean_text('s_lang') }}", "s_lang"),
        ("2 browser_id falls back", "coalesce(user_device_id, wv_device_id)", "user_device_id"),
        (
            "2 browser_id is user_device_id",
            "(user_device_id, wv_device_id)",
            "(wv_device_id, user_device_id)",
        ),
        (
            "2 rejected lines stay rows",
            "from identified",
            "from identified where log_dt is not null",
        ),
        ("2 repeated lines stay rows", "select\n        *,\n", "select distinct\n        *,\n"),
    ],
    "stg_service_log__weplyapi_client_log_ids": [
        (
            "1 timestamp of any precision, for the ids too",
            "{{ as_declared('log_dt', 'timestamp') }} as log_dt",
            "log_dt",
            JUNK + "test_log_of_another_precision_of_time",
        ),
        ("2 user_device_id is an id", "clean_id('user_device_id')", "clean_text('user_device_id')"),
        ("2 wv_device_id is an id", "clean_id('wv_device_id')", "clean_text('wv_device_id')"),
        ("2 s_wemember_id is an id", "clean_id('s_wemember_id')", "clean_text('s_wemember_id')"),
        ("2 browser_id falls back", "coalesce(user_device_id, wv_device_id)", "user_device_id"),
        (
            "2 browser_id is user_device_id",
            "(user_device_id, wv_device_id)",
            "(wv_device_id, user_device_id)",
        ),
        (
            "2 rejected lines are told of",
            "reject_reason('log_dt', 'browser_id', 'part_date')",
            "reject_reason('log_dt', 'browser_id', 'cast(log_dt as date)')",
        ),
    ],
    "reject_reason": [
        ("2 rejected: missing_log_dt", "when {{ log_dt }} is null", "when false"),
        ("2 rejected: missing_device", "when {{ browser_id }} is null", "when false"),
        (
            "2 rejected: missing_log_dt is first",
            "when {{ log_dt }} is null",
            "when {{ log_dt }} is null and {{ browser_id }} is not null",
        ),
        (
            "2 rejected: missing_device is before the time",
            "when {{ browser_id }} is null",
            "when {{ browser_id }} is null"
            " and {{ log_dt }} < cast({{ part_date }} as date) + interval '48' hour",
        ),
        (
            "2 the clock skew is a variable",
            "whole_number_var('max_clock_skew_hours')",
            "24",
        ),
        ("2 the lower limit is in", "{{ log_dt }} < {{", "{{ log_dt }} <= {{"),
        ("2 the upper limit is in", "{{ log_dt }} > {{", "{{ log_dt }} >= {{"),
        ("2 after the end of the day", "24 + clock_skew", "clock_skew"),
        ("2 before the start of the day", "-60 * clock_skew", "60 * clock_skew"),
    ],
    # ---------------------------------------------------------------- SPEC 3: order
    "nulls_first": [
        ("3 order: nulls first", "nulls first", "nulls last"),
        ("3 order: ascending", "nulls first", "desc nulls first"),
    ],
    "event_order": [
        ("3 order: log_dt first", "'log_dt', 's_wemember_id',", "'s_wemember_id', 'log_dt',"),
        ("3 order: no browser_id", "'log_dt', ", "'log_dt', 'browser_id', "),
        ("3 order: by bytes", "'app_ver'", "'lower(app_ver)'"),
        ("3 order: no numbers in strings", "'app_ver'", "'length(app_ver)', 'app_ver'"),
        ("3 order: s_wemember_id", "'s_wemember_id', ", ""),
        ("3 order: wv_device_id", "'wv_device_id', ", ""),
        ("3 order: s_user_id", "'s_user_id', ", ""),
        ("3 order: ctry", "'ctry', ", ""),
        ("3 order: lang", "'lang', ", ""),
        ("3 order: platform", "'platform', ", ""),
        ("3 order: os", "'os',", ""),
        ("3 order: app_ver", "'app_ver',", ""),
        (
            "3 order: account before app device",
            "'s_wemember_id', 'wv_device_id'",
            "'wv_device_id', 's_wemember_id'",
        ),
        (
            "3 order: app device before user id",
            "'wv_device_id', 's_user_id'",
            "'s_user_id', 'wv_device_id'",
        ),
        ("3 order: user id before country", "'s_user_id', 'ctry'", "'ctry', 's_user_id'"),
        ("3 order: country before language", "'ctry', 'lang'", "'lang', 'ctry'"),
        ("3 order: language before platform", "'lang', 'platform'", "'platform', 'lang'"),
        ("3 order: platform before os", "'platform', 'os'", "'os', 'platform'"),
        ("3 order: os before version", "'os',\n        'app_ver'", "'app_ver', 'os'"),
    ],
    # ---------------------------------------------------------------- SPEC 3: where order matters
    "int_browsers_profiled": [
        ("2 a rejected line is no event", "where reject_reason is null", ""),
        ("3.3 a browser is a device", "device_kinds.device_kind = 'browser' or ", ""),
        ("3.3 each app device is a device", " or browsers_described.wv_device_id is not null", ""),
        (
            "3.3 several app devices",
            "when least_app_device_id <> greatest_app_device_id then 1\n",
            "",
        ),
        (
            "3.6 several accounts of a device",
            "device_least_account <> device_greatest_account",
            "false",
        ),
        (
            "3.6 accounts of the browser are of its devices",
            "min(browser_least_account)",
            "min(s_wemember_id)",
        ),
        (
            "3.6 accounts of all its browsers",
            "(partition by device_id, part_date)",
            "(partition by device_id, browser_id, part_date)",
        ),
        (
            "3.6 accounts of the day",
            "(partition by device_id, part_date)",
            "(partition by device_id)",
        ),
        (
            "3.3 app devices of the day",
            "(partition by browser_id, part_date)",
            "(partition by browser_id)",
        ),
        (
            "3.3 app devices of the browser",
            "(partition by browser_id, part_date)",
            "(partition by part_date)",
        ),
        ("3.3 an app device makes a profile", "app_device_id is not null or ", ""),
        ("3.6 order that matters makes a profile", " or order_matters = 1", ""),
    ],
    "int_events_merged": [
        ("2 a rejected line is no event", "where {{ is_event() }}", ""),
        ("3.4 slots", "order_matters, slot,", "order_matters,"),
        (
            "3.4 slots are as long as the timeout",
            "whole_number_var('session_timeout_minutes')",
            "30",
        ),
        ("3.4 the first time", "min(log_dt) as first", "max(log_dt) as first"),
        ("3.4 the last time", "max(log_dt) as log_dt", "min(log_dt) as log_dt"),
        ("3.6 in order, by time", "then events.log_dt end", "then timestamp '2024-01-15' end"),
        (
            "3.4 merged where order does not matter",
            "case when browsers.order_matters = 1 then events.log_dt end",
            "events.log_dt",
        ),
        (
            "3.3 the browser of the day",
            "\n            and events.part_date = browsers.part_date",
            "",
        ),
        (
            "3.3 the browser's own",
            "            events.browser_id = browsers.browser_id\n            and",
            "           ",
        ),
        (
            "3.3 without a profile order does not matter",
            "coalesce(browsers.order_matters, 0)",
            "browsers.order_matters",
        ),
    ],
    "time_slot": [
        (
            "3.4 in minutes",
            "us({{ timestamp }}) / {{ minutes * 60000000 }}",
            "us({{ timestamp }}) / {{ minutes * 120000000 }}",
        ),
        ("3.4 before 1970", "cast(floor(epoch_us", "cast(trunc(epoch_us"),
    ],
    # ---------------------------------------------------------------- SPEC 3: rules 1, 2, wv_fill
    "int_ordered_events_filled": [
        ("3.3 where order matters", "then order_matters else", "then 1 else"),
        (
            "3.3 where there is an app device",
            "case when app_device_id is not null then order_matters else 0 end",
            "order_matters",
        ),
        ("3 order: log_dt", "'log_dt', 's_wemember_id'", "'s_wemember_id', 'log_dt'"),
        ("3 order: s_wemember_id", "'s_wemember_id', 'wv", "'wv"),
        ("3 order: wv_device_id", ", 'wv_device_id'])", "])"),
        (
            "3 order: account before app device",
            "'s_wemember_id', 'wv_device_id'",
            "'wv_device_id', 's_wemember_id'",
        ),
        ("3 order: by bytes", "'log_dt', 's_wemember_id'", "'log_dt', 'lower(s_wemember_id)'"),
        (
            "3 order: no numbers in strings",
            "'log_dt', 's_wemember_id'",
            "'log_dt', 'length(s_wemember_id)', 's_wemember_id'",
        ),
        ("3.1 within a part_date", "browser = 'browser_id, part_date'", "browser = 'browser_id'"),
        (
            "3.1 by part_date, not by log_dt",
            "browser = 'browser_id, part_date'",
            "browser = 'browser_id, cast(log_dt as date)'",
        ),
        ("3.1 per browser", "browser = 'browser_id, part_date'", "browser = 'part_date'"),
        (
            "3.1 at the event",
            "'browser_event_seq') }} as account_fill_1",
            "'browser_event_seq', include_current=false) }} as account_fill_1",
        ),
        (
            "3.1 before the event",
            "{{ fill_forward('s_wemember_id', browser, 'browser_event_seq') }} as account",
            "s_wemember_id as account",
        ),
        (
            "3.1 never after the event",
            "fill_forward('s_wemember_id', browser, 'browser_event_seq')",
            "fill_forward_then_back('s_wemember_id', browser, 'browser_event_seq')",
        ),
        ("3.2 before the event", "include_current=false", "include_current=true"),
        (
            "3.2 differs from a non-null account",
            "account_fill_1 <> prev",
            "account_fill_1 is distinct from prev",
        ),
        (
            "3.2 a logout is no change",
            "account_fill_1 <> prev",
            "s_wemember_id is distinct from prev",
        ),
        ("3.2 A, B, A are three", "account_fill_1 <> prev", "account_fill_1 > prev"),
        (
            "3.2 ids keep their case",
            "account_fill_1 <> previous_account",
            "lower(account_fill_1) <> lower(previous_account)",
        ),
        ("3.3 within a part_date", "'browser_id, part_date, acc", "'browser_id, acc"),
        ("3.3 per browser", "'browser_id, part_date, acc", "'part_date, acc"),
        ("3.3 per login session", "part_date, account_sess_seq'", "part_date'"),
        ("3.3 else the first one after", "fill_forward_then_back(", "fill_forward("),
        (
            "3.3 by the order of events",
            "account_sess_seq', 'browser_event_seq'",
            "account_sess_seq', '-browser_event_seq'",
        ),
        (
            "3.3 a PC's app device fills others",
            "'wv_device_id', 'browser",
            "\"case when s_device_type <> 'PC' then wv_device_id end\", 'browser",
        ),
    ],
    "number_changes": [
        ("3.2 starts at 1", "start=1", "start=0"),
        ("3.2 rises at the change itself", "current row", "1 preceding"),
    ],
    "fill_forward": [
        ("3.1 at the event, where it says so", "'current row' if", "'1 preceding' if"),
        ("3.2 previous is before the event", "else '1 preceding'", "else 'current row'"),
        ("3.1 from any distance", "unbounded preceding", "1 preceding"),
    ],
    "last_non_null": [
        ("3.1 the last that is not null", "({{ column }} ignore nulls)", "({{ column }})"),
    ],
    # ---------------------------------------------------------------- SPEC 3: rule 3
    "int_events_devices_resolved": [
        ("3.3 the browser's one app device", "app_device_id as wv_fill", "wv_device_id as wv_fill"),
        (
            "3.3 an event once",
            "where case when app_device_id is not null then order_matters else 0 end = 0",
            "",
        ),
        ("3.3 where order does not matter", "then order_matters else", "then 1 else"),
        (
            "3.3 where there is no app device",
            "case when app_device_id is not null then order_matters else 0 end",
            "order_matters",
        ),
        ("3.3 a PC is its browser", "when s_device_type = 'PC'", "when false"),
        ("3.3 a tablet is no PC", "s_device_type = 'PC'", "s_device_type in ('PC', 'TABLET')"),
        ("3.3 unknown is no PC", "s_device_type = 'PC'", "s_device_type <> 'MOBILE'"),
        ("3.3 null is no PC", "s_device_type = 'PC'", "coalesce(s_device_type, 'PC') = 'PC'"),
        ("3.3 no app device: the browser", "coalesce(wv_fill, browser_id)", "wv_fill"),
        (
            "3.3 the filled app device",
            "coalesce(wv_fill, browser_id)",
            "coalesce(wv_device_id, browser_id)",
        ),
        ("3.3 the app device before the browser", "coalesce(wv_fill, browser_id)", "browser_id"),
        (
            "3.10 the line's own wv_device_id stays",
            "        *,\n        case when s_dev",
            "        * replace (wv_fill as wv_device_id),\n        case when s_dev",
        ),
    ],
    "fill_forward_then_back": [
        (
            "3.3 the first one after, not the last",
            "{{ first_non_null(column) }}",
            "{{ last_non_null(column) }}",
        ),
        ("3.3 at or before goes first", "{{ fill_forward(column, partition_by, order_by) }},", ""),
    ],
    "first_non_null": [
        ("3.3 the first that is not null", "({{ column }} ignore nulls)", "({{ column }})"),
    ],
    # ---------------------------------------------------------------- SPEC 3: rules 4 to 7
    "add_minutes": [
        ("3.4 in minutes", "interval '1' minute", "interval '1' second"),
    ],
    "int_events_sessions_numbered": [
        ("3.4 within a part_date", "device = 'new_dvc_id, part_date'", "device = 'new_dvc_id'"),
        ("3.4 per device", "device = 'new_dvc_id, part_date'", "device = 'part_date'"),
        (
            "3.4 over all browsers of it",
            "device = 'new_dvc_id, part_date'",
            "device = 'new_dvc_id, part_date, browser_id'",
        ),
        (
            "3.4 the timeout is a variable",
            "whole_number_var('session_timeout_minutes')",
            "30",
        ),
        ("3.4 sess_seq starts at 1", "start=0", "start=1"),
        ("3.4 more than the timeout", "slot_start_dt > {{", "slot_start_dt >= {{"),
        ("3.4 the first event starts one", "timeout) }}, true", "timeout) }}, false"),
        (
            "3.4 to the microsecond",
            "slot_start_dt > {{",
            "date_trunc('milliseconds', slot_start_dt) > {{",
        ),
        ("3.4 from the last event before", "lag(log_dt) over", "lag(first_log_dt) over"),
        ("3.4 from the event just before", "lag(log_dt) over", "lag(log_dt, 2) over"),
        ("3.4 to the first event of the slot", "slot_start_dt > {{", "first_log_dt > {{"),
        ("3.4 to the first time of the slot", "min(first_log_dt) over", "min(log_dt) over"),
        ("3.4 the least of the slot", "min(first_log_dt) over", "max(first_log_dt) over"),
        (
            "3.4 of the slot alone",
            "range between current row and current row",
            "range between unbounded preceding and current row",
        ),
        (
            "3.10 is_device_login needs an account",
            "case when s_wemember_id is not null then 1 else 0 end",
            "1",
        ),
        (
            "3.10 is_device_login of the device",
            "max(case when s_wemember_id is not null then 1 else 0 end) over whole_device",
            "case when s_wemember_id is not null then 1 else 0 end",
        ),
        (
            "3.11 platform of the device",
            "{{ last_non_null('platform') }} over whole_device",
            "platform",
        ),
        ("3.11 os of the device", "{{ last_non_null('os') }} over whole_device", "os"),
        (
            "3.11 app_ver of the device",
            "{{ last_non_null('app_ver') }} over whole_device",
            "app_ver",
        ),
        ("3.11 platform: the last", "last_non_null('platform')", "first_non_null('platform')"),
        ("3.11 os by order, not greatest", "last_non_null('os')", "'max(os)'"),
        ("3.11 app_ver: non-null", "last_non_null('app_ver')", "'last_value(app_ver)'"),
        (
            "3.11 by the order of events",
            "order by device_event_seq",
            "order by -device_event_seq",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 3: sessions
    "int_events_sessions_described": [
        ("3.6 within the session", "'new_dvc_id, part_date, sess_seq'", "'new_dvc_id, part_date'"),
        ("3.6 within the device", "'new_dvc_id, part_date, sess_seq'", "'part_date, sess_seq'"),
        (
            "3.6 within a part_date",
            "'new_dvc_id, part_date, sess_seq'",
            "'new_dvc_id, sess_seq'",
        ),
        (
            "3.6 else the session's first",
            "fill_forward_then_back('s_wemember_id'",
            "fill_forward('s_wemember_id'",
        ),
        (
            "3.6 by the order of events",
            "session, 'device_event_seq') }} as account",
            "session, '-device_event_seq') }} as account",
        ),
        (
            "3.7 lines with an account alone",
            "case when s_wemember_id = account_fill then s_user_id end",
            "s_user_id",
        ),
        ("3.5 starts with its first event", "min(first_log_dt) over", "max(first_log_dt) over"),
        ("3.5 starts with the first of a row", "min(first_log_dt) over", "min(log_dt) over"),
        (
            "3.5 starts for all its events",
            "min(first_log_dt) over whole_session",
            "first_log_dt",
        ),
        ("3.5 ends with its last event", "max(log_dt) over", "min(log_dt) over"),
        ("3.5 ends with an event of its own", "max(log_dt) over whole_session", "log_dt"),
        ("3.10 is_wv of any event", "max(case when wv_", "min(case when wv_"),
        (
            "3.10 own wv_device_id",
            "case when wv_device_id is not null",
            "case when new_dvc_id like 'w%'",
        ),
        ("3.10 is_sess_login of any event", "max(case when s_w", "min(case when s_w"),
        (
            "3.10 is_device_login is not that of the session",
            "        is_device_login,\n",
            "        max(case when s_wemember_id is not null then 1 else 0 end) over whole_session"
            " as is_device_login,\n",
        ),
        (
            "3.11 sess_ctry of the session",
            "{{ last_non_null('ctry') }} over whole_session",
            "ctry",
        ),
        (
            "3.11 sess_lang of the session",
            "{{ last_non_null('lang') }} over whole_session",
            "lang",
        ),
        ("3.11 sess_ctry: the last", "last_non_null('ctry')", "first_non_null('ctry')"),
        ("3.11 sess_lang by order, not greatest", "last_non_null('lang')", "'max(lang)'"),
        ("3.11 by the order of events", "order by device_event_seq", "order by -device_event_seq"),
    ],
    "escape_id": [
        ("3.5 % is escaped", "replace({{ column }}, '%', '%25')", "{{ column }}"),
        ("3.5 | is escaped", "'%7C'", "'|'"),
        (
            "3.5 % is escaped first",
            "replace(replace({{ column }}, '%', '%25'), '|', '%7C')",
            "replace(replace({{ column }}, '|', '%7C'), '%', '%25')",
        ),
    ],
    "utc_timestamp_digits": [
        ("3.5 milliseconds", "%S%g'", "%S'"),
        ("3.5 milliseconds, not microseconds", "%S%g'", "%S%f'"),
        (
            "3.5 truncated, not rounded",
            "strftime({{ timestamp }},",
            "strftime({{ timestamp }} + interval '500' microsecond,",
        ),
        ("3.5 padded with zeros", "%H%M", "%-H%M"),
        ("3.5 in 24 hours", "%H%M", "%I%M"),
    ],
    "seconds_between": [
        (
            "3.12 whole seconds of both, not elapsed",
            "date_diff('second', {{ start_timestamp",
            "date_sub('second', {{ start_timestamp",
        ),
        ("3.12 in seconds", "date_diff('second'", "date_diff('minute'"),
        (
            "3.12 end minus start",
            "{{ start_timestamp }}, {{ end_timestamp }})",
            "{{ end_timestamp }}, {{ start_timestamp }})",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 3: user sessions
    "int_session_artists_identified": [
        (
            "3.8 per account",
            "sess_seq, account_fill\n        order",
            "sess_seq\n        order",
        ),
        (
            "3.8 per session",
            "part_date, sess_seq, account_fill\n        order",
            "part_date, account_fill\n        order",
        ),
        ("3.8 per device", "partition by new_dvc_id, part_date", "partition by part_date"),
        ("3.8 within a part_date", "partition by new_dvc_id, part_date", "partition by new_dvc_id"),
        ("3.8 least log_dt", "min(first_log_dt)", "max(first_log_dt)"),
        ("3.8 from the first event of a row", "min(first_log_dt)", "min(log_dt)"),
        ("3.8 greatest log_dt", "max(log_dt) over", "min(log_dt) over"),
        ("3.5 sess_id: the bar", "|| '|' || {{ escape_id('new", "|| '-' || {{ escape_id('new"),
        ("3.5 sess_id: % and | escaped", "{{ escape_id('new_dvc_id') }}", "new_dvc_id"),
        (
            "3.5 sess_id: the session's start",
            "utc_timestamp_digits('sess_start_dt')",
            "utc_timestamp_digits('user_sess_start_dt')",
        ),
        (
            "3.8 the session where there is no account",
            "when account_fill is null then sess_id\n",
            "when account_fill is null then sess_id || '|'\n",
        ),
        (
            "3.8 the bar before the account",
            "|| '|' || {{ escape_id('acc",
            "|| '-' || {{ escape_id('acc",
        ),
        ("3.5 % and | of the account escaped", "{{ escape_id('account_fill') }}", "account_fill"),
        ("3.9 the last", "last_non_null('user_id_matched')", "first_non_null('user_id_matched')"),
        (
            "3.9 for the whole user session",
            "{{ last_non_null('user_id_matched') }} over whole_user_session as",
            "user_id_matched as",
        ),
        ("3.11 user_ctry: the last", "last_non_null('ctry')", "first_non_null('ctry')"),
        ("3.11 user_lang by order, not greatest", "last_non_null('lang')", "'max(lang)'"),
        ("3.11 by the order of events", "order by device_event_seq", "order by -device_event_seq"),
        (
            "3.11 user_ctry is not sess_ctry",
            "{{ last_non_null('ctry') }} over whole_user_session as",
            "sess_ctry as",
        ),
        (
            "3.11 sess_lang is not user_lang",
            "        sess_lang,\n        ws_art",
            "        user_lang as sess_lang,\n        ws_art",
        ),
        ("4 each artist is a row", "select * from {{", "select * replace (1 as ws_art_id) from {{"),
        ("4 each shop is a row", "select * from {{", "select * replace ('US' as shop) from {{"),
        (
            "3.12 the session's own times",
            "seconds_between('sess_start_dt', 'sess_end_dt')",
            "seconds_between('user_sess_start_dt', 'user_sess_end_dt')",
        ),
        (
            "3.12 of the user session",
            "seconds_between('user_sess_start_dt', 'user_sess_end_dt')",
            "seconds_between('sess_start_dt', 'sess_end_dt')",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 4: the mart
    "int_fc_memberships_merged": [
        (
            "4 no end is still running",
            "coalesce(fc_end_date, date '9999-12-31') as",
            "coalesce(fc_end_date, fc_start_date) as",
        ),
        ("4 no start covers nothing", "        and fc_start_date is not null\n", ""),
        (
            "4 ends before it starts",
            "        and (fc_start_date <= fc_end_date or fc_end_date is null)\n",
            "",
        ),
        ("4 one day is enough", "fc_start_date <= fc_end_date", "fc_start_date < fc_end_date"),
        ("4 no end covers", "<= fc_end_date or fc_end_date is null", "<= fc_end_date"),
        ("4 nobody is no member", "we_member_id is not null\n        and ", ""),
        ("4 no artist has no members", "        and we_art_id is not null\n", ""),
        ("4 a shared day is one membership", "fc_start_date > latest", "fc_start_date >= latest"),
        ("4 the greatest end so far", "max(fc_end_date) over", "last_value(fc_end_date) over"),
        ("4 of the rows before", "and 1 preceding", "and current row"),
        ("4 lasts as long as the longest", "max(fc_end_date) as", "min(fc_end_date) as"),
        ("4 starts with the first", "min(fc_start_date) as", "max(fc_start_date) as"),
        ("4 per account", "'partition by we_member_id, we_art_id'", "'partition by we_art_id'"),
        ("4 per artist", "'partition by we_member_id, we_art_id'", "'partition by we_member_id'"),
    ],
    "int_artists_deduplicated": [
        ("4 an artist once", "where artist_rank = 1", ""),
        ("4 no ws_art_id is no artist", "where ws_art_id is not null", ""),
        ("4 per ws_art_id", "partition by ws_art_id", "partition by we_art_id"),
        ("4 the greatest we_art_id", "we_art_id desc", "we_art_id asc"),
        ("4 then the greatest name", "we_art_name desc", "we_art_name asc"),
        ("4 a null we_art_id is least", "we_art_id desc nulls last", "we_art_id desc nulls first"),
        ("4 a null name is least", "we_art_name desc nulls last", "we_art_name desc nulls first"),
        ("4 we_art_id before the name", "we_art_id desc nulls last, ", ""),
    ],
    "ws_sess_daily": [
        ("4 the run's dates alone", "where {{ is_run_date() }}", ""),
        (
            "4 key_date is part_date",
            "cast(session_artists.part_date as date)",
            "cast(session_artists.sess_start_dt as date)",
        ),
        ("4 unknown artists stay", "left join artists", "inner join artists"),
        (
            "4 by ws_art_id",
            "session_artists.ws_art_id = artists.ws_art_id",
            "session_artists.ws_art_id = artists.we_art_id",
        ),
        (
            "4 null equals nothing (artist)",
            "session_artists.ws_art_id = artists",
            "session_artists.ws_art_id is not distinct from artists",
        ),
        ("4 not only members", "left join memberships", "inner join memberships"),
        (
            "4 member: the account's own",
            "with_artists.account_fill = memberships.we_member_id\n            and ",
            "",
        ),
        ("4 member: of the artist", "and with_artists.we_art_id = memberships.we_art_id", ""),
        (
            "4 member: we_art_id, not ws_art_id",
            "with_artists.we_art_id = memberships",
            "with_artists.ws_art_id = memberships",
        ),
        (
            "4 null equals nothing (member's artist)",
            "with_artists.we_art_id = memberships",
            "with_artists.we_art_id is not distinct from memberships",
        ),
        (
            "4 member: on the first day",
            "between memberships.fc_start_date and",
            "between memberships.fc_start_date + 1 and",
        ),
        (
            "4 member: on the last day",
            "and memberships.fc_end_date",
            "and memberships.fc_end_date - 1",
        ),
        (
            "4 member: not the day before",
            "between memberships.fc_start_date and",
            "between memberships.fc_start_date - 1 and",
        ),
        (
            "4 member: not the day after",
            "and memberships.fc_end_date",
            "and memberships.fc_end_date + 1",
        ),
        (
            "4 is_fc where there is a member",
            "we_member_id is not null then 1",
            "account_fill is not null then 1",
        ),
        ("4 is_fc is 1", "then 1 else 0 end as is_fc", "then 0 else 1 end as is_fc"),
        (
            "4 ws_user_id is user_id_fill",
            "user_id_fill as ws_user_id",
            "account_fill as ws_user_id",
        ),
        ("4 device_id is new_dvc_id", "new_dvc_id as device_id", "account_fill as device_id"),
    ],
    # ---------------------------------------------------------------- SPEC 4: dates of a run
    "dates_between": [
        # Of a single day none is left out, so that there are dates to render the SQL with.
        (
            "4 the last day is in",
            "range((last_date - first_date).days + 1)",
            "range([(last_date - first_date).days, 1] | max)",
        ),
        (
            "4 the first day is in",
            "range((last_date",
            "range([(last_date - first_date).days, 1] | min, (last_date",
        ),
    ],
    "stop_on_too_many_days": [
        (
            "4 a range of at most max_run_days",
            "day_count > max_run_days",
            "false",
            RUNS + "test_range_that_is_too_long_stops_the_run",
        ),
    ],
    "run_dates": [
        (
            "4 without the variable: yesterday",
            "timedelta(days=1)",
            "timedelta(days=2)",
            RUNS + "test_without_a_date_the_day_is_yesterday_utc",
        ),
        (
            "4 a range that ends before it starts stops",
            "last_date < first_date",
            "false",
            RUNS + "test_range_that_ends_before_it_starts_stops_the_run",
        ),
        (
            "4 part_date_to alone stops",
            "var.has_var('part_date_to') -%}\n        {{ exc",
            "false -%}\n        {{ exc",
            RUNS + "test_end_of_range_without_a_start_stops_the_run",
        ),
    ],
    "listed_dates": [
        (
            "4 part_dates stands alone",
            "['part_date', 'part_date_to'] if",
            "['part_date', 'part_date_to'] if false and",
            RUNS + "test_list_that_is_no_list_of_days_stops_the_run",
        ),
        (
            "4 a list is of one day at least",
            "is_list and not given",
            "false",
            RUNS + "test_list_that_is_no_list_of_days_stops_the_run",
        ),
        (
            "4 part_dates in whatever order, however often",
            "dates | unique | sort",
            "dates",
            RUNS + "test_list_builds_exactly_its_days",
        ),
    ],
    "is_one_of_dates": [
        ("4 a range ends on its last day", "and '{{ dates[-1] }}'", "and '{{ dates[0] }}'"),
        (
            "4 a text between two days is no day",
            "{{ is_real_date(column) }}",
            "true",
        ),
        (
            "4 the days of a range alone",
            "{{ column }} between '{{ dates[0] }}' and '{{ dates[-1] }}'",
            "true",
        ),
        (
            "4 the days of a list alone",
            """{{ column }} in ('{{ dates | join("', '") }}')""",
            "true",
            RUNS + "test_list_builds_exactly_its_days",
        ),
    ],
    "is_range": [
        (
            "4 a list with a gap is no range",
            "+ 1 == dates | length",
            "+ 1 >= dates | length",
            RUNS + "test_list_builds_exactly_its_days",
        ),
    ],
    "parse_date": [
        (
            "4 only yyyy-MM-dd",
            "([0-9]{4})-([0-9]{2})-([0-9]{2})\\\\Z",
            "([0-9]{4})-?([0-9]{2})-?([0-9]{2})\\\\Z",
            RUNS + "test_unreal_date_stops_the_run",
        ),
        (
            "4 only real days",
            "date.month == month",
            "true",
            RUNS + "test_unreal_date_stops_the_run",
        ),
        (
            "4 days from 1970 to 2999",
            "1970 <= year <= 2999",
            "1 <= year <= 9999",
            RUNS + "test_unreal_date_stops_the_run",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 1: sources, seeds
    "sources_of_run": [
        (
            "1 sources behind ephemeral models are looked at",
            "materialized == 'ephemeral'",
            "materialized == 'none'",
            SOURCES + "test_only_the_sources_that_the_run_reads_are_looked_at",
        ),
        (
            "1 only sources that the run reads",
            "materialized == 'ephemeral'",
            "materialized != 'none'",
            SOURCES + "test_only_the_sources_that_the_run_reads_are_looked_at",
        ),
        (
            "1 what a seed makes is not looked at",
            "not in made_by_seeds",
            "not in []",
            SOURCES + "test_source_that_a_seed_of_the_command_makes_is_not_looked_at",
        ),
    ],
    "source_faults": [
        (
            "1 names without case",
            "column.name | lower",
            "column.name | upper",
            SOURCES + "test_view_with_other_columns_and_names_in_capitals_is_as_declared",
        ),
    ],
    "holds_type": [
        (
            "1 enumerations are strings",
            "(varchar|enum\\\\(.*\\\\))",
            "(varchar)",
            SOURCES + "test_types_that_hold_the_same_values_give_the_same_rows",
        ),
        (
            "1 times of any precision",
            "timestamp(_s|_ms|_ns)?",
            "timestamp",
            SOURCES + "test_types_that_hold_the_same_values_give_the_same_rows",
        ),
    ],
    "as_declared": [
        (
            "1 enumerations give the rows of strings",
            "cast({{ column }} as {{ type }})",
            "{{ column }}",
            SOURCES + "test_types_that_hold_the_same_values_give_the_same_rows",
        ),
        (
            "1 what is finer than a microsecond is cut",
            "cast(cast({{ column }} as string) as timestamp)",
            "cast({{ column }} as timestamp)",
            JUNK + "test_nanoseconds_are_cut",
        ),
    ],
    "mending_cast": [
        (
            "1 the cast of a zoned time gives UTC",
            """column ~ " at time zone 'UTC'" if""",
            "column if",
            SOURCES + "test_every_column_of_a_wrong_type_is_named_with_its_cast",
        ),
        (
            "1 the cast of nanoseconds cuts",
            "if found in ('timestamp_ns', 'timestamptz_ns')",
            "if false",
            SOURCES + "test_every_column_of_a_wrong_type_is_named_with_its_cast",
        ),
    ],
    "rows_besides_sample": [
        (
            "1 a line once more is no line of the sample",
            "except all",
            "except",
            SEEDS + "test_rows_that_differ_from_the_sample_are_not_its_own",
        ),
        (
            "1 a table of other columns is not the sample's",
            "if not others",
            "if true",
            SEEDS + "test_rows_that_differ_from_the_sample_are_not_its_own",
        ),
    ],
    "stop_on_other_rows": [
        (
            "1 only the days given",
            "{% if days -%}",
            "{% if false -%}",
            SEEDS + "test_operation_looks_at_the_days_given",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 4: a change of columns
    "column_changes": [
        (
            "4 a column that is gone stops the run",
            "if name not in declared -%}",
            "if false -%}",
            COLUMNS + "test_every_other_change_stops_the_run_before_it_writes",
        ),
        (
            "4 a column of another type stops the run",
            "if not holds_type(found_types[name], declared[name].data_type)",
            "if false",
            COLUMNS + "test_every_other_change_stops_the_run_before_it_writes",
        ),
        (
            "4 a column in the middle stops the run",
            "index(name) < last",
            "index(name) < 0",
            COLUMNS + "test_every_other_change_stops_the_run_before_it_writes",
        ),
        (
            "4 another order stops the run",
            "if kept != found_types.keys() | select('in', declared) | list",
            "if false",
            COLUMNS + "test_every_other_change_stops_the_run_before_it_writes",
        ),
        (
            "4 a new column that is not_null stops the run",
            "'equalto', 'not_null'",
            "'equalto', 'none'",
            COLUMNS + "test_every_other_change_stops_the_run_before_it_writes",
        ),
    ],
    "number_var": [
        (
            "6 the ratio is above 1",
            "minimum < value",
            "minimum <= value",
            RUNS + "test_other_bad_variable_stops_the_run",
        ),
        (
            "6 the share is at most 1",
            "value <= maximum",
            "value",
            RUNS + "test_other_bad_variable_stops_the_run",
        ),
        (
            "6 the share is a number",
            "value is boolean or ",
            "",
            RUNS + "test_other_bad_variable_stops_the_run",
        ),
    ],
    "whole_number_var": [
        (
            "3.4 the timeout is at least 1",
            "or value | int < minimum",
            "",
            RUNS + "test_other_bad_variable_stops_the_run",
        ),
        (
            "3.4 the timeout is at most 1,440",
            " or (maximum is not none and value | int > maximum)",
            "",
            RUNS + "test_other_bad_variable_stops_the_run",
        ),
        (
            "3.4 the timeout is a whole number",
            "not modules.re.match('[0-9]{1,9}\\\\Z', value | string)",
            "false",
            RUNS + "test_other_bad_variable_stops_the_run",
        ),
    ],
    "stop_on_empty_days": [
        (
            "4 allow_empty_day",
            "not flag_var('allow_empty_day')",
            "true",
            RUNS + "test_empty_day_within_a_range_is_emptied_where_allowed",
        ),
        (
            "4 a day of lines that are no events is empty",
            "selectattr('events') | ",
            "",
            RUNS + "test_day_of_rejected_lines_alone_is_empty",
        ),
    ],
    "get_incremental_replace_run_dates_sql": [
        (
            "4 a rerun replaces the day",
            """part_date in ('{{ partitions | join("', '") }}');""",
            "false;",
            RUNS + "test_rerun_after_the_log_changed_replaces_that_day_alone",
        ),
        (
            "4 a rerun touches no other day",
            """part_date in ('{{ partitions | join("', '") }}');""",
            "true;",
            RUNS + "test_daily_runs_give_the_rows_of_one_range_run",
        ),
        (
            "5 a rerun replaces the Monday of the week",
            "run_partitions(config.get('meta'))",
            "run_dates()",
            DOWNSTREAM + "test_daily_runs_in_any_order_give_the_rows_of_one_range_run",
        ),
    ],
    "dbt_project.yml": [
        (
            "4 --full-refresh drops nothing",
            "+full_refresh: false",
            "+full_refresh: true",
            RUNS + "test_full_refresh_keeps_the_history",
        ),
        (
            "6 the build log is as it was when a run fails",
            '+pre-hook: "{{ prepare_build() }}"',
            '+pre-hook: {sql: "{{ prepare_build() }}", transaction: false}',
            BUILDS + "test_run_that_fails_leaves_table_and_build_log_as_they_were",
        ),
        (
            "4 a query that breaks its contract stops the run",
            "enforced: true",
            "enforced: false",
            COLUMNS + "test_query_that_breaks_its_contract_stops_the_run_before_it_writes",
        ),
        (
            "1 dbt retry loads no seed over other rows",
            "if execute and not selected_resources",
            "if false",
            RETRY + "test_seed_over_other_rows_stops_the_retry",
        ),
    ],
    "resources_of_run": [
        (
            "4 dbt retry is held back like the command",
            "rejectattr('resource_type', 'equalto', 'seed')",
            "rejectattr('resource_type', 'equalto', 'model')",
            RETRY + "test_change_of_columns_stops_the_retry",
        ),
        (
            "4 what builds nothing is not held back",
            "get(flags.WHICH, [])",
            "get(flags.WHICH, ['model'])",
            BUILDS + "test_command_that_builds_nothing_writes_nothing_and_is_not_held_back",
        ),
    ],
    "models/staging/service_log/_service_log__sources.yml": [
        (
            "1 freshness reads the last days alone",
            "part_date >= cast(cast(current_date - interval '5' day as date) as string)",
            "part_date is not null",
            "tests/e2e/test_duckdb_plan.py::test_freshness_reads_the_last_days_of_the_log_alone",
        ),
        (
            "1 freshness reads every day that counts",
            "interval '5' day",
            "interval '2' day",
            "tests/e2e/test_freshness.py::test_log_is_as_fresh_as_its_newest_line",
        ),
        (
            "1 a line of the future makes no log fresh",
            "and log_dt <= current_timestamp",
            "",
            "tests/e2e/test_freshness.py::test_log_is_as_fresh_as_its_newest_line",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 5: visits
    "int_user_sessions_typed": [
        ("5 time is added once", "max(sess_dur) as", "sum(sess_dur) as"),
    ],
    "vst_platform": [
        ("5 WV_APP is APP", "{{ platform }} = 'APP' and ", ""),
        ("5 WV_APP is in the Weverse app", " and {{ is_wv }} = 1", ""),
        ("5 WS_APP is APP", "{{ platform }} = 'APP' then", "{{ platform }} is not null then"),
        ("5 anything else is WEB", "else 'WEB'", "else {{ platform }}"),
    ],
    "int_account_visits_typed": [
        (
            "5 a Weverse session of that day",
            "shop_accounts.part_date = weverse_members.part_date\n            and ",
            "",
        ),
        ("5 WS without Weverse", "left join weverse_members", "inner join weverse_members"),
        ("5 nobody is no account", "where account_id is not null", ""),
        ("5 a member once", "    group by part_date, we_member_id\n", ""),
        ("5 WS_APP is no WEB", "vst_platform = 'WEB'", "vst_platform <> 'WV_APP'"),
    ],
    "vst_type_dtl": [
        (
            "5 platforms are sorted",
            "case when {{ has_web }} = 1 then '+WEB' else '' end\n"
            "                || case when {{ has_ws_app }} = 1 then '+WS_APP' else '' end",
            "case when {{ has_ws_app }} = 1 then '+WS_APP' else '' end\n"
            "                || case when {{ has_web }} = 1 then '+WEB' else '' end",
        ),
        ("5 platforms are joined by +", "'+WV_APP'", "',WV_APP'"),
        ("5 no visit is NONE", "'NONE'", "''"),
    ],
    "int_order_items_visited": [
        (
            "5 the start is cut to seconds",
            "{{ dbt.date_trunc('second', 'user_sess_start_dt') }}",
            "user_sess_start_dt",
        ),
        ("5 at the second of the start", "0 as is_order_item", "2 as is_order_item"),
        (
            "5 which is the latest is not cut",
            "'is_order_item', 'user_sess_start_dt', ",
            "'is_order_item', ",
        ),
        (
            "5 ties: the greatest",
            "'user_sess_start_dt', 'user_sess_id'",
            "'user_sess_start_dt', 'user_sess_id desc'",
        ),
        (
            "5 the account's own session",
            "set account = 'part_date, account_id'",
            "set account = 'part_date'",
        ),
        (
            "5 a session of the day",
            "set account = 'part_date, account_id'",
            "set account = 'account_id'",
        ),
        ("5 null account: no session", "where account_id is not null", ""),
        (
            "5 no session is NONE",
            "coalesce(visited.last_vst_platform, 'NONE')",
            "visited.last_vst_platform",
        ),
        (
            "5 no visit: vst_type NONE",
            "coalesce(account_visits.vst_type, 'NONE')",
            "account_visits.vst_type",
        ),
        (
            "5 the types are of the day",
            "visited.part_date = account_visits.part_date\n            and ",
            "",
        ),
        ("5 both rows of a key count", "select * from typed", "select distinct * from typed"),
        ("5 orders only", "where visited.is_order_item = 1", ""),
    ],
    "ws_platform_daily": [
        ("5 anonymous visits make no row", "account_id is not null\n        and ", ""),
        ("5 a visit without payment stays", "account_id is not null\n", "false\n"),
        ("5 pay_order: distinct", "count(distinct ord_sheet_number)", "count(ord_sheet_number)"),
        ("5 pay_krw is never null", "coalesce(aggregated.pay_krw, 0)", "aggregated.pay_krw"),
        ("5 pay_qty is never null", "coalesce(aggregated.pay_qty, 0)", "aggregated.pay_qty"),
        ("5 pay_qty is of ord_item_qty", "ord_item_qty as pay_qty", "1 as pay_qty"),
        (
            "5 who did not visit",
            "coalesce(account_visits.vst_type_dtl, 'NONE')",
            "account_visits.vst_type_dtl",
        ),
        (
            "5 the types are of the day",
            "aggregated.part_date = account_visits.part_date\n            and ",
            "",
        ),
    ],
    "stats_ws_d_ord_shop_integ": [
        ("5 cnt_pay_user: distinct", "count(distinct account_id)", "count(account_id)"),
        ("5 cnt_ord: distinct", "count(distinct ord_sheet_number)", "count(ord_sheet_number)"),
        ("5 cnt_ord_item: rows", "count(*)", "count(account_id)"),
        ("5 pay_krw is never null", "coalesce(pay_krw, 0)", "pay_krw"),
        ("5 pay_qty is never null", "coalesce(pay_qty, 0)", "pay_qty"),
        ("5 the run's dates alone", "where {{ is_run_date() }}", ""),
    ],
    "stats_ws_d_ord_shop_integ_summary": [
        (
            "5 au is 0 for NONE",
            "case when vst_platform <> 'NONE' then account_id end",
            "account_id",
        ),
        ("5 pay_user whatever the amount", "pay_order > 0", "pay_krw > 0"),
        ("5 run_timestamp: the greatest", "max(run_timestamp)", "min(run_timestamp)"),
    ],
    # ---------------------------------------------------------------- SPEC 5: visitors
    "days_of_week": [
        ("5 a week ends on Sunday", "days=6", "days=5"),
    ],
    "run_weeks": [
        ("5 a week begins on Monday", "days=date.weekday()", "days=(date.weekday() + 1) % 7"),
        (
            "5 a week once",
            "if monday not in mondays",
            "if true",
            BUILDS + "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
        ),
    ],
    "is_run_week_date": [
        ("5 the first week that the run touches", "in run_weeks()", "in run_weeks()[1:]"),
        ("5 the last week that the run touches", "in run_weeks()", "in run_weeks()[:1]"),
    ],
    "int_visitors_counted": [
        (
            "5 the whole week's visits",
            "('int_user_sessions_typed') }}\n    where {{ is_run_week_date() }}",
            "('int_user_sessions_typed') }}\n    where {{ is_run_date() }}",
        ),
        (
            "5 the whole week's Weverse sessions",
            "we_member_id is not null\n        and {{ is_run_week_date() }}",
            "we_member_id is not null\n        and {{ is_run_date() }}",
        ),
        (
            "5 the whole week's orders",
            "account_id is not null\n        and {{ is_run_week_date() }}",
            "account_id is not null\n        and {{ is_run_date() }}",
        ),
        ("5 the run's days alone", "        where {{ is_run_date() }}\n", ""),
        ("5 a week by its Monday", "{{ day_of_week('part_date', 0) }}", "part_date"),
        ("5 no member is nobody", "we_member_id is not null\n        and", ""),
        (
            "5 an account's device in the period",
            "partition by date_type, period_start, device_id",
            "partition by device_id",
        ),
        ("5 an account's device counts nobody", "or is_device_of_account = 0", "or true"),
        ("5 a session without account counts", "        or is_device_of_account = 0\n", ""),
        (
            "5 an account and a device are two",
            "case when account_id is not null then 'account' else 'device' end",
            "'account'",
        ),
        ("5 members are visitors", " + has_weverse > 0", " > 0"),
        ("5 who only ordered is none", " + has_weverse > 0", " + has_weverse + is_ord > 0"),
        ("5 members outside the shop are WV", "then 'WV'\n", "then 'WS'\n"),
        (
            "5 members in the shop are WV_WS",
            "has_weverse = 1 then 'WV_WS'",
            "has_weverse = 1 then 'WS'",
        ),
        (
            "5 visitors, not their sessions",
            "    group by date_type, period_start, visitor_kind, visitor_id\n\n",
            "    group by date_type, period_start, visitor_kind, visitor_id, has_web\n\n",
        ),
    ],
    "stats_we_w_shop_integ_visit": [
        ("5 weeks, not days", "date_type = 'W'", "date_type = 'D'"),
        (
            "5 a weekly table is kept by Mondays",
            '{{ config(meta={"period": "week"}) }}',
            "",
            DOWNSTREAM + "test_daily_runs_in_any_order_give_the_rows_of_one_range_run",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 5: Weverse members
    "visit_measures": [
        ("5 visits by one platform", "vst_platform = '{{ vst_platform }}'", "true"),
        (
            "5 time of sessions with a login",
            "is_sess_login = 1 then sess_dur",
            "true then sess_dur",
        ),
        (
            "5 time of user sessions with a login",
            "is_sess_login = 1 then user_sess_dur",
            "true then user_sess_dur",
        ),
    ],
    "stats_wv_user_ws_visit": [
        ("5 members without a shop visit stay", "left join shop_days", "inner join shop_days"),
        ("5 their measures are 0", "coalesce(shop_days.ws_sess_cnt, 0)", "shop_days.ws_sess_cnt"),
        ("5 no member is nobody", "we_member_id is not null\n        and", ""),
        ("5 a member and artist once", "    group by part_date, we_member_id, we_art_name\n", ""),
        (
            "5 the shop side of the day",
            "members.part_date = shop_days.part_date\n            and ",
            "",
        ),
    ],
    "v_ws_user_wv_visit": [
        ("5 measures of the Weverse app alone", "        and vst_platform = 'WV_APP'\n", ""),
        (
            "5 rows of all sessions, of these accounts",
            "inner join weverse_app_days",
            "left join weverse_app_days",
        ),
        (
            "5 in the Weverse app that day",
            "artists_visited.part_date = weverse_app_days.part_date\n            and ",
            "",
        ),
    ],
    "ws_sess_daily_v2": [
        ("5 is_wv_app: APP", "platform = 'APP' and is_wv = 1", "is_wv = 1"),
        (
            "5 is_ws_app: not in the Weverse app",
            "platform = 'APP' and is_wv = 0",
            "platform = 'APP'",
        ),
    ],
    # ---------------------------------------------------------------- SPEC 6
    "ws_sess_visit": [
        ("6 more than the timeout", "'sess_start_dt > '", "'sess_start_dt >= '"),
        (
            "6 the greatest end so far",
            "max(sess_end_dt) over (\n            partition by device_id\n            order",
            "last_value(sess_end_dt) over (\n            partition by device_id\n            order",
        ),
        ("6 the end before", "and 1 preceding", "and current row"),
        (
            "6 the timeout of the mart",
            "add_minutes('latest_end_before', 'session_timeout_minutes')",
            "add_minutes('latest_end_before', 30)",
        ),
        (
            "6 the timeout of the day",
            "on deduplicated.part_date = mart_builds.part_date",
            "            on mart_builds.part_date = '2024-01-15'",
        ),
        (
            "6 the timeout of now where no build is known",
            "{{ whole_number_var('session_timeout_minutes') }}",
            "30",
        ),
        ("6 the mart's own timeout", "    where table_name = 'ws_sess_daily'\n", ""),
        (
            "6 in order of part_date",
            "'sess_start_dt', 'part_date', 'sess_id'",
            "'sess_start_dt', 'sess_id'",
        ),
        ("6 the first session names the visit", "first_value(sess_id)", "last_value(sess_id)"),
        (
            "6 until the last end",
            "max(sess_end_dt) over visit",
            "min(sess_end_dt) over visit",
        ),
        (
            "6 is_continued unless the first",
            "visit_sess_seq > 1 then 1",
            "visit_sess_seq > 0 then 1",
        ),
    ],
    "ws_user_sess_daily": [
        ("6 an artist counts once", "count(distinct ws_art_id)", "count(ws_art_id)"),
        (
            "6 no artist is none",
            "count(distinct ws_art_id)",
            "count(distinct coalesce(ws_art_id, 0))",
        ),
        ("6 is_fc of any row", "max(is_fc)", "min(is_fc)"),
        (
            "6 run_timestamp of a user session: the greatest",
            "max(run_timestamp)",
            "min(run_timestamp)",
        ),
        ("6 the first by its start", "['user_sess_start_dt', 'user_sess_id']", "['user_sess_id']"),
        ("6 then by its id", "'user_sess_id'])", "'user_sess_id desc'])"),
        ("6 the first of its day", "partition by part_date, sess_id", "partition by sess_id"),
        ("6 the first of its session", "partition by part_date, sess_id", "partition by part_date"),
    ],
    "int_log_days_summed": [
        ("6 no day is no day", "    where part_date is not null\n", ""),
        (
            "4 rejected lines are no events of a day",
            "count(case when reject_reason is null then 1 end)",
            "count(*)",
        ),
        (
            "6 every line is read",
            "cast(sum(line_hash) as string)",
            "cast(sum(case when reject_reason is null then line_hash end) as string)",
        ),
    ],
    "int_mart_days_compared": [
        ("6 a line changed", "            and checksum_then = checksum_now\n", ""),
        ("6 a line more that hashes to 0", "lines_then = lines_now\n            and ", ""),
        ("6 another setting", "            and is_of_now = 1,\n", ","),
        (
            "6 another timeout",
            "session_timeout_minutes = {{ var('session_timeout_minutes') }}",
            "true",
        ),
        (
            "6 another clock skew",
            "max_clock_skew_hours = {{ var('max_clock_skew_hours') }}",
            "true",
        ),
        (
            "6 other memberships than then",
            "and coalesce(memberships_checksum = memberships_now, true)",
            "",
        ),
        (
            "6 a build from before memberships had a checksum",
            "coalesce(memberships_checksum = memberships_now, true)",
            "memberships_checksum = memberships_now",
        ),
        (
            "6 memberships that began before",
            "range between unbounded preceding",
            "range between current row",
        ),
        ("6 a change of memberships is no build", "    where run_timestamp is not null\n", ""),
        (
            "6 the build log of the mart alone",
            "    where table_name = 'ws_sess_daily'\n",
            "",
        ),
        (
            "6 days of log and build log",
            "    having max(case when fact_source in ('build_log', 'log') then 1 end) = 1\n",
            "",
        ),
        ("6 a day gone has no line", "then lines_read end), 0)", "then lines_read end), -1)"),
        ("6 a day never built is missing", "built_at is not null\n        and case", "case"),
        ("6 a row of a build of which no row is left", "first_run_timestamp = built_at and ", ""),
        ("6 rows of another build", " and last_run_timestamp = built_at", ""),
        ("6 an emptied day was built", "events_now = 0 or not is_as_built", "false"),
        ("6 a day that the mart has lost", "events_now = 0 or not is_as_built", "true"),
        (
            "6 a part_date that is no date",
            "when not ({{ is_real_date('part_date') }}) then",
            "when false then",
        ),
        ("6 missing, then stale", "when not is_build_of_rows then", "when false then"),
        (
            "6 a day whose log has no event any more",
            "when last_run_timestamp is not null and events_now = 0 then 'gone'",
            "",
        ),
        (
            "6 an empty day that was never built from events",
            "when last_run_timestamp is not null and ",
            "when ",
        ),
        ("6 gone where no event is", "not null and events_now = 0", "not null and lines_now = 0"),
        (
            "6 nothing was read of a missing day",
            "case when is_build_of_rows then lines_then end",
            "lines_then",
        ),
    ],
    "int_membership_changes_summed": [
        ("6 the last day is covered", "interval '1' day", "interval '0' day"),
        ("6 memberships end", "-member_hash as member_hash", "0 as member_hash"),
        (
            "6 a membership from before all days",
            "greatest(fc_start_date, date '1970-01-01')",
            "fc_start_date",
        ),
        (
            "6 a membership that ended before all days",
            "greatest(cast(fc_end_date + interval '1' day as date), date '1970-01-01')",
            "cast(fc_end_date + interval '1' day as date)",
        ),
        ("6 a membership after all days", "    where fc_start_date <= date '2999-12-31'\n", ""),
        ("6 a membership that runs on", "and fc_end_date < date '2999-12-31'", ""),
    ],
    "int_source_periods_summed": [
        (
            "6 the sources of seven days",
            "{% for offset in range(7) %}",
            "{% for offset in range(6) %}",
        ),
        ("6 each source by itself", "0 as orders_hash", "row_hash as orders_hash"),
        (
            "6 an order of no date",
            "from orders\n    where {{ is_real_date('part_date') }}",
            "from orders",
        ),
        (
            "6 a Weverse session of no date",
            "from weverse_sessions\n    where {{ is_real_date('part_date') }}",
            "from weverse_sessions",
        ),
    ],
    "int_table_days_compared": [
        (
            "6 a build of a week is of seven days",
            "{% for offset in range(7) %}",
            "{% for offset in range(1) %}",
        ),
        (
            "6 made from the mart as it is",
            "mart_builds like '%' || {{ label_of_build('part_date', 'mart_built_at') }} || '%'",
            "mart_builds is not null",
        ),
        (
            "6 rows of another run",
            "last_run_timestamp = built_at",
            "last_run_timestamp is not null",
        ),
        ("6 an empty day of which the run made rows", "coalesce(has_rows, 0) = 0", "true"),
        (
            "6 a build from before has_rows was there",
            "coalesce(has_rows, 0) = 0",
            "coalesce(has_rows = 0, false)",
        ),
        (
            "6 the run of a week's rows on each of its days",
            "range(7 if table.period == 'week' else 1)",
            "range(1)",
        ),
        (
            "6 a table that is not there yet",
            "table_name not in ('{{ names_there | join(\"', '\") }}')\n            or ",
            "",
        ),
        (
            "6 made from other orders",
            "coalesce(orders_checksum = coalesce(orders_now, '0'), true)",
            "true",
        ),
        (
            "6 made from other Weverse sessions",
            "coalesce(wv_sessions_checksum = coalesce(wv_sessions_now, '0'), true)",
            "true",
        ),
        ("6 a day without orders", "coalesce(orders_now, '0')", "orders_now"),
        ("6 a table that reads no orders", "coalesce(orders_now, '0'), true", "orders_now, false"),
        (
            "6 a day without Weverse sessions",
            "coalesce(wv_sessions_now, '0')",
            "wv_sessions_now",
        ),
        (
            "6 made from other sources of the week",
            "'sources' as table_name,\n        part_date,\n        grain,",
            "'sources' as table_name,\n        part_date,\n        'day' as grain,",
        ),
    ],
    "ws_sess_daily_restatement": [
        (
            "6 unfinished days",
            "when mart_status = 'current' and tables_left <> '' then 'unfinished'",
            "when false then ''",
        ),
        (
            "6 unfinished tables of unfinished days alone",
            "case when status = 'unfinished' then tables_left end",
            "nullif(tables_left, '')",
        ),
        ("6 only a current day is unfinished", "mart_status = 'current' and ", ""),
        (
            "6 a table without any row is not in use",
            "when tables_in_use.{{ table.name }} > days.{{ table.name }}",
            "when days.{{ table.name }} = 0",
        ),
        ("6 the tables that are finished", "    where is_finished\n", ""),
        ("6 days of the mart or the log", "    having max(mart_status) is not null\n", ""),
        (
            "6 the command of what is left",
            "when status = 'unfinished' then replace(tables_left, ', ', ' ')\n",
            "when false then ''\n",
        ),
        ("6 allow_empty_day where no event is", "when events_now = 0", "when lines_now = 0"),
        ("6 what hangs on the day, too", "ws_sess_daily+", "ws_sess_daily"),
        (
            "6 no command where current",
            "in ('missing', 'stale', 'unfinished')",
            "not in ('gone', 'not_a_date')",
        ),
        (
            "6 no command builds no day",
            "in ('missing', 'stale', 'unfinished')",
            "not in ('gone', 'current')",
        ),
        (
            "6 no command empties a day that is gone",
            "in ('missing', 'stale', 'unfinished')",
            "not in ('current', 'not_a_date')",
        ),
    ],
    "prepare_build": [
        (
            "4 an empty day stops the run",
            "{%- do stop_on_empty_days(days) -%}",
            "",
            RUNS + "test_empty_day_stops_the_run_and_is_named",
        ),
        (
            "6 nothing is made from a mart that lacks the day",
            "{%- do stop_on_unbuilt_days(builds) -%}",
            "",
            BUILDS + "test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes",
        ),
        (
            "6 one row a table and day",
            "delete from {{ build_log_relation() }} where {{ is_build_of_run() }}",
            "select 1",
            BUILDS + "test_mart_alone_writes_its_row_on_a_fresh_target_and_again",
        ),
        (
            "6 columns that the build log lacks",
            "{%- do add_columns_to_build_log(found.column_names) -%}",
            "",
            BUILDS + "test_build_log_from_before_columns_were_there_gets_them",
        ),
        (
            "6 columns that the build log lacks when the view is run",
            "{%- do add_columns_to_build_log(columns | map(attribute='name') | list) -%}",
            "",
            BUILDS + "test_memberships_of_builds_from_before_their_checksum_are_not_known",
        ),
    ],
    "builds_of_run": [
        (
            "6 the mart's days of the whole week",
            "and {{ is_day_of_build() }}",
            "and {{ is_run_date() }}",
            BUILDS + "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
        ),
    ],
    "source_checksums": [
        (
            "6 the sources of the whole week",
            "where {{ is_day_of_build() }}",
            "where {{ is_run_date() }}",
            BUILDS + "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
        ),
    ],
    "record_build": [
        (
            "6 what was there before the run read the source",
            "load_result('build_rows').response",
            "build_rows(builds_of_run().rows, log_checksums() if model.name == 'ws_sess_daily'"
            " else source_checksums())",
            BUILDS
            + "test_rows_that_come_when_a_run_has_read_its_checksums_are_never_called_current",
        ),
        (
            "6 every build has a row",
            "    insert into {{ build_log_relation() }}\n    with",
            "    with",
            BUILDS + "test_mart_alone_writes_its_row_on_a_fresh_target_and_again",
        ),
    ],
    "columns_of_build_log": [
        (
            "6 whether the run made rows",
            "case when held.part_date is null then 0 else 1 end",
            "0",
            BUILDS + "test_build_log_from_before_columns_were_there_gets_them",
        ),
    ],
    "membership_checksums": [
        (
            "6 memberships that begin between the days of a list",
            "(run_dates() + changes.keys() | list)",
            "run_dates()",
            BUILDS + "test_list_of_days_has_the_memberships_of_each_day",
        ),
        (
            "6 memberships that began before",
            "so_far.checksum + changes.get(date, 0)",
            "changes.get(date, 0)",
            BUILDS + "test_day_is_stale_where_other_members_are_covered",
        ),
    ],
    "mart_values": [
        (
            "6 a day without a line",
            "or {'lines_read': 0,",
            "or {'lines_read': 1,",
            BUILDS + "test_day_that_was_emptied_is_current_until_lines_come",
        ),
    ],
    "table_values": [
        (
            "6 a week's checksums are of seven days",
            "set dates = partition_days(partition, model.config.meta)",
            "set dates = [partition]",
            BUILDS + "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
        ),
        (
            "6 no checksum of what a table does not read",
            "reads_ephemeral(model, source_model)",
            "true",
            BUILDS + "test_tables_that_were_left_out_are_named_and_built_by_the_command",
        ),
        (
            "6 a checksum a day",
            "for date in dates -%}\n                {%- do found",
            "for date in run_dates() -%}\n                {%- do found",
            BUILDS + "test_rows_that_come_before_between_and_after_the_tables_of_a_run",
        ),
        (
            "6 a checksum a source",
            "checksums.get((source_model, date), 0)",
            "checksums.get(('stg_we_mart__ws_order', date), 0)",
            RANDOM_DOWNSTREAM,
        ),
    ],
    "build_rows": [
        (
            "6 the settings of the run: timeout",
            "{{ var('session_timeout_minutes') }}",
            "30",
            BUILDS + "test_day_built_with_other_settings_is_stale_unless_they_are_given",
        ),
        (
            "6 the settings of the run: clock skew",
            "{{ var('max_clock_skew_hours') }}",
            "24",
            BUILDS + "test_day_built_with_other_settings_is_stale_unless_they_are_given",
        ),
    ],
    "is_build_of_run": [
        (
            "6 a run replaces rows of its own table",
            "table_name = '{{ model.name }}'\n    and ",
            "",
            BUILDS + "test_tables_that_were_left_out_are_named_and_built_by_the_command",
        ),
        (
            "6 a run replaces rows of its own days",
            """and part_date in ('{{ run_partitions(model.config.meta) | join("', '") }}')""",
            "",
            BUILDS + "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
        ),
    ],
    "reads_ephemeral": [
        (
            "6 what is read through other models",
            " or reads_ephemeral(parent, model_name)",
            "",
            BUILDS + "test_rows_that_come_before_between_and_after_the_tables_of_a_run",
        ),
    ],
    "tables_made_from_mart": [
        (
            "6 unfinished tables are sorted",
            " | sort(attribute='name')",
            " | sort(attribute='name', reverse=true)",
            BUILDS + "test_tables_that_were_left_out_are_named_and_built_by_the_command",
        ),
        (
            "6 the weekly table is one of weeks",
            "node.config.meta.get('period', 'day')",
            "'day'",
            BUILDS + "test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week",
        ),
    ],
    "stop_on_unbuilt_days": [
        (
            "6 a row of the mart, not of the table",
            "        | selectattr('table_name', 'equalto', 'ws_sess_daily')\n",
            "",
            BUILDS + "test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes",
        ),
        (
            "6 the weekly table asks for the run's days",
            "run_dates() | reject",
            "partition_days(run_partitions(model.config.meta)[0], model.config.meta) | reject",
            BUILDS + "test_mart_alone_writes_its_row_on_a_fresh_target_and_again",
        ),
    ],
    "vars_of_days": [
        (
            "6 the command builds all days that are lacking",
            "dates | join(', ')",
            "dates[0]",
            BUILDS + "test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes",
        ),
    ],
    "is_real_date": [
        (
            "6 only yyyy-MM-dd is a date",
            "{{ text }} = cast(try_cast({{ text }} as date) as string)",
            "try_cast({{ text }} as date) is not null",
        ),
        ("6 a date has ten characters", "    and length({{ text }}) = 10\n", ""),
        ("6 dates from 1970", "'1970-01-01'", "'1900-01-01'"),
        ("6 dates until 2999", "'2999-12-31'", "'3999-12-31'"),
    ],
    "week_start": [
        ("6 a week", "'week'", "'month'"),
    ],
    "ws_sess_daily_audit": [
        ("6 duplicates: beyond the first", "then deliveries - 1", "then deliveries"),
        (
            "6 kept: accepted",
            "count(case when reject_reason is null then 1 end)",
            "count(*)",
        ),
        ("6 a day without a line", "left join lines_counted", "inner join lines_counted"),
        ("6 what a day has not is 0", "coalesce({{ count }}, 0)", "{{ count }}"),
        ("6 distinct devices", "count(distinct device_id)", "count(device_id)"),
        ("6 distinct sessions", "count(distinct sess_id)", "count(sess_id)"),
        ("6 distinct user sessions", "count(distinct user_sess_id)", "count(user_sess_id)"),
        ("6 rejected by reason", "reject_reason = '{{ reason }}'", "reject_reason is not null"),
    ],
    "ws_sess_daily_anomaly": [
        ("6 unusual: sessions", "cast(sessions as double)", "cast(user_sessions as double)"),
        ("6 unusual: lines without a time", "rejected_missing_log_dt\n", "0\n"),
        ("6 unusual: lines without a device", "+ rejected_missing_device\n", ""),
        ("6 unusual: lines out of range", "+ rejected_log_dt_out_of_range", ""),
        ("6 usual: of the same weekday", "- 7 * weeks.weeks_before", "- weeks.weeks_before"),
        ("6 usual: not the day itself", "range(1, ", "range(0, "),
        ("6 usual: of so many weeks", "whole_number_var('anomaly_weeks') + 1", "53"),
        ("6 usual: of the same measure", "measured.measure = earlier.measure", "true"),
        ("6 usual: a median", "2 * place between days_compared and days_compared + 2", "true"),
        (
            "6 usual: the mean of two in the middle",
            "and days_compared + 2",
            "and days_compared + 1",
        ),
        ("6 a share of nothing is not compared", "count(earlier_value)", "count(*)"),
        ("6 unusual: of three days or more", "days_compared >= 3", "days_compared >= 2"),
        (
            "6 unusual: more than the ratio",
            "value > usual * {{ ratio }}",
            "value >= usual * {{ ratio }}",
        ),
        (
            "6 unusual: less than its inverse",
            "value < usual / {{ ratio }}",
            "value <= usual / {{ ratio }}",
        ),
        (
            "6 unusual: the ratio of the variable",
            "value > usual * {{ ratio }}",
            "value > usual * 2.1",
        ),
        ("6 unusual: a share further away", "> {{ share }}", ">= {{ share }}"),
        ("6 unusual: a share on both sides", "abs(value - usual)", "(value - usual)"),
    ],
    "assert_days_are_as_usual": [
        (
            "6 anomalies warn",
            "severity='warn'",
            "severity='error'",
            SEEDS + "test_sample_after_an_own_log_leaves_its_days",
        ),
        (
            "6 anomalies of the days of the run",
            "    and {{ is_tested_date() }}\n",
            "",
            SEEDS + "test_sample_after_an_own_log_leaves_its_days",
        ),
    ],
    "late_days": [
        ("6 the newest late days first", "order by part_date desc", "order by part_date", QUIET),
        ("6 so many late days", "late[:max_days]", "late", QUIET),
        ("6 so many days to look at", "timedelta(days=days - 1)", "timedelta(days=days)", QUIET),
        ("6 days that are left are named", "{%- if left -%}", "{%- if false -%}", QUIET),
        ("6 nothing where nothing is late", "{%- if late -%}", "{%- if true -%}", QUIET),
    ],
    "days_not_current": [
        (
            "6 a day whose log has no event is left",
            "rerun_command not like '%allow_empty_day: true%'",
            "rerun_command is not null",
            QUIET,
        ),
        (
            "6 never a later day",
            "between {{ first_day }} and {{ last_day }}",
            ">= {{ first_day }}",
            QUIET,
        ),
        ("6 a current day is not late", "status not in ('current', 'not_a_date')", "true", QUIET),
    ],
    "list_stale_days": [
        (
            "6 missing days, too",
            "status <> 'current'",
            "status = 'stale'",
            DOWNSTREAM
            + "test_days_that_are_not_current_are_named_with_the_commands_that_mend_them",
        ),
        (
            "6 days that are gone stand apart",
            " if day['status'] != 'gone'",
            "",
            DOWNSTREAM + "test_days_whose_log_is_gone_are_told_apart_and_kept",
        ),
        (
            "6 the days of a list alone",
            "and {{ is_one_of_dates('part_date', dates) }}",
            "",
            DOWNSTREAM + "test_command_for_all_days_has_what_one_of_them_needs",
        ),
    ],
    "command_of_days": [
        (
            "6 one command: the mart where one day needs it",
            "['ws_sess_daily+'] if 'ws_sess_daily+' in tables else tables",
            "tables",
            DOWNSTREAM + "test_command_for_all_days_has_what_one_of_them_needs",
        ),
        (
            "6 one command: an empty day",
            "'allow_empty_day: true' in",
            "'' not in",
            DOWNSTREAM + "test_command_for_all_days_has_what_one_of_them_needs",
        ),
        (
            "6 one command: more days than a run may have",
            "days | length > whole_number_var('max_run_days')",
            "false",
            DOWNSTREAM + "test_command_for_all_days_has_what_one_of_them_needs",
        ),
    ],
    "stop_on_stale_days": [
        (
            "6 the days of the run where they are given",
            "run_dates() if are_given else last_dates_of_log()",
            "last_dates_of_log()",
            DAYS_OF_OPERATION,
        ),
    ],
    "last_dates_of_log": [
        (
            "6 so many days of the log",
            "timedelta(days=days - 1)",
            "timedelta(days=days)",
            DAYS_OF_OPERATION,
        ),
        (
            "6 the last day that is one",
            "where {{ is_real_date('part_date') }}",
            "",
            DAYS_OF_OPERATION,
        ),
    ],
    "ranges_neither_overlap_nor_leave_gaps": [
        (
            "issue 5: a gap or an overlap is found",
            "{{ valid_to }} <> next_valid_from",
            "false",
            DOWNSTREAM + "test_snapshots_keep_what_changed_went_and_came_back",
        ),
    ],
    "never_null": [
        (
            "an expression that is unknown is not true",
            "not coalesce({{ expression }}, false)",
            "not {{ expression }}",
            "tests/e2e/test_dbt_utils_subset.py",
        ),
    ],
    "assert_ids_of_the_log_are_cleaned_alike": [
        (
            "2 every id is compared",
            "'wv_device_id', 's_wemember_id', 'reject_reason'",
            "'wv_device_id', 'reject_reason'",
            RUNS + "test_browsers_whose_ids_two_models_clean_in_different_ways_are_found",
        ),
    ],
    "assert_money_of_orders_is_kept": [
        (
            "5 money is never lost or invented",
            "ordered_krw <> paid_krw",
            "false",
            DOWNSTREAM + "test_data_tests_pass_on_the_days_of_the_run_and_on_all_and_miss_no_money",
        ),
    ],
}
