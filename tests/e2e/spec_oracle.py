"""SPEC sections 2 to 4 (and the counts of section 6) in plain Python: the oracle of the mart.

It was written from the SPEC and the table page alone, without a look at the SQL, so that the two
can be compared row by row. It is slow and obvious on purpose: one function a rule, events taken
one by one in the order that the SPEC gives them, no rule merged with another. Do not make it fast.

What "last", "previous" and "first" mean is decided in one place, `in_order` (the order of
events, written ≺ in the SPEC), and what a rule looks at in another, `groups`.

    rows = build_mart(lines, artists, memberships)
    counts = audit(lines)

A line is a dict with the raw columns of `service_log.weplyapi_client_log` (SPEC section 1):
`log_dt` a naive datetime (UTC) or None, `ws_art_id` an int or None, the rest str or None.
Nothing that is passed in is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

Line = dict[str, Any]  # a raw line, with the column names of the source
Event = dict[str, Any]  # a cleaned, accepted line, to which the rules add their columns
Row = dict[str, Any]

# -- Section 2: what is cleaned, and how -----------------------------------------------------

ID_COLUMNS = ("log_id", "user_device_id", "wv_device_id", "s_wemember_id", "s_user_id")
UPPER_COLUMNS = ("s_device_type", "s_ctry", "shop", "platform")
LOWER_COLUMNS = ("s_lang",)
AS_IS_COLUMNS = ("os", "app_ver")  # trimmed, tokens mean null, but the case is the log's own
RENAMED = {"s_ctry": "ctry", "s_lang": "lang"}

NULL_TOKENS = ("", "null", "undefined", "none", "nan")
ID_NULL_TOKENS = NULL_TOKENS + ("0", "00000000-0000-0000-0000-000000000000")

# What makes two lines one event delivered twice: every column that staging gives. Those are the
# columns of the log (SPEC 1), `browser_id` in the place of `user_device_id`.
EVENT_COLUMNS = (
    "part_date", "log_id", "log_dt", "browser_id", "wv_device_id", "s_device_type",
    "s_wemember_id", "s_user_id", "ctry", "lang", "ws_art_id", "shop", "platform", "os", "app_ver",
)  # fmt: skip

# -- Section 3: the order ≺ ------------------------------------------------------------------
# `log_id`, which names a delivery, is not in it, nor in any rule: only `audit` looks at it.

ORDER_COLUMNS = (
    "log_dt", "s_wemember_id", "wv_device_id", "s_user_id", "ctry", "lang", "platform", "os",
    "app_ver",
)  # fmt: skip

# -- Section 4: the page's columns in the page's order, and the two it describes -------------
# `run_timestamp`, the page's last, is left out: it is the one column that is not a matter of rules.

MART_COLUMNS = (
    "key_date", "ws_user_id", "account_id", "device_id", "is_wv", "user_ctry", "user_lang",
    "sess_ctry", "sess_lang", "ws_art_id", "we_art_id", "we_art_name", "shop", "is_device_login",
    "is_sess_login", "sess_id", "sess_start_dt", "sess_end_dt", "sess_dur", "user_sess_id",
    "user_sess_start_dt", "user_sess_end_dt", "user_sess_dur", "platform", "os", "app_ver",
    "part_date", "we_member_id", "is_fc",
)  # fmt: skip
MART_KEY = ("part_date", "user_sess_id", "ws_art_id", "shop")

REJECT_REASONS = ("missing_log_dt", "missing_device", "log_dt_out_of_range")


def build_mart(
    lines: Iterable[Line],
    artists: Iterable[Row],
    memberships: Iterable[Row],
    *,
    session_timeout_minutes: int = 30,
    max_clock_skew_hours: float = 24,
) -> list[Row]:
    """Every row of `ws_sess_daily` for every `part_date` among the lines (SPEC 2 to 4).

    `artists` are dicts of `ws_art_id`, `we_art_id`, `we_art_name`; `memberships` of
    `we_member_id`, `we_art_id`, `fc_start_date`, `fc_end_date` (dates). Both are taken as they
    are, uncleaned (SPEC 5, first paragraph).

    Returns one dict a row, its keys `MART_COLUMNS` in that order, sorted by the mart's key
    (nulls first, strings by their bytes). Lines delivered twice are deliberately not removed
    first: SPEC 2 says that the rules make it unnecessary. No row hangs on any `log_id`.
    """
    whole_number = isinstance(session_timeout_minutes, int) and session_timeout_minutes >= 1
    if not whole_number or isinstance(session_timeout_minutes, bool):
        raise ValueError(f"session_timeout_minutes: {session_timeout_minutes!r} (rule 4)")
    artists, memberships = list(artists), list(memberships)

    events = accepted_events(lines, max_clock_skew_hours)
    rule_1_account_fill_1(events)
    rule_2_account_sess_seq(events)
    rule_3_new_dvc_id(events)
    rule_4_sess_seq(events, timedelta(minutes=session_timeout_minutes))
    rule_5_sess_id(events)
    rule_6_account_fill(events)
    rule_7_user_id_matched(events)
    rule_8_user_sess_id(events)
    rule_9_user_id_fill(events)
    rule_10_flags(events)
    rule_11_last_values(events)
    rule_12_durations(events)
    return mart_rows(events, artists, memberships)


def audit(
    lines: Iterable[Line],
    *,
    max_clock_skew_hours: float = 24,
    part_dates: Iterable[str] = (),
) -> list[Row]:
    """What became of the lines of each `part_date` (SPEC 2, last two points, and 6).

    Accepted lines that agree in all of `EVENT_COLUMNS` are one event, and all but one of them are
    duplicates. Lines that differ in anything, be it `log_id` alone, are different events; so are
    lines of one `log_id` that differ in anything else.

    Returns one dict a `part_date`, sorted by it: `part_date`, `lines_read`, `duplicates`,
    `rejected_missing_log_dt`, `rejected_missing_device`, `rejected_log_dt_out_of_range`,
    `events_kept`. `part_dates` names days that get a row (of zeros) though no line has them.
    """
    lines = list(lines)
    counts = []
    for part_date in sorted({line["part_date"] for line in lines} | set(part_dates)):
        cleaned = [clean_line(line) for line in lines if line["part_date"] == part_date]
        reasons = [reject_reason(line, max_clock_skew_hours) for line in cleaned]
        accepted = [line for line, reason in zip(cleaned, reasons) if reason is None]
        # Two nulls agree here, which is how Python compares None with None.
        different = {tuple(event[column] for column in EVENT_COLUMNS) for event in accepted}
        counts.append(
            {
                "part_date": part_date,
                "lines_read": len(cleaned),
                "duplicates": len(accepted) - len(different),
                **{f"rejected_{reason}": reasons.count(reason) for reason in REJECT_REASONS},
                "events_kept": len(different),
            }
        )
    return counts


# ---------------------------------------------------------------------------------------------
# Section 2: cleaning and rejection
# ---------------------------------------------------------------------------------------------


def clean_line(line: Line) -> Event:
    """One raw line, cleaned (SPEC 2): trimmed, null tokens null, case folded, `browser_id` added.

    `s_ctry` and `s_lang` come back as `ctry` and `lang`. `part_date`, `log_dt` and `ws_art_id`
    are not text to clean and stay as they are. Columns that the source does not list are dropped.
    """
    cleaned = {column: line[column] for column in ("part_date", "log_dt", "ws_art_id")}
    for column in ID_COLUMNS:
        cleaned[column] = null_if_token(trimmed(line[column]), ID_NULL_TOKENS)
    for column in UPPER_COLUMNS + LOWER_COLUMNS + AS_IS_COLUMNS:
        value = null_if_token(trimmed(line[column]), NULL_TOKENS)
        if value is not None and column in UPPER_COLUMNS:
            value = ascii_upper(value)
        if value is not None and column in LOWER_COLUMNS:
            value = ascii_lower(value)
        cleaned[RENAMED.get(column, column)] = value
    cleaned["browser_id"] = cleaned["user_device_id"]
    if cleaned["browser_id"] is None:
        cleaned["browser_id"] = cleaned["wv_device_id"]
    return cleaned


def reject_reason(cleaned: Event, max_clock_skew_hours: float = 24) -> str | None:
    """The first reason of SPEC 2 to reject a cleaned line, or None where it is accepted.

    The UTC day ends where the next one starts, and only *more* than the skew is too much: with
    24 hours, the first moment of the day before and of the day after the next are both in.
    """
    if cleaned["log_dt"] is None:
        return "missing_log_dt"
    if cleaned["browser_id"] is None:
        return "missing_device"
    day_start = datetime.strptime(cleaned["part_date"], "%Y-%m-%d")
    day_end = day_start + timedelta(days=1)
    skew = timedelta(hours=max_clock_skew_hours)
    if cleaned["log_dt"] < day_start - skew or cleaned["log_dt"] > day_end + skew:
        return "log_dt_out_of_range"
    return None


def accepted_events(lines: Iterable[Line], max_clock_skew_hours: float = 24) -> list[Event]:
    """The cleaned lines that SPEC 2 does not reject, repeated deliveries included."""
    cleaned = [clean_line(line) for line in lines]
    return [event for event in cleaned if reject_reason(event, max_clock_skew_hours) is None]


def trimmed(value: str | None) -> str | None:
    """Spaces cut off at both ends: U+0020 alone, so not `str.strip()`, which takes tabs too."""
    return None if value is None else value.strip(" ")


def null_if_token(value: str | None, tokens: tuple[str, ...]) -> str | None:
    """None where the value, whatever its case, is one of the words that mean null."""
    return None if value is None or ascii_lower(value) in tokens else value


def ascii_upper(value: str) -> str:
    """Upper case of ASCII letters alone: SPEC 2 promises no other folding."""
    return "".join(chr(ord(char) - 32) if "a" <= char <= "z" else char for char in value)


def ascii_lower(value: str) -> str:
    """Lower case of ASCII letters alone."""
    return "".join(chr(ord(char) + 32) if "A" <= char <= "Z" else char for char in value)


# ---------------------------------------------------------------------------------------------
# Section 3: the order of events, and the groups that the rules look at
# ---------------------------------------------------------------------------------------------


def nulls_first(value: Any) -> tuple:
    """A sort key for one value: null is least, strings compare by their UTF-8 bytes."""
    if value is None:
        return (0,)
    return (1, value.encode("utf-8") if isinstance(value, str) else value)


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events sorted by ≺ (SPEC 3).

    Events may tie in all of it and still differ: in `log_id`, which no rule looks at; in `shop`
    and `ws_art_id`, which only name rows; in `browser_id`, which only parts events; and in
    `s_device_type`, of which rule 3 asks the event's own. Which of them comes first cannot matter.
    They stay in the order in which they were read, so a rule that it does matter to shows where
    the same lines are read in another order.
    """
    return sorted(events, key=lambda event: [nulls_first(event[c]) for c in ORDER_COLUMNS])


