"""The oracle of the downstream tables: SPEC section 5, and the tables of section 6 that show or
count the mart, in plain Python. The build log is in `spec_oracle_builds.py`.

It was written only from SPEC and the contract, without looking at the SQL, so that the two can be
compared row by row. Like `spec_oracle.py`, on which it builds, it is slow and simple on purpose:
one public function per table, each quoting SPEC. Do not optimize it.

    mart = build_mart(lines, artists, memberships)                  # spec_oracle
    rows = stats_we_d_integ_visit(mart, orders, wv_sessions, ["2024-01-15"])
    tables = downstream(mart, orders, wv_sessions, ["2024-01-15"])  # all of them, by name

`mart` are the rows of `ws_sess_daily`, as `build_mart` returns them. `orders` and `wv_sessions` are
the rows of the sources `ws_order` and `wv_sess_daily` (SPEC 1), uncleaned: "the `we_mart` sources
are taken as they are". `part_dates` are the days that a run builds. A view has no `part_dates`,
because it shows everything. Arguments are never modified.

Every function returns dicts whose keys are the columns of the table in its order, without
`run_timestamp`, sorted by the key of the table (nulls first, strings by their bytes). "In keys
nulls agree", as None equals None in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tests.support import spec_oracle
from tests.support.spec_oracle import MART_COLUMNS, Line, Row, nulls_first, whole_seconds

ORDER_COLUMNS = (
    "ord_sheet_number", "ord_item_number", "ord_dt", "account_id", "we_art_id", "shop", "sale_id",
    "goods_id", "goods_cat", "logi_cat", "album_qty", "ord_item_qty", "ord_item_amt_krw",
    "part_date",
)  # fmt: skip
WV_COLUMNS = (
    "key_date", "we_member_id", "sess_id", "we_art_id", "we_art_name", "platform", "part_date",
)  # fmt: skip
VISIT_COLUMNS = ("user_sess_id", "vst_platform", "vst_type", "vst_type_dtl")
PURCHASE_KEY = (
    "key_date", "we_art_id", "shop", "sale_id", "goods_id", "album_qty", "goods_cat", "logi_cat",
    "vst_type", "vst_platform", "vst_type_dtl",
)  # fmt: skip
VISITOR_KEY = (
    "key_date", "date_type", "vst_type_dtl", "vst_type", "is_ws_app", "is_wv_app", "is_ord",
)  # fmt: skip

# Without `run_timestamp`, as everywhere here.
COLUMNS: dict[str, tuple[str, ...]] = {
    "ws_sess_daily_v2": MART_COLUMNS + ("is_wv_app", "is_ws_app"),
    "ws_platform_daily": (
        "key_date", "account_id", "vst_type", "vst_type_dtl", "vst_platform", "pay_qty", "pay_krw",
        "pay_order", "part_date",
    ),
    "stats_ws_d_ord_shop_integ": PURCHASE_KEY + (
        "cnt_pay_user", "cnt_ord", "cnt_ord_item", "pay_krw", "pay_qty", "part_date",
    ),
    "stats_ws_d_ord_shop_integ_summary": (
        "key_date", "platform", "au", "pay_user", "pay_krw", "pay_qty", "part_date",
    ),
    "stats_we_d_integ_visit": VISITOR_KEY + ("cnt_user", "part_date"),
    "stats_we_w_shop_integ_visit": VISITOR_KEY + ("cnt_user", "part_date"),
    "stats_wv_user_ws_visit": (
        "key_date", "we_member_id", "we_art_name", "ws_visit_cnt", "ws_login_cnt", "ws_sess_cnt",
        "ws_sess_dur", "ws_user_sess_cnt", "ws_user_sess_dur", "part_date",
    ),
    "v_ws_user_wv_visit": (
        "key_date", "account_id", "we_art_name", "wv_visit_cnt", "wv_login_cnt", "wv_sess_cnt",
        "wv_sess_dur", "wv_user_sess_cnt", "wv_user_sess_dur",
    ),
    "ws_sess_visit": (
        "part_date", "sess_id", "device_id", "visit_id", "visit_sess_seq", "visit_start_dt",
        "visit_end_dt", "visit_dur", "is_continued",
    ),
    "ws_sess_daily_audit": (
        "part_date", "lines_read", "duplicates", "rejected_missing_log_dt",
        "rejected_missing_device", "rejected_log_dt_out_of_range", "events_kept", "devices",
        "sessions", "user_sessions", "mart_rows",
    ),
    "ws_user_sess_daily": (
        "key_date", "part_date", "user_sess_id", "sess_id", "device_id", "account_id", "ws_user_id",
        "user_ctry", "user_lang", "sess_ctry", "sess_lang", "is_wv", "is_device_login",
        "is_sess_login", "sess_start_dt", "sess_end_dt", "sess_dur", "user_sess_start_dt",
        "user_sess_end_dt", "user_sess_dur", "platform", "os", "app_ver", "vst_platform", "art_cnt",
        "is_fc", "is_first_user_sess",
    ),
}  # fmt: skip

KEYS: dict[str, tuple[str, ...]] = {
    "ws_sess_daily_v2": spec_oracle.MART_KEY,
    "ws_platform_daily": ("key_date", "account_id", "vst_platform"),
    "stats_ws_d_ord_shop_integ": PURCHASE_KEY,
    "stats_ws_d_ord_shop_integ_summary": ("key_date", "platform"),
    "stats_we_d_integ_visit": VISITOR_KEY,
    "stats_we_w_shop_integ_visit": VISITOR_KEY,
    "stats_wv_user_ws_visit": ("key_date", "we_member_id", "we_art_name"),
    "v_ws_user_wv_visit": ("key_date", "account_id", "we_art_name"),
    "ws_sess_visit": ("part_date", "sess_id"),
    "ws_sess_daily_audit": ("part_date",),
    "ws_user_sess_daily": ("part_date", "user_sess_id"),
}


def downstream(
    mart: Iterable[Row],
    orders: Iterable[Row],
    wv_sessions: Iterable[Row],
    part_dates: Iterable[str],
    *,
    session_timeout_minutes: int = 30,
) -> dict[str, list[Row]]:
    """Every table of section 5, `ws_user_sess_daily` and `ws_sess_visit`, by name."""
    mart, orders, wv_sessions = list(mart), list(orders), list(wv_sessions)
    part_dates = sorted(set(part_dates))
    platforms = ws_platform_daily(mart, orders, wv_sessions, part_dates)
    return {
        "ws_sess_daily_v2": ws_sess_daily_v2(mart),
        "ws_platform_daily": platforms,
        "stats_ws_d_ord_shop_integ": stats_ws_d_ord_shop_integ(
            mart, orders, wv_sessions, part_dates
        ),
        "stats_ws_d_ord_shop_integ_summary": stats_ws_d_ord_shop_integ_summary(platforms),
        "stats_we_d_integ_visit": stats_we_d_integ_visit(mart, orders, wv_sessions, part_dates),
        "stats_we_w_shop_integ_visit": stats_we_w_shop_integ_visit(
            mart, orders, wv_sessions, part_dates
        ),
        "stats_wv_user_ws_visit": stats_wv_user_ws_visit(mart, wv_sessions, part_dates),
        "v_ws_user_wv_visit": v_ws_user_wv_visit(mart),
        "ws_user_sess_daily": ws_user_sess_daily(mart),
        "ws_sess_visit": ws_sess_visit(mart, session_timeout_minutes=session_timeout_minutes),
    }


# ---------------------------------------------------------------------------------------------
# Section 5: shop visits and an order item's visit
# ---------------------------------------------------------------------------------------------


def order_item_visits(
    mart: Iterable[Row],
    orders: Iterable[Row],
    wv_sessions: Iterable[Row],
    part_dates: Iterable[str],
) -> list[Row]:
    """All order items of the days with their visits: `ORDER_COLUMNS`, then `VISIT_COLUMNS`.

    "It belongs to the account's user session of the same `part_date` with the latest
    `user_sess_start_dt` that, cut to whole seconds (orders may carry no more), is at or before
    `ord_dt` (only that comparison is of the cut time); ties: greatest `user_sess_id`. Its
    `vst_platform` is that session's, else `NONE`; `vst_type` and `vst_type_dtl` are those of the
    account and day, whatever the item's platform."

    "A key that a source holds twice fails its test, and both rows count": both rows are returned.
    """
    rows = []
    mart, orders, wv_sessions = list(mart), list(orders), list(wv_sessions)
    for part_date in sorted(set(part_dates)):
        sessions = user_sessions(of_day(mart, part_date))
        wv_rows = of_day(wv_sessions, part_date)
        for order in of_day(orders, part_date):
            session = session_of_order_item(order, sessions)
            rows.append(
                {column: order[column] for column in ORDER_COLUMNS}
                | {
                    "user_sess_id": session["user_sess_id"] if session else None,
                    "vst_platform": session["vst_platform"] if session else "NONE",
                    "vst_type": payment_vst_type(order["account_id"], sessions, wv_rows),
                    "vst_type_dtl": vst_type_dtl(of_account(sessions, order["account_id"])),
                }
            )
    return in_key_order(rows, ("part_date", *ORDER_COLUMNS))


def session_of_order_item(order: Row, sessions: list[Row]) -> Row | None:
    """The user session of its day that an order item belongs to, or None.

    A null account has no session, because null never equals anything. No time is at or before a
    null `ord_dt`, which SPEC does not define.
    """
    if order["ord_dt"] is None:
        return None
    begun = [
        session
        for session in of_account(sessions, order["account_id"])
        if session["user_sess_start_dt"].replace(microsecond=0) <= order["ord_dt"]
    ]
    if not begun:
        return None
    # The comparison above uses the truncated time. The latest session is found by the exact time.
    return max(
        begun,
        key=lambda session: (session["user_sess_start_dt"], nulls_first(session["user_sess_id"])),
    )


def user_sessions(mart_rows_of_a_day: list[Row]) -> list[Row]:
    """The distinct user sessions of a day, with their `vst_platform`.

    The mart has one row per artist and shop, so its sessions must not be counted by rows.
    """
    columns = (
        "account_id", "device_id", "platform", "is_wv", "is_sess_login", "sess_id",
        "sess_start_dt", "sess_end_dt", "sess_dur", "user_sess_id", "user_sess_start_dt",
        "user_sess_end_dt", "user_sess_dur", "part_date",
    )  # fmt: skip
    sessions: dict[str, Row] = {}
    for row in mart_rows_of_a_day:
        session = {column: row[column] for column in columns}
        assert sessions.setdefault(row["user_sess_id"], session) == session, row
    return [session | {"vst_platform": vst_platform(session)} for session in sessions.values()]


def vst_platform(session: Row) -> str:
    """SPEC 5: "`vst_platform` of a session: `WV_APP` (`platform` `APP`, `is_wv` 1), `WS_APP`
    (`APP`, `is_wv` 0), `WEB` (anything else)": a null platform too."""
    if session["platform"] == "APP" and session["is_wv"] == 1:
        return "WV_APP"
    if session["platform"] == "APP" and session["is_wv"] == 0:
        return "WS_APP"
    return "WEB"


