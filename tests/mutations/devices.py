"""SPEC section 3, rules 1 to 3: accounts and devices."""

MUTATIONS = {
    # ---------- The order of events
    "nulls_first": {
        "nulls first": [
            ("3 Nulls come first in the order of events", "nulls last"),
            ("3 The order of events is ascending", "desc nulls first"),
        ],
    },
    "event_order": {
        "'log_dt', 's_wemember_id',": [
            ("3 Events are ordered by log_dt first", "'s_wemember_id', 'log_dt',")
        ],
        "'log_dt', ": [
            ("3 browser_id is not part of the order of events", "'log_dt', 'browser_id', ")
        ],
        "'app_ver'": [
            ("3 Texts are ordered by their bytes", "'lower(app_ver)'"),
            ("3 Digits in texts are ordered as text", "'length(app_ver)', 'app_ver'"),
        ],
        "'s_wemember_id', ": [("3 s_wemember_id is part of the order of events", "")],
        "'wv_device_id', ": [("3 wv_device_id is part of the order of events", "")],
        "'s_user_id', ": [("3 s_user_id is part of the order of events", "")],
        "'ctry', ": [("3 ctry is part of the order of events", "")],
        "'lang', ": [("3 lang is part of the order of events", "")],
        "'platform', ": [("3 platform is part of the order of events", "")],
        "'os',": [("3 os is part of the order of events", "")],
        "'app_ver',": [("3 app_ver is part of the order of events", "")],
        "'s_wemember_id', 'wv_device_id'": [
            (
                "3 The account comes before the app device in the order",
                "'wv_device_id', 's_wemember_id'",
            )
        ],
        "'wv_device_id', 's_user_id'": [
            (
                "3 The app device comes before the user id in the order",
                "'s_user_id', 'wv_device_id'",
            )
        ],
        "'s_user_id', 'ctry'": [
            ("3 The user id comes before the country in the order", "'ctry', 's_user_id'")
        ],
        "'ctry', 'lang'": [
            ("3 The country comes before the language in the order", "'lang', 'ctry'")
        ],
        "'lang', 'platform'": [
            ("3 The language comes before the platform in the order", "'platform', 'lang'")
        ],
        "'platform', 'os'": [
            ("3 The platform comes before the os in the order", "'os', 'platform'")
        ],
        "'os',\n        'app_ver'": [
            ("3 The os comes before the version in the order", "'app_ver', 'os'")
        ],
    },
    # ---------- Where the order matters
    "int_browsers_profiled": {
        "where reject_reason is null": [("2 A rejected line is not an event", "")],
        "device_kinds.device_kind = 'browser' or ": [("3.3 A browser can be its own device", "")],
        " or browsers_described.wv_device_id is not null": [
            ("3.3 Each app device is a device", "")
        ],
        "when least_app_device_id <> greatest_app_device_id then 1\n": [
            ("3.3 Order matters if a browser has several app devices", "")
        ],
        "device_least_account <> device_greatest_account": [
            ("3.6 Order matters if a device has several accounts", "false")
        ],
        "min(browser_least_account)": [
            ("3.6 The accounts of a browser are those of its devices", "min(s_wemember_id)")
        ],
        "(partition by device_id, part_date)": [
            (
                "3.6 A device has the accounts of all its browsers",
                "(partition by device_id, browser_id, part_date)",
            ),
            ("3.6 Only accounts of the same day count for a device", "(partition by device_id)"),
        ],
        "(partition by browser_id, part_date)": [
            (
                "3.3 Only app devices of the same day count for a browser",
                "(partition by browser_id)",
            ),
            ("3.3 Only its own app devices count for a browser", "(partition by part_date)"),
        ],
        "app_device_id is not null or ": [("3.3 A browser with an app device has a profile", "")],
        " or order_matters = 1": [("3.6 A browser whose order matters has a profile", "")],
    },
    "int_events_merged": {
        "where {{ is_event() }}": [("2 A rejected line is not an event", "")],
        "order_matters, slot,": [("3.4 Only events of the same slot are merged", "order_matters,")],
        "whole_number_var('session_timeout_minutes')": [
            ("3.4 A slot is as long as the timeout", "30")
        ],
        "min(log_dt) as first": [("3.4 A merged row keeps its first time", "max(log_dt) as first")],
        "max(log_dt) as log_dt": [
            ("3.4 A merged row keeps its last time", "min(log_dt) as log_dt")
        ],
        "then events.log_dt end": [
            (
                "3.6 Events whose order matters are not merged over time",
                "then timestamp '2024-01-15' end",
            )
        ],
        "case when browsers.order_matters = 1 then events.log_dt end": [
            ("3.4 Events whose order does not matter are merged", "events.log_dt")
        ],
        "\n            and events.part_date = browsers.part_date": [
            ("3.3 The profile of a browser is that of the same day", "")
        ],
        "            events.browser_id = browsers.browser_id\n            and": [
            ("3.3 An event gets the profile of its own browser", "           ")
        ],
        "coalesce(browsers.order_matters, 0)": [
            ("3.3 Order does not matter for a browser without a profile", "browsers.order_matters")
        ],
    },
    "time_slot": {
        "us({{ timestamp }}) / {{ minutes * 60000000 }}": [
            (
                "3.4 The length of a slot is in minutes",
                "us({{ timestamp }}) / {{ minutes * 120000000 }}",
            )
        ],
        "cast(floor(epoch_us": [
            ("3.4 Slots before 1970 are as long as others", "cast(trunc(epoch_us")
        ],
    },
    # ---------- Rules 1 and 2, wv_fill
    "int_ordered_events_filled": {
        "then order_matters else": [
            ("3.3 Only events whose order matters are filled here", "then 1 else")
        ],
        "case when app_device_id is not null then order_matters else 0 end": [
            ("3.3 Only events of browsers with an app device are filled here", "order_matters")
        ],
        "'log_dt', 's_wemember_id'": [
            ("3 Events are ordered by log_dt first", "'s_wemember_id', 'log_dt'"),
            ("3 Texts are ordered by their bytes", "'log_dt', 'lower(s_wemember_id)'"),
            (
                "3 Digits in texts are ordered as text",
                "'log_dt', 'length(s_wemember_id)', 's_wemember_id'",
            ),
        ],
        "'s_wemember_id', 'wv": [("3 s_wemember_id is part of the order of events", "'wv")],
        ", 'wv_device_id'])": [("3 wv_device_id is part of the order of events", "])")],
        "'s_wemember_id', 'wv_device_id'": [
            (
                "3 The account comes before the app device in the order",
                "'wv_device_id', 's_wemember_id'",
            )
        ],
        "browser = 'browser_id, part_date'": [
            ("3.1 Accounts are filled within a part_date", "browser = 'browser_id'"),
            (
                "3.1 The day of an event is its part_date, not its log_dt",
                "browser = 'browser_id, cast(log_dt as date)'",
            ),
            ("3.1 Accounts are filled per browser", "browser = 'part_date'"),
        ],
        "'browser_event_seq') }} as account_fill_1": [
            (
                "3.1 The account of the event itself counts",
                "'browser_event_seq', include_current=false) }} as account_fill_1",
            )
        ],
        "{{ fill_forward('s_wemember_id', browser, 'browser_event_seq') }} as account": [
            ("3.1 The accounts of earlier events count", "s_wemember_id as account")
        ],
        "fill_forward('s_wemember_id', browser, 'browser_event_seq')": [
            (
                "3.1 The accounts of later events do not count",
                "fill_forward_then_back('s_wemember_id', browser, 'browser_event_seq')",
            )
        ],
        "include_current=false": [
            ("3.2 The previous account is that of an earlier event", "include_current=true")
        ],
        "account_fill_1 <> prev": [
            (
                "3.2 A new login session needs a previous account",
                "account_fill_1 is distinct from prev",
            ),
            ("3.2 A logout does not begin a login session", "s_wemember_id is distinct from prev"),
            ("3.2 The accounts A, B, A make three login sessions", "account_fill_1 > prev"),
        ],
        "account_fill_1 <> previous_account": [
            (
                "3.2 Ids keep their case when accounts are compared",
                "lower(account_fill_1) <> lower(previous_account)",
            )
        ],
        "'browser_id, part_date, acc": [
            ("3.3 App devices are filled within a part_date", "'browser_id, acc"),
            ("3.3 App devices are filled per browser", "'part_date, acc"),
        ],
        "part_date, account_sess_seq'": [
            ("3.3 App devices are filled per login session", "part_date'")
        ],
        "fill_forward_then_back(": [
            ("3.3 Without an earlier app device, the first later one counts", "fill_forward(")
        ],
        "account_sess_seq', 'browser_event_seq'": [
            (
                "3.3 App devices are filled by the order of events",
                "account_sess_seq', '-browser_event_seq'",
            )
        ],
        "'wv_device_id', 'browser": [
            (
                "3.3 The app device on a PC event fills other events",
                "\"case when s_device_type <> 'PC' then wv_device_id end\", 'browser",
            )
        ],
    },
    "number_changes": {
        "start=1": [("3.2 Login sessions are numbered from 1", "start=0")],
        "current row": [("3.2 The number rises at the change itself", "1 preceding")],
    },
    "fill_forward": {
        "'current row' if": [
            ("3.1 The current row counts where the caller says so", "'1 preceding' if")
        ],
        "else '1 preceding'": [
            ("3.2 The previous value is from an earlier row", "else 'current row'")
        ],
        "unbounded preceding": [("3.1 A value is filled over any distance", "1 preceding")],
    },
    "last_non_null": {
        "({{ column }} ignore nulls)": [
            ("3.1 The last value that is not null is filled", "({{ column }})")
        ],
    },
    # ---------- Rule 3
    "int_events_devices_resolved": {
        "app_device_id as wv_fill": [
            (
                "3.3 Events in no order get the only app device of their browser",
                "wv_device_id as wv_fill",
            )
        ],
        "where case when app_device_id is not null then order_matters else 0 end = 0": [
            ("3.3 Each event is resolved once", "")
        ],
        "then order_matters else": [
            ("3.3 Events whose order does not matter are resolved here", "then 1 else")
        ],
        "case when app_device_id is not null then order_matters else 0 end": [
            ("3.3 Events without an app device are resolved here", "order_matters")
        ],
        "when s_device_type = 'PC'": [
            ("3.3 The device of a PC event is its browser", "when false")
        ],
        "s_device_type = 'PC'": [
            ("3.3 A tablet is not a PC", "s_device_type in ('PC', 'TABLET')"),
            ("3.3 An unknown device type is not a PC", "s_device_type <> 'MOBILE'"),
            ("3.3 A missing device type is not a PC", "coalesce(s_device_type, 'PC') = 'PC'"),
        ],
        "coalesce(wv_fill, browser_id)": [
            ("3.3 Without an app device, the device is the browser", "wv_fill"),
            ("3.3 The device is the filled app device", "coalesce(wv_device_id, browser_id)"),
            ("3.3 The app device comes before the browser", "browser_id"),
        ],
        "        *,\n        case when s_dev": [
            (
                "3.10 The event keeps its own wv_device_id",
                "        * replace (wv_fill as wv_device_id),\n        case when s_dev",
            )
        ],
    },
    "fill_forward_then_back": {
        "{{ first_non_null(column) }}": [
            ("3.3 The first later value is filled, not the last", "{{ last_non_null(column) }}")
        ],
        "{{ fill_forward(column, partition_by, order_by) }},": [
            ("3.3 A value at or before the row comes first", "")
        ],
    },
    "first_non_null": {
        "({{ column }} ignore nulls)": [
            ("3.3 The first value that is not null is filled", "({{ column }})")
        ],
    },
}
