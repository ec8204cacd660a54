"""SPEC section 3, rules 4 to 12: sessions and user sessions."""

MUTATIONS = {
    # ---------- Rules 4, 10 and 11 of the device
    "add_minutes": {
        "interval '1' minute": [("3.4 The timeout is in minutes", "interval '1' second")],
    },
    "int_events_sessions_numbered": {
        "device = 'new_dvc_id, part_date'": [
            ("3.4 Sessions lie within a part_date", "device = 'new_dvc_id'"),
            ("3.4 Sessions are numbered per device", "device = 'part_date'"),
            (
                "3.4 Sessions of a device cover all its browsers",
                "device = 'new_dvc_id, part_date, browser_id'",
            ),
        ],
        "whole_number_var('session_timeout_minutes')": [("3.4 The timeout is a variable", "30")],
        "start=0": [("3.4 sess_seq starts at 1", "start=1")],
        "slot_start_dt > {{": [
            ("3.4 The gap must be longer than the timeout", "slot_start_dt >= {{"),
            (
                "3.4 Gaps are compared to the microsecond",
                "date_trunc('milliseconds', slot_start_dt) > {{",
            ),
            ("3.4 A gap ends at the first event of the slot", "first_log_dt > {{"),
        ],
        "timeout) }}, true": [("3.4 The first event starts a session", "timeout) }}, false")],
        "lag(log_dt) over": [
            ("3.4 A gap starts at the last time of the row before", "lag(first_log_dt) over"),
            ("3.4 A gap starts at the row just before", "lag(log_dt, 2) over"),
        ],
        "min(first_log_dt) over": [
            ("3.4 A gap ends at the first time of a merged row", "min(log_dt) over"),
            ("3.4 A gap ends at the least time of the slot", "max(first_log_dt) over"),
        ],
        "range between current row and current row": [
            (
                "3.4 Only events of the same slot count for its start",
                "range between unbounded preceding and current row",
            )
        ],
        "case when s_wemember_id is not null then 1 else 0 end": [
            ("3.10 is_device_login needs an account", "1")
        ],
        "max(case when s_wemember_id is not null then 1 else 0 end) over whole_device": [
            (
                "3.10 is_device_login is the same on the whole device",
                "case when s_wemember_id is not null then 1 else 0 end",
            )
        ],
        "{{ last_non_null('platform') }} over whole_device": [
            ("3.11 platform is the same on the whole device", "platform")
        ],
        "{{ last_non_null('os') }} over whole_device": [
            ("3.11 os is the same on the whole device", "os")
        ],
        "{{ last_non_null('app_ver') }} over whole_device": [
            ("3.11 app_ver is the same on the whole device", "app_ver")
        ],
        "last_non_null('platform')": [
            ("3.11 platform is the last one", "first_non_null('platform')")
        ],
        "last_non_null('os')": [("3.11 os is the last one, not the greatest", "'max(os)'")],
        "last_non_null('app_ver')": [
            ("3.11 app_ver is not null if any event has one", "'last_value(app_ver)'")
        ],
        "order by device_event_seq": [
            ("3.11 The last values follow the order of events", "order by -device_event_seq")
        ],
    },
    # ---------- Rules 5, 6, 7, 10 and 11 of the session
    "int_events_sessions_described": {
        "'new_dvc_id, part_date, sess_seq'": [
            ("3.6 Accounts are filled within the session", "'new_dvc_id, part_date'"),
            ("3.6 Accounts are filled within the device", "'part_date, sess_seq'"),
            ("3.6 Accounts are filled within a part_date", "'new_dvc_id, sess_seq'"),
        ],
        "fill_forward_then_back('s_wemember_id'": [
            ("3.6 Without an earlier account, the first one counts", "fill_forward('s_wemember_id'")
        ],
        "session, 'device_event_seq') }} as account": [
            (
                "3.6 Accounts are filled by the order of events",
                "session, '-device_event_seq') }} as account",
            )
        ],
        "case when s_wemember_id = account_fill then s_user_id end": [
            ("3.7 A user id only counts on events with the account", "s_user_id")
        ],
        "min(first_log_dt) over": [
            ("3.5 A session starts with its first event", "max(first_log_dt) over"),
            ("3.5 A session starts with the first time of a merged row", "min(log_dt) over"),
        ],
        "min(first_log_dt) over whole_session": [
            ("3.5 The start is the same for all events", "first_log_dt")
        ],
        "max(log_dt) over": [("3.5 A session ends with its last event", "min(log_dt) over")],
        "max(log_dt) over whole_session": [("3.5 The end is the same for all events", "log_dt")],
        "max(case when wv_": [
            ("3.10 is_wv is 1 if any event has an app device", "min(case when wv_")
        ],
        "case when wv_device_id is not null": [
            ("3.10 is_wv looks at wv_device_id of the events", "case when new_dvc_id like 'w%'")
        ],
        "max(case when s_w": [
            ("3.10 is_sess_login is 1 if any event has an account", "min(case when s_w")
        ],
        "        is_device_login,\n": [
            (
                "3.10 is_device_login is not limited to the session",
                "        max(case when s_wemember_id is not null then 1 else 0 end)"
                " over whole_session"
                " as is_device_login,\n",
            )
        ],
        "{{ last_non_null('ctry') }} over whole_session": [
            ("3.11 sess_ctry is the same in the whole session", "ctry")
        ],
        "{{ last_non_null('lang') }} over whole_session": [
            ("3.11 sess_lang is the same in the whole session", "lang")
        ],
        "last_non_null('ctry')": [("3.11 sess_ctry is the last one", "first_non_null('ctry')")],
        "last_non_null('lang')": [
            ("3.11 sess_lang is the last one, not the greatest", "'max(lang)'")
        ],
        "order by device_event_seq": [
            ("3.11 The last values follow the order of events", "order by -device_event_seq")
        ],
    },
    "escape_id": {
        "replace({{ column }}, '%', '%25')": [("3.5 A percent sign is escaped", "{{ column }}")],
        "'%7C'": [("3.5 A bar is escaped", "'|'")],
        "replace(replace({{ column }}, '%', '%25'), '|', '%7C')": [
            (
                "3.5 The percent sign is escaped before the bar",
                "replace(replace({{ column }}, '|', '%7C'), '%', '%25')",
            )
        ],
    },
    "utc_timestamp_digits": {
        "%S%g'": [
            ("3.5 The time in an id has milliseconds", "%S'"),
            ("3.5 The time in an id has no microseconds", "%S%f'"),
        ],
        "strftime({{ timestamp }},": [
            (
                "3.5 The time in an id is cut, not rounded",
                "strftime({{ timestamp }} + interval '500' microsecond,",
            )
        ],
        "%H%M": [
            ("3.5 The time in an id is padded with zeros", "%-H%M"),
            ("3.5 The time in an id has 24 hours", "%I%M"),
        ],
    },
    "seconds_between": {
        "date_diff('second', {{ start_timestamp": [
            (
                "3.12 Both times are cut to seconds before they are subtracted",
                "date_sub('second', {{ start_timestamp",
            )
        ],
        "date_diff('second'": [("3.12 Durations are in seconds", "date_diff('minute'")],
        "{{ start_timestamp }}, {{ end_timestamp }})": [
            (
                "3.12 A duration is the end minus the start",
                "{{ end_timestamp }}, {{ start_timestamp }})",
            )
        ],
    },
    # ---------- Rules 8, 9, 11 and 12
    "int_session_artists_identified": {
        "sess_seq, account_fill\n        order": [
            ("3.8 A user session is of one account", "sess_seq\n        order")
        ],
        "part_date, sess_seq, account_fill\n        order": [
            ("3.8 A user session is of one session", "part_date, account_fill\n        order")
        ],
        "partition by new_dvc_id, part_date": [
            ("3.8 A user session is of one device", "partition by part_date"),
            ("3.8 A user session lies within a part_date", "partition by new_dvc_id"),
        ],
        "min(first_log_dt)": [
            ("3.8 A user session starts with its first event", "max(first_log_dt)"),
            ("3.8 A user session starts with the first time of a merged row", "min(log_dt)"),
        ],
        "max(log_dt) over": [("3.8 A user session ends with its last event", "min(log_dt) over")],
        "|| '|' || {{ escape_id('new": [
            ("3.5 A bar joins the parts of sess_id", "|| '-' || {{ escape_id('new")
        ],
        "{{ escape_id('new_dvc_id') }}": [("3.5 The device in sess_id is escaped", "new_dvc_id")],
        "utc_timestamp_digits('sess_start_dt')": [
            (
                "3.5 sess_id has the start of the session",
                "utc_timestamp_digits('user_sess_start_dt')",
            )
        ],
        "when account_fill is null then sess_id\n": [
            (
                "3.8 Without an account, user_sess_id is sess_id",
                "when account_fill is null then sess_id || '|'\n",
            )
        ],
        "|| '|' || {{ escape_id('acc": [
            ("3.8 A bar stands before the account in user_sess_id", "|| '-' || {{ escape_id('acc")
        ],
        "{{ escape_id('account_fill') }}": [
            ("3.8 The account in user_sess_id is escaped", "account_fill")
        ],
        "last_non_null('user_id_matched')": [
            ("3.9 user_id_fill is the last one", "first_non_null('user_id_matched')")
        ],
        "{{ last_non_null('user_id_matched') }} over whole_user_session as": [
            ("3.9 user_id_fill is the same in the whole user session", "user_id_matched as")
        ],
        "last_non_null('ctry')": [("3.11 user_ctry is the last one", "first_non_null('ctry')")],
        "last_non_null('lang')": [
            ("3.11 user_lang is the last one, not the greatest", "'max(lang)'")
        ],
        "order by device_event_seq": [
            ("3.11 The last values follow the order of events", "order by -device_event_seq")
        ],
        "{{ last_non_null('ctry') }} over whole_user_session as": [
            ("3.11 user_ctry can differ from sess_ctry", "sess_ctry as")
        ],
        "        sess_lang,\n        ws_art": [
            (
                "3.11 sess_lang can differ from user_lang",
                "        user_lang as sess_lang,\n        ws_art",
            )
        ],
        "select * from {{": [
            (
                "4 Each artist of a user session is a row",
                "select * replace (1 as ws_art_id) from {{",
            ),
            ("4 Each shop of a user session is a row", "select * replace ('US' as shop) from {{"),
        ],
        "seconds_between('sess_start_dt', 'sess_end_dt')": [
            (
                "3.12 sess_dur comes from the times of the session",
                "seconds_between('user_sess_start_dt', 'user_sess_end_dt')",
            )
        ],
        "seconds_between('user_sess_start_dt', 'user_sess_end_dt')": [
            (
                "3.12 user_sess_dur comes from the times of the user session",
                "seconds_between('sess_start_dt', 'sess_end_dt')",
            )
        ],
    },
}