def vst_type_dtl(sessions: list[Row]) -> str:
    """SPEC 5: "`vst_type_dtl` = its distinct visit platforms, sorted, joined by `+`, else
    `NONE`"."""
    return "+".join(sorted({session["vst_platform"] for session in sessions})) or "NONE"


def payment_vst_type(account_id: str | None, sessions: list[Row], wv_rows: list[Row]) -> str:
    """SPEC 5: "In the two payment tables `vst_type` is `WV_WS` where the account visited the shop
    and also has a `wv_sess_daily` row that day, `WS` where it visited the shop only, `NONE`
    where it did not visit the shop": also where it visited Weverse."""
    if not of_account(sessions, account_id):
        return "NONE"
    return "WV_WS" if account_id in members(wv_rows) else "WS"


# ---------------------------------------------------------------------------------------------
# Section 5: the tables
# ---------------------------------------------------------------------------------------------


def ws_sess_daily_v2(mart: Iterable[Row]) -> list[Row]:
    """SPEC 5: "as in the contract | `ws_sess_daily.*`, `is_wv_app`, `is_ws_app`"."""
    rows = [
        {column: row[column] for column in MART_COLUMNS}
        | {
            "is_wv_app": int(row["platform"] == "APP" and row["is_wv"] == 1),
            "is_ws_app": int(row["platform"] == "APP" and row["is_wv"] == 0),
        }
        for row in mart
    ]
    return finished("ws_sess_daily_v2", rows)


