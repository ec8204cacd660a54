"""The oracle of the mart: SPEC sections 2 to 4 (and the counts of section 6) in plain Python.

It was written only from SPEC and the contract, without looking at the SQL, so that the two can be
compared row by row. It is slow and simple on purpose: one function per rule, events processed one
by one in the order of SPEC, and no rules combined. Do not optimize it.

The meaning of "last", "previous" and "first" is defined in one place, `in_order` (the order of
events, written ≺ in SPEC). The events that a rule sees are defined in `groups`.

    rows = build_mart(lines, artists, memberships)
    counts = audit(lines)

A line is a dict with the raw columns of `service_log.weplyapi_client_log` (SPEC section 1):
`log_dt` is a naive datetime (UTC) or None, `ws_art_id` an int or None, the rest str or None.
Arguments are never modified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

Line = dict[str, Any]  # a raw line, with the column names of the source
Event = dict[str, Any]  # a cleaned, accepted line, to which the rules add their columns
Row = dict[str, Any]

# -- Section 2: columns to clean -------------------------------------------------------------

ID_COLUMNS = ("log_id", "user_device_id", "wv_device_id", "s_wemember_id", "s_user_id")
UPPER_COLUMNS = ("s_device_type", "s_ctry", "shop", "platform")
LOWER_COLUMNS = ("s_lang",)
AS_IS_COLUMNS = ("os", "app_ver")  # trimmed, null tokens become null, case is kept
RENAMED = {"s_ctry": "ctry", "s_lang": "lang"}

NULL_TOKENS = ("", "null", "undefined", "none", "nan")
ID_NULL_TOKENS = NULL_TOKENS + ("0", "00000000-0000-0000-0000-000000000000")

# Two lines that agree in all of these columns are one event that was delivered twice. They are all
# columns of staging: the columns of the log (SPEC 1), with `browser_id` instead of
# `user_device_id`.
EVENT_COLUMNS = (
    "part_date", "log_id", "log_dt", "browser_id", "wv_device_id", "s_device_type",
    "s_wemember_id", "s_user_id", "ctry", "lang", "ws_art_id", "shop", "platform", "os", "app_ver",
)  # fmt: skip

# -- Section 3: the order ≺ ------------------------------------------------------------------
# `log_id` identifies a delivery. It is not part of the order or of any rule. Only `audit` uses it.

ORDER_COLUMNS = (
    "log_dt", "s_wemember_id", "wv_device_id", "s_user_id", "ctry", "lang", "platform", "os",
    "app_ver",
)  # fmt: skip

# -- Section 4: the columns of the data contract, in its order ------------------------------
# `run_timestamp`, which the run alone determines, is left out, because no rule determines it.

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
    """All rows of `ws_sess_daily` for every `part_date` of the lines (SPEC 2 to 4).

    `artists` are dicts of `ws_art_id`, `we_art_id`, `we_art_name`; `memberships` of
    `we_member_id`, `we_art_id`, `fc_start_date`, `fc_end_date` (dates). Both are used without
    cleaning (SPEC 5, first paragraph).

    Returns one dict per row with the keys `MART_COLUMNS` in that order, sorted by the mart's key
    (nulls first, strings by their bytes). Redelivered lines are deliberately not removed first,
    because SPEC 2 says that the rules make this unnecessary. No row depends on a `log_id`.
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
    """The counts of the lines of each `part_date` (SPEC 2, last two points, and 6).

    Accepted lines that agree in all of `EVENT_COLUMNS` are one event, and all but one of them are
    duplicates. Lines that differ in any column are different events, even if only `log_id` differs,
    or if they have the same `log_id` and something else differs.

    Returns one dict per `part_date`, sorted by it: `part_date`, `lines_read`, `duplicates`,
    `rejected_missing_log_dt`, `rejected_missing_device`, `rejected_log_dt_out_of_range`,
    `events_kept`. The days in `part_dates` get a row (of zeros) even if no line has them.
    """
    lines = list(lines)
    counts = []
    for part_date in sorted({line["part_date"] for line in lines} | set(part_dates)):
        cleaned = [clean_line(line) for line in lines if line["part_date"] == part_date]
        reasons = [reject_reason(line, max_clock_skew_hours) for line in cleaned]
        accepted = [line for line, reason in zip(cleaned, reasons) if reason is None]
        # Two nulls are equal here, as None equals None in Python.
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
    """Clean one raw line (SPEC 2): trim, replace null tokens, fold case, add `browser_id`.

    `s_ctry` and `s_lang` are returned as `ctry` and `lang`. `part_date`, `log_dt` and `ws_art_id`
    are not cleaned. Columns that the source does not declare are dropped.
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
    """The first reason of SPEC 2 to reject a cleaned line, or None if it is accepted.

    The UTC day ends at the start of the next day, and only *more* than the skew is rejected. With
    24 hours, the start of the previous day and the start of the day after the next are accepted.
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
    """The cleaned lines that SPEC 2 accepts, including redelivered lines."""
    cleaned = [clean_line(line) for line in lines]
    return [event for event in cleaned if reject_reason(event, max_clock_skew_hours) is None]