def groups(events: Iterable[Event], *columns: str) -> Iterator[list[Event]]:
    """The events of each combination of values of `columns`, each group in the order ≺.

    `part_date` is always among what is grouped by: SPEC 3 lets nothing cross it.
    """
    found: dict[tuple, list[Event]] = {}
    for event in events:
        found.setdefault(tuple(event[c] for c in ("part_date", *columns)), []).append(event)
    for group in found.values():
        yield in_order(group)


def first_non_null(events: Iterable[Event], column: str) -> Any:
    """The first value of `column` that is not null, events taken in the order given, or None."""
    for event in events:
        if event[column] is not None:
            return event[column]
    return None


def last_non_null(events: list[Event], column: str) -> Any:
    """The last value of `column` that is not null, events taken in the order given, or None."""
    return first_non_null(reversed(events), column)


def escaped(value: str) -> str:
    """An id as it goes into `sess_id` and `user_sess_id` (rule 5), `%` first."""
    return value.replace("%", "%25").replace("|", "%7C")


def whole_seconds(moment: datetime) -> int:
    """Whole seconds since 1970, the fraction cut off."""
    return (moment - datetime(1970, 1, 1)) // timedelta(seconds=1)


# ---------------------------------------------------------------------------------------------
# Section 3: the twelve rules, each adding its columns to the events
# ---------------------------------------------------------------------------------------------