def ws_platform_daily(
    mart: Iterable[Row],
    orders: Iterable[Row],
    wv_sessions: Iterable[Row],
    part_dates: Iterable[str],
) -> list[Row]:
    """SPEC 5: "visits and payments by platform | (`key_date`, `account_id`, `vst_platform`) for
    accounts that visited or paid. Order items without an account make one row a day,
    `account_id` null and `NONE` in the three types; anonymous visits make none. A visit
    platform without payment keeps its row"."""
    mart, orders, wv_sessions = list(mart), list(orders), list(wv_sessions)
    rows = []
    for part_date in sorted(set(part_dates)):
        sessions = user_sessions(of_day(mart, part_date))
        wv_rows = of_day(wv_sessions, part_date)
        items = order_item_visits(mart, orders, wv_sessions, [part_date])
        visited = {
            (session["account_id"], session["vst_platform"])
            for session in sessions
            if session["account_id"] is not None
        }
        paid = {(item["account_id"], item["vst_platform"]) for item in items}
        for account_id, platform in visited | paid:
            own = [
                item
                for item in items
                if (item["account_id"], item["vst_platform"]) == (account_id, platform)
            ]
            rows.append(
                {
                    "key_date": as_date(part_date),
                    "account_id": account_id,
                    "vst_type": payment_vst_type(account_id, sessions, wv_rows),
                    "vst_type_dtl": vst_type_dtl(of_account(sessions, account_id)),
                    "vst_platform": platform,
                    "pay_qty": total(own, "ord_item_qty"),
                    "pay_krw": total(own, "ord_item_amt_krw"),
                    "pay_order": len(distinct(own, "ord_sheet_number")),
                    "part_date": part_date,
                }
            )
    return finished("ws_platform_daily", rows)