def trimmed(value: str | None) -> str | None:
    """Trim spaces at both ends: only U+0020, so not `str.strip()`, which also removes tabs."""
    return None if value is None else value.strip(" ")


def null_if_token(value: str | None, tokens: tuple[str, ...]) -> str | None:
    """None if the value is a null token, in any case."""
    return None if value is None or ascii_lower(value) in tokens else value


def ascii_upper(value: str) -> str:
    """Upper case of ASCII letters only: SPEC 2 defines no other folding."""
    return "".join(chr(ord(char) - 32) if "a" <= char <= "z" else char for char in value)


def ascii_lower(value: str) -> str:
    """Lower case of ASCII letters only."""
    return "".join(chr(ord(char) + 32) if "A" <= char <= "Z" else char for char in value)


# ---------------------------------------------------------------------------------------------
# Section 3: the order of events, and the groups that the rules read
# ---------------------------------------------------------------------------------------------


def nulls_first(value: Any) -> tuple:
    """The sort key of a value: null is the smallest, strings are compared by their UTF-8 bytes."""
    if value is None:
        return (0,)
    return (1, value.encode("utf-8") if isinstance(value, str) else value)


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events sorted by ≺ (SPEC 3).

    Events can tie in the whole order and still differ: in `log_id`, which no rule reads; in `shop`
    and `ws_art_id`, which only identify rows; in `browser_id`, which only groups events; and in
    `s_device_type`, which rule 3 reads only from the event itself. Which of them comes first must
    not matter. They stay in the order in which they were read. A rule for which it does matter is
    found by reading the same lines in another order.
    """
    return sorted(events, key=lambda event: [nulls_first(event[c]) for c in ORDER_COLUMNS])


def groups(events: Iterable[Event], *columns: str) -> Iterator[list[Event]]:
    """The events of each combination of values of `columns`, each group in the order ≺.

    `part_date` is always part of the group, because SPEC 3 lets nothing cross it.
    """
    found: dict[tuple, list[Event]] = {}
    for event in events:
        found.setdefault(tuple(event[c] for c in ("part_date", *columns)), []).append(event)
    for group in found.values():
        yield in_order(group)


def first_non_null(events: Iterable[Event], column: str) -> Any:
    """The first non-null value of `column`, in the order of the given events, or None."""
    for event in events:
        if event[column] is not None:
            return event[column]
    return None


def last_non_null(events: list[Event], column: str) -> Any:
    """The last non-null value of `column`, in the order of the given events, or None."""
    return first_non_null(reversed(events), column)


def escaped(value: str) -> str:
    """An id in the form used in `sess_id` and `user_sess_id` (rule 5). `%` is escaped first."""
    return value.replace("%", "%25").replace("|", "%7C")


def whole_seconds(moment: datetime) -> int:
    """Whole seconds since 1970, without the fraction."""
    return (moment - datetime(1970, 1, 1)) // timedelta(seconds=1)


# ---------------------------------------------------------------------------------------------
# Section 3: the twelve rules; each adds its columns to the events
# ---------------------------------------------------------------------------------------------


def rule_1_account_fill_1(events: list[Event]) -> None:
    """`account_fill_1`: the last non-null `s_wemember_id` at or before the event, per browser."""
    for group in groups(events, "browser_id"):
        for i, event in enumerate(group):
            event["account_fill_1"] = last_non_null(group[: i + 1], "s_wemember_id")


def rule_2_account_sess_seq(events: list[Event]) -> None:
    """`account_sess_seq`: starts at 1 per browser and rises by one at each change of a known
    account."""
    for group in groups(events, "browser_id"):
        account_sess_seq = 1
        for i, event in enumerate(group):
            previous = group[i - 1]["account_fill_1"] if i > 0 else None
            if previous is not None and event["account_fill_1"] != previous:
                account_sess_seq += 1
            event["account_sess_seq"] = account_sess_seq


def rule_3_new_dvc_id(events: list[Event]) -> None:
    """`new_dvc_id`: the Weverse device if one is known and this is not a PC, else the browser."""
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
    """`sess_seq`: starts at 1 per device and rises by one if the gap is more than the timeout."""
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
    """`account_fill`: the last non-null account at or before the event, else the session's
    first."""
    for group in groups(events, "sess_id"):
        for i, event in enumerate(group):
            event["account_fill"] = last_non_null(group[: i + 1], "s_wemember_id")
            if event["account_fill"] is None:
                event["account_fill"] = first_non_null(group, "s_wemember_id")


def rule_7_user_id_matched(events: list[Event]) -> None:
    """`user_id_matched`: `s_user_id` if the line's own account equals the filled account."""
    for event in events:
        account = event["s_wemember_id"]
        # Null never equals anything, including another null.
        matches = account is not None and account == event["account_fill"]
        event["user_id_matched"] = event["s_user_id"] if matches else None