def rule_1_account_fill_1(events: list[Event]) -> None:
    """`account_fill_1`: last non-null `s_wemember_id` at or before the event, per browser."""
    for group in groups(events, "browser_id"):
        for i, event in enumerate(group):
            event["account_fill_1"] = last_non_null(group[: i + 1], "s_wemember_id")


def rule_2_account_sess_seq(events: list[Event]) -> None:
    """`account_sess_seq`: from 1 per browser, one more at each change of a known account."""
    for group in groups(events, "browser_id"):
        account_sess_seq = 1
        for i, event in enumerate(group):
            previous = group[i - 1]["account_fill_1"] if i > 0 else None
            if previous is not None and event["account_fill_1"] != previous:
                account_sess_seq += 1
            event["account_sess_seq"] = account_sess_seq


def rule_3_new_dvc_id(events: list[Event]) -> None:
    """`new_dvc_id`: the Weverse device where one is known and this is no PC, else the browser."""
    for group in groups(events, "browser_id", "account_sess_seq"):
        for i, event in enumerate(group):
            wv_fill = last_non_null(group[: i + 1], "wv_device_id")
            if wv_fill is None:
                wv_fill = first_non_null(group[i + 1 :], "wv_device_id")
            if event["s_device_type"] != "PC" and wv_fill is not None:
                event["new_dvc_id"] = wv_fill
            else:
                event["new_dvc_id"] = event["browser_id"]