def stats_ws_d_ord_shop_integ(
    mart: Iterable[Row],
    orders: Iterable[Row],
    wv_sessions: Iterable[Row],
    part_dates: Iterable[str],
) -> list[Row]:
    """SPEC 5: "purchases by goods and visit platform | `cnt_pay_user` distinct accounts, `cnt_ord`
    distinct sheets, `cnt_ord_item` rows, `pay_krw`, `pay_qty`". "Properties (`album_qty` int
    among them) stay as in the source, nulls too, and in keys nulls agree". A null account is no
    account to count."""
    items = order_item_visits(mart, orders, wv_sessions, part_dates)
    rows = []
    for key, group in grouped(items, ("part_date", *PURCHASE_KEY[1:])).items():
        rows.append(
            {"key_date": as_date(key[0])}
            | dict(zip(PURCHASE_KEY[1:], key[1:], strict=True))
            | {
                "cnt_pay_user": len(distinct(group, "account_id")),
                "cnt_ord": len(distinct(group, "ord_sheet_number")),
                "cnt_ord_item": len(group),
                "pay_krw": total(group, "ord_item_amt_krw"),
                "pay_qty": total(group, "ord_item_qty"),
                "part_date": key[0],
            }
        )
    return finished("stats_ws_d_ord_shop_integ", rows)