def rule_8_user_sess_id(events: list[Event]) -> None:
    """`user_sess_id`: the session, and the account if there is one; its start and end."""
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
    """`user_id_fill`: the last non-null `user_id_matched` of the user session."""
    for group in groups(events, "user_sess_id"):
        for event in group:
            event["user_id_fill"] = last_non_null(group, "user_id_matched")


def rule_10_flags(events: list[Event]) -> None:
    """`is_wv` (from the lines' own `wv_device_id`, not filled), `is_device_login`, `is_sess_login`.

    The two session flags are per `sess_id`. The device flag covers the whole day of the device.
    """
    for group in groups(events, "sess_id"):
        for event in group:
            event["is_wv"] = int(any(e["wv_device_id"] is not None for e in group))
            event["is_sess_login"] = int(any(e["s_wemember_id"] is not None for e in group))
    for group in groups(events, "new_dvc_id"):
        for event in group:
            event["is_device_login"] = int(any(e["s_wemember_id"] is not None for e in group))


def rule_11_last_values(events: list[Event]) -> None:
    """The last non-null platform, os and version of the device's day, and the last country and
    language of the user session and of the session.

    They have separate names (`last_platform` ...), because the events' own `platform`, `os` and
    `app_ver` are part of the order ≺ and must not change while rules still use it.
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
    """`sess_dur`, `user_sess_dur`: whole seconds of the end minus whole seconds of the start."""
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
        # Every value of a row belongs to its user session, session or device, so every event of
        # the group must give the same row. Otherwise a rule above is wrong.
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
    """The artist of a `ws_art_id`: nulls if it is unknown, the greatest of several rows (SPEC
    4)."""
    found = [a for a in artists if ws_art_id is not None and a["ws_art_id"] == ws_art_id]
    if not found:
        return {"we_art_id": None, "we_art_name": None}
    return max(found, key=lambda a: (nulls_first(a["we_art_id"]), nulls_first(a["we_art_name"])))


def is_member(
    account_id: str | None, we_art_id: int | None, key_date: date, memberships: list[Row]
) -> bool:
    """Whether a membership of the artist covers the day for the account (SPEC 1 and 4).

    Both ends are inclusive, and a null end means still running. Null never equals anything. A null
    start, which SPEC does not define, covers no day.
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