def rule_4_sess_seq(events: list[Event], timeout: timedelta) -> None:
    """`sess_seq`: from 1 per device, one more where the gap is more than the timeout."""
    for group in groups(events, "new_dvc_id"):
        sess_seq = 1
        for i, event in enumerate(group):
            if i > 0 and event["log_dt"] - group[i - 1]["log_dt"] > timeout:
                sess_seq += 1
            event["sess_seq"] = sess_seq


def rule_5_sess_id(events: list[Event]) -> None:
    """`sess_start_dt`, `sess_end_dt`, and `sess_id`: the start to the millisecond, and the device.

    Milliseconds are truncated, not rounded.
    """
    for group in groups(events, "new_dvc_id", "sess_seq"):
        sess_start_dt = min(event["log_dt"] for event in group)
        sess_end_dt = max(event["log_dt"] for event in group)
        milliseconds = sess_start_dt.microsecond // 1000
        stamp = f"{sess_start_dt:%Y%m%d%H%M%S}{milliseconds:03d}"
        for event in group:
            event["sess_start_dt"] = sess_start_dt
            event["sess_end_dt"] = sess_end_dt
            event["sess_id"] = stamp + "|" + escaped(event["new_dvc_id"])


def rule_6_account_fill(events: list[Event]) -> None:
    """`account_fill`: last non-null account at or before the event, else the session's first."""
    for group in groups(events, "sess_id"):
        for i, event in enumerate(group):
            event["account_fill"] = last_non_null(group[: i + 1], "s_wemember_id")
            if event["account_fill"] is None:
                event["account_fill"] = first_non_null(group, "s_wemember_id")


def rule_7_user_id_matched(events: list[Event]) -> None:
    """`user_id_matched`: `s_user_id` where the line's own account is the one filled in."""
    for event in events:
        account = event["s_wemember_id"]
        # Null never equals anything, not even another null.
        matches = account is not None and account == event["account_fill"]
        event["user_id_matched"] = event["s_user_id"] if matches else None


def rule_8_user_sess_id(events: list[Event]) -> None:
    """`user_sess_id`: the session, and the account where there is one; its start and end."""
    for event in events:
        event["user_sess_id"] = event["sess_id"]
        if event["account_fill"] is not None:
            event["user_sess_id"] += "|" + escaped(event["account_fill"])
    for group in groups(events, "user_sess_id"):
        user_sess_start_dt = min(event["log_dt"] for event in group)
        user_sess_end_dt = max(event["log_dt"] for event in group)
        for event in group:
            event["user_sess_start_dt"] = user_sess_start_dt
            event["user_sess_end_dt"] = user_sess_end_dt


def rule_9_user_id_fill(events: list[Event]) -> None:
    """`user_id_fill`: last non-null `user_id_matched` of the user session."""
    for group in groups(events, "user_sess_id"):
        for event in group:
            event["user_id_fill"] = last_non_null(group, "user_id_matched")


def rule_10_flags(events: list[Event]) -> None:
    """`is_wv` (the lines' own `wv_device_id`, nothing filled), `is_device_login`, `is_sess_login`.

    The session's two are per `sess_id`, the device's is over its whole day.
    """
    for group in groups(events, "sess_id"):
        for event in group:
            event["is_wv"] = int(any(e["wv_device_id"] is not None for e in group))
            event["is_sess_login"] = int(any(e["s_wemember_id"] is not None for e in group))
    for group in groups(events, "new_dvc_id"):
        for event in group:
            event["is_device_login"] = int(any(e["s_wemember_id"] is not None for e in group))


def rule_11_last_values(events: list[Event]) -> None:
    """The last non-null platform, os and version of the device's day; country and language of
    the user session and of the session.

    Kept under names of their own (`last_platform` ...), as the events' own `platform`, `os`,
    `app_ver` are columns of ≺ and must not change while rules still read it.
    """
    for group in groups(events, "new_dvc_id"):
        for event in group:
            event["last_platform"] = last_non_null(group, "platform")
            event["last_os"] = last_non_null(group, "os")
            event["last_app_ver"] = last_non_null(group, "app_ver")
    for group in groups(events, "user_sess_id"):
        for event in group:
            event["user_ctry"] = last_non_null(group, "ctry")
            event["user_lang"] = last_non_null(group, "lang")
    for group in groups(events, "sess_id"):
        for event in group:
            event["sess_ctry"] = last_non_null(group, "ctry")
            event["sess_lang"] = last_non_null(group, "lang")