def stats_ws_d_ord_shop_integ_summary(platform_daily: Iterable[Row]) -> list[Row]:
    """SPEC 5: "summary by platform | (`key_date`, `platform`) of `ws_platform_daily`, on which it
    is built: `au` distinct accounts that visited by it (0 for `NONE`), `pay_user` distinct
    accounts with an order item there (`pay_order` > 0), whatever its amount".

    A row with a platform other than `NONE` exists only if the account visited on it.
    """
    rows = []
    by_platform = grouped(platform_daily, ("part_date", "vst_platform"))
    for (part_date, platform), group in by_platform.items():
        paid = [row for row in group if row["pay_order"] > 0]
        rows.append(
            {
                "key_date": as_date(part_date),
                "platform": platform,
                "au": 0 if platform == "NONE" else len(distinct(group, "account_id")),
                "pay_user": len(distinct(paid, "account_id")),
                "pay_krw": total(group, "pay_krw"),
                "pay_qty": total(group, "pay_qty"),
                "part_date": part_date,
            }
        )
    return finished("stats_ws_d_ord_shop_integ_summary", rows)


def stats_we_d_integ_visit(
    mart: Iterable[Row],
    orders: Iterable[Row],
    wv_sessions: Iterable[Row],
    part_dates: Iterable[str],
) -> list[Row]:
    """SPEC 5: "daily visitors | (`key_date`, `date_type` = `D`, `vst_type_dtl`, `vst_type`,
    `is_ws_app`, `is_wv_app`, `is_ord`); `cnt_user`"."""
    mart, orders, wv_sessions = list(mart), list(orders), list(wv_sessions)
    rows = []
    for part_date in sorted(set(part_dates)):
        found = visitors(mart, orders, wv_sessions, [part_date])
        rows += visitor_counts(found, as_date(part_date), "D")
    return finished("stats_we_d_integ_visit", rows)


def stats_we_w_shop_integ_visit(
    mart: Iterable[Row],
    orders: Iterable[Row],
    wv_sessions: Iterable[Row],
    part_dates: Iterable[str],
) -> list[Row]:
    """SPEC 5: "the same per ISO week | `key_date` = Monday, `part_date` the same, `date_type` =
    `W`; shop visits, Weverse rows and orders of Monday to Sunday are pooled first and then
    typed as for a day; built for the weeks that the run's dates touch, from all that the
    sources and the mart hold of those weeks": also of days that are not among `part_dates`."""
    mart, orders, wv_sessions = list(mart), list(orders), list(wv_sessions)
    rows = []
    for monday in sorted({monday_of(part_date) for part_date in part_dates}):
        week = [str(monday + timedelta(days=days)) for days in range(7)]
        rows += visitor_counts(visitors(mart, orders, wv_sessions, week), monday, "W")
    return finished("stats_we_w_shop_integ_visit", rows)


def stats_wv_user_ws_visit(
    mart: Iterable[Row], wv_sessions: Iterable[Row], part_dates: Iterable[str]
) -> list[Row]:
    """SPEC 5: "(`key_date`, `we_member_id`, `we_art_name`) of `wv_sess_daily`. The shop side is the
    member's whole day, each user session counted and its time added once, the same on each of the
    member's artist rows; a member without a shop visit has zeros". "Rows without `we_member_id`
    are nobody, here and everywhere"."""
    mart, wv_sessions = list(mart), list(wv_sessions)
    rows = []
    for part_date in sorted(set(part_dates)):
        sessions = user_sessions(of_day(mart, part_date))
        for member, artist in grouped(
            of_day(wv_sessions, part_date), ("we_member_id", "we_art_name")
        ):
            if member is None:
                continue
            own = of_account(sessions, member)
            in_app = [session for session in own if session["vst_platform"] == "WS_APP"]
            rows.append(
                {"key_date": as_date(part_date), "we_member_id": member, "we_art_name": artist}
                | page_measures("ws", own, visits=len(in_app))
                | {"part_date": part_date}
            )
    return finished("stats_wv_user_ws_visit", rows)


def v_ws_user_wv_visit(mart: Iterable[Row]) -> list[Row]:
    """SPEC 5: "(`key_date`, `account_id`, `we_art_name`) of all the account's sessions that day,
    whatever their platform, for accounts with a session in the Weverse app (`is_wv_app` 1) that
    day; measures of those sessions alone, each once, as above".

    "Those sessions" are the ones in the Weverse app: the contract's 7.7.
    """
    rows = []
    for (part_date,), of_the_day in grouped(mart, ("part_date",)).items():
        sessions = user_sessions(of_the_day)
        for account_id, artist in grouped(of_the_day, ("account_id", "we_art_name")):
            own = of_account(sessions, account_id)
            in_app = [session for session in own if session["vst_platform"] == "WV_APP"]
            if not in_app:
                continue
            rows.append(
                {"key_date": as_date(part_date), "account_id": account_id, "we_art_name": artist}
                | page_measures("wv", in_app, visits=len(in_app))
            )
    return finished("v_ws_user_wv_visit", rows)


def page_measures(prefix: str, sessions: list[Row], visits: int) -> Row:
    """The six measures of Weverse members' tables, "each user session counted and its time added
    once". Time counts where the session has a login, as in the contract; the login count is the
    number of user sessions whose session has one.

    The session's own time is also added once: within an account and a day, sessions and user
    sessions correspond one to one (rule 8).
    """
    assert len(distinct(sessions, "sess_id")) == len(sessions)
    with_login = [session for session in sessions if session["is_sess_login"] == 1]
    return {
        f"{prefix}_visit_cnt": visits,
        f"{prefix}_login_cnt": len(with_login),
        f"{prefix}_sess_cnt": len(distinct(sessions, "sess_id")),
        f"{prefix}_sess_dur": total(with_login, "sess_dur"),
        f"{prefix}_user_sess_cnt": len(distinct(sessions, "user_sess_id")),
        f"{prefix}_user_sess_dur": total(with_login, "user_sess_dur"),
    }


# ---------------------------------------------------------------------------------------------
# Section 5: visitors of a period
# ---------------------------------------------------------------------------------------------


def visitors(
    mart: list[Row], orders: list[Row], wv_sessions: list[Row], period: list[str]
) -> list[Row]:
    """The visitors of a period (with its days pooled), each with its types and flags.

    "A visitor of a period (day or week) is an `account_id`; a session without one counts its
    `device_id`, unless an account was seen on that device in the period: then it counts nobody
    and adds no platform. An account and a device of the same text are two visitors. Members of
    `wv_sess_daily` are visitors too (`vst_type` `WV`, `vst_type_dtl` `NONE` where they did not
    visit the shop, both app flags 0). Who only ordered is no visitor."
    """
    sessions = [s for part_date in period for s in user_sessions(of_day(mart, part_date))]
    wv_members = members([row for part_date in period for row in of_day(wv_sessions, part_date)])
    ordered = distinct([row for part_date in period for row in of_day(orders, part_date)],
                       "account_id")  # fmt: skip
    with_account = [session for session in sessions if session["account_id"] is not None]
    devices_with_account = distinct(with_account, "device_id")

    shop_visits: dict[tuple[str, str], list[Row]] = {}  # by kind of visitor and its id
    for session in sessions:
        if session["account_id"] is not None:
            shop_visits.setdefault(("account", session["account_id"]), []).append(session)
        elif session["device_id"] not in devices_with_account:
            shop_visits.setdefault(("device", session["device_id"]), []).append(session)

    found = []
    for kind, visitor in shop_visits.keys() | {("account", member) for member in wv_members}:
        own = shop_visits.get((kind, visitor), [])
        is_member = kind == "account" and visitor in wv_members
        platforms = {session["vst_platform"] for session in own}
        found.append(
            {
                "kind": kind,
                "visitor": visitor,
                "vst_type_dtl": vst_type_dtl(own),
                "vst_type": ("WV_WS" if is_member else "WS") if own else "WV",
                "is_ws_app": int("WS_APP" in platforms),
                "is_wv_app": int("WV_APP" in platforms),
                "is_ord": int(kind == "account" and visitor in ordered),
            }
        )
    return found