def rule_12_durations(events: list[Event]) -> None:
    """`sess_dur`, `user_sess_dur`: whole seconds of the end less whole seconds of the start."""
    for event in events:
        for name in ("sess", "user_sess"):
            start, end = event[f"{name}_start_dt"], event[f"{name}_end_dt"]
            event[f"{name}_dur"] = whole_seconds(end) - whole_seconds(start)


# ---------------------------------------------------------------------------------------------
# Section 4: the rows of the mart
# ---------------------------------------------------------------------------------------------


def mart_rows(events: list[Event], artists: list[Row], memberships: list[Row]) -> list[Row]:
    """One row per (`part_date`, `user_sess_id`, `ws_art_id`, `shop`), nulls included (SPEC 4)."""
    rows = []
    for group in groups(events, "user_sess_id", "ws_art_id", "shop"):
        candidates = [mart_row(event, artists, memberships) for event in group]
        # All that a row shows belongs to its user session, session or device, so any event of
        # the group must make the same row. If not, a rule above is wrong.
        assert all(candidate == candidates[0] for candidate in candidates), candidates
        rows.append(candidates[0])
    return sorted(rows, key=lambda row: [nulls_first(row[column]) for column in MART_KEY])


def mart_row(event: Event, artists: list[Row], memberships: list[Row]) -> Row:
    """The mart's row that an event belongs to."""
    key_date = datetime.strptime(event["part_date"], "%Y-%m-%d").date()
    artist = find_artist(event["ws_art_id"], artists)
    is_fc = is_member(event["account_fill"], artist["we_art_id"], key_date, memberships)
    row = {
        "key_date": key_date,
        "ws_user_id": event["user_id_fill"],
        "account_id": event["account_fill"],
        "device_id": event["new_dvc_id"],
        "is_wv": event["is_wv"],
        "user_ctry": event["user_ctry"],
        "user_lang": event["user_lang"],
        "sess_ctry": event["sess_ctry"],
        "sess_lang": event["sess_lang"],
        "ws_art_id": event["ws_art_id"],
        "we_art_id": artist["we_art_id"],
        "we_art_name": artist["we_art_name"],
        "shop": event["shop"],
        "is_device_login": event["is_device_login"],
        "is_sess_login": event["is_sess_login"],
        "sess_id": event["sess_id"],
        "sess_start_dt": event["sess_start_dt"],
        "sess_end_dt": event["sess_end_dt"],
        "sess_dur": event["sess_dur"],
        "user_sess_id": event["user_sess_id"],
        "user_sess_start_dt": event["user_sess_start_dt"],
        "user_sess_end_dt": event["user_sess_end_dt"],
        "user_sess_dur": event["user_sess_dur"],
        "platform": event["last_platform"],
        "os": event["last_os"],
        "app_ver": event["last_app_ver"],
        "part_date": event["part_date"],
        "we_member_id": event["account_fill"] if is_fc else None,
        "is_fc": int(is_fc),
    }
    assert tuple(row) == MART_COLUMNS
    return row


def find_artist(ws_art_id: int | None, artists: list[Row]) -> Row:
    """The artist of a `ws_art_id`; nulls for an unknown one, the greatest of several (SPEC 4)."""
    found = [a for a in artists if ws_art_id is not None and a["ws_art_id"] == ws_art_id]
    if not found:
        return {"we_art_id": None, "we_art_name": None}
    return max(found, key=lambda a: (nulls_first(a["we_art_id"]), nulls_first(a["we_art_name"])))


def is_member(
    account_id: str | None, we_art_id: int | None, key_date: date, memberships: list[Row]
) -> bool:
    """Whether a membership of the artist covers the day for the account (SPEC 1 and 4).

    Both ends are inclusive and a null end still runs. Null never equals anything, and a null
    start, which the SPEC does not foresee, covers no day.
    """
    if account_id is None or we_art_id is None:
        return False
    return any(
        membership["we_member_id"] == account_id
        and membership["we_art_id"] == we_art_id
        and membership["fc_start_date"] is not None
        and membership["fc_start_date"] <= key_date
        and (membership["fc_end_date"] is None or key_date <= membership["fc_end_date"])
        for membership in memberships
    )