def visitor_counts(found: list[Row], key_date: date, date_type: str) -> list[Row]:
    """Count the visitors of one period by their types and flags."""
    columns = VISITOR_KEY[2:]
    return [
        {"key_date": key_date, "date_type": date_type}
        | dict(zip(columns, key, strict=True))
        | {"cnt_user": len(group), "part_date": str(key_date)}
        for key, group in grouped(found, columns).items()
    ]


# ---------------------------------------------------------------------------------------------
# Section 6
# ---------------------------------------------------------------------------------------------


def ws_user_sess_daily(mart: Iterable[Row]) -> list[Row]:
    """SPEC 6: "one row per (`part_date`, `user_sess_id`): the mart without artist and shop, for
    sums of sessions and time. `art_cnt` (distinct `ws_art_id`), `is_fc` (1 where any of its rows
    has it), `is_first_user_sess` (1 on the session's first user session by (`user_sess_start_dt`,
    `user_sess_id`), else 0, so that session time is added once)".

    A null `ws_art_id` is not counted as an artist. All other columns belong to the user session, so
    each of its rows has the same values.
    """
    made = ("vst_platform", "art_cnt", "is_fc", "is_first_user_sess")
    own = [name for name in COLUMNS["ws_user_sess_daily"] if name not in made]
    by_user_session = grouped(mart, ("part_date", "user_sess_id"))
    first_of_session: dict[tuple, tuple] = {}
    for group in by_user_session.values():
        row = group[0]
        place = (row["user_sess_start_dt"], nulls_first(row["user_sess_id"]))
        session = (row["part_date"], row["sess_id"])
        first_of_session[session] = min(first_of_session.get(session, place), place)
    rows = []
    for group in by_user_session.values():
        row = {name: group[0][name] for name in own}
        assert all({name: other[name] for name in own} == row for other in group), group
        place = (row["user_sess_start_dt"], nulls_first(row["user_sess_id"]))
        rows.append(
            row
            | {
                "vst_platform": vst_platform(row),
                "art_cnt": len(distinct(group, "ws_art_id")),
                "is_fc": int(any(other["is_fc"] == 1 for other in group)),
                "is_first_user_sess": int(
                    first_of_session[row["part_date"], row["sess_id"]] == place
                ),
            }
        )
    return finished("ws_user_sess_daily", rows)


def ws_sess_visit(
    mart: Iterable[Row],
    *,
    session_timeout_minutes: int = 30,
    timeouts: Mapping[str, int] | None = None,
) -> list[Row]:
    """SPEC 6: "one row per (`part_date`, `sess_id`): a whole visit again, across midnight and late
    delivery. Sessions of a `device_id` in order of (`sess_start_dt`, `part_date`, `sess_id`); a
    visit begins where `sess_start_dt` is more than the session timeout after the greatest
    `sess_end_dt` so far", "with the timeout that the mart was built with".

    `timeouts` are the timeouts by `part_date` of days that were not built with
    `session_timeout_minutes`. Whether a session continues a visit depends on the session's own day.
    """
    timeouts = timeouts or {}
    columns = ("part_date", "sess_id", "device_id", "sess_start_dt", "sess_end_dt")
    by_device = grouped(
        [dict(zip(columns, key, strict=True)) for key in grouped(mart, columns)], ("device_id",)
    )
    rows = []
    for sessions in by_device.values():
        visits: list[list[Row]] = []
        for session in in_key_order(sessions, ("sess_start_dt", "part_date", "sess_id")):
            ended = max((s["sess_end_dt"] for visit in visits for s in visit), default=None)
            minutes = timeouts.get(session["part_date"], session_timeout_minutes)
            timeout = timedelta(minutes=minutes)
            if ended is None or session["sess_start_dt"] - ended > timeout:
                visits.append([])
            visits[-1].append(session)
        for visit in visits:
            start = min(session["sess_start_dt"] for session in visit)
            end = max(session["sess_end_dt"] for session in visit)
            for number, session in enumerate(visit, start=1):
                rows.append(
                    {
                        "part_date": session["part_date"],
                        "sess_id": session["sess_id"],
                        "device_id": session["device_id"],
                        "visit_id": visit[0]["sess_id"],
                        "visit_sess_seq": number,
                        "visit_start_dt": start,
                        "visit_end_dt": end,
                        "visit_dur": whole_seconds(end) - whole_seconds(start),
                        "is_continued": int(number > 1),
                    }
                )
    return finished("ws_sess_visit", rows)


def ws_sess_daily_audit(
    lines: Iterable[Line],
    mart: Iterable[Row],
    part_dates: Iterable[str],
    *,
    max_clock_skew_hours: float = 24,
) -> list[Row]:
    """SPEC 6: "one row per `part_date` of the run, a day left empty included (zeros)", without the
    checksum, which is each engine's own: what became of the lines, then "`devices`, `sessions`,
    `user_sessions` (distinct `device_id`, `sess_id`, `user_sess_id` of the mart), `mart_rows`"."""
    part_dates, mart = set(part_dates), list(mart)
    lines = [line for line in lines if line["part_date"] in part_dates]
    counts = spec_oracle.audit(
        lines, max_clock_skew_hours=max_clock_skew_hours, part_dates=part_dates
    )
    rows = []
    for count in counts:
        of_the_day = of_day(mart, count["part_date"])
        rows.append(
            count
            | {
                "devices": len(distinct(of_the_day, "device_id")),
                "sessions": len(distinct(of_the_day, "sess_id")),
                "user_sessions": len(distinct(of_the_day, "user_sess_id")),
                "mart_rows": len(of_the_day),
            }
        )
    return finished("ws_sess_daily_audit", rows)


# ---------------------------------------------------------------------------------------------
# Helpers
# ---------------------------------------------------------------------------------------------


def of_day(rows: Iterable[Row], part_date: str) -> list[Row]:
    """SPEC 5: "A day is `part_date`, in every source": not `key_date`, nor the date of `ord_dt`."""
    return [row for row in rows if row["part_date"] == part_date]


def of_account(sessions: list[Row], account_id: str | None) -> list[Row]:
    """The sessions of the account. A null account has none, because null never equals anything."""
    return [s for s in sessions if account_id is not None and s["account_id"] == account_id]


def members(wv_rows: list[Row]) -> set[str]:
    """SPEC 5: "Rows without `we_member_id` are nobody, here and everywhere." `''` is somebody:
    "`''`, `null` and `' m1 '` would be three accounts"."""
    return distinct(wv_rows, "we_member_id")


def distinct(rows: Iterable[Row], column: str) -> set[Any]:
    """The distinct values of a column without null."""
    return {row[column] for row in rows if row[column] is not None}


def total(rows: Iterable[Row], column: str) -> int:
    """SPEC 5: "Counts and sums are bigint and never null (nulls count as 0)"."""
    return sum(row[column] for row in rows if row[column] is not None)


def grouped(rows: Iterable[Row], columns: Iterable[str]) -> dict[tuple, list[Row]]:
    """The rows of each combination of values of `columns`; "in keys nulls agree"."""
    columns = tuple(columns)
    found: dict[tuple, list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return found


def in_key_order(rows: Iterable[Row], key: Iterable[str]) -> list[Row]:
    """The rows sorted by columns, nulls first, strings by their bytes."""
    columns = tuple(key)
    return sorted(rows, key=lambda row: [nulls_first(row[column]) for column in columns])


def finished(table: str, rows: list[Row]) -> list[Row]:
    """Check that the rows have the columns of the table in its order and a unique key, and sort
    them by the key."""
    assert all(tuple(row) == COLUMNS[table] for row in rows), table
    assert all(len(group) == 1 for group in grouped(rows, KEYS[table]).values()), table
    return in_key_order(rows, KEYS[table])


def as_date(part_date: str) -> date:
    return datetime.strptime(part_date, "%Y-%m-%d").date()


def monday_of(part_date: str) -> date:
    """The Monday of the ISO week of a day."""
    day = as_date(part_date)
    return day - timedelta(days=day.weekday())
