"""Check the oracle of SPEC 5 and 6 (`spec_oracle_downstream.py`) with hand-computed examples, and
with random worlds for which it must keep the guarantees of these sections. No table is tested here.
"""

from datetime import date, datetime, timedelta

import pytest

from tests.support import spec_oracle
from tests.support import spec_oracle_downstream as oracle
from tests.support.adversarial_logs import random_world, shuffled
from tests.support.adversarial_orders import orders_and_weverse_sessions

DAY, KEY_DATE = "2024-01-17", date(2024, 1, 17)  # a Wednesday
KINDS = {"WEB": ("WEB", 1), "WS_APP": ("APP", 0), "WV_APP": ("APP", 1), "NULL": (None, 0)}
NONE = ("NONE",) * 3
VISITORS = "vst_type_dtl vst_type is_ws_app is_wv_app is_ord cnt_user"
# The columns that vary in the examples, for wide tables.
SHOWN = {
    "stats_we_d_integ_visit": VISITORS,
    "stats_we_w_shop_integ_visit": "key_date part_date " + VISITORS,
    "ws_platform_daily": "account_id vst_platform vst_type vst_type_dtl pay_qty pay_krw pay_order",
    "stats_ws_d_ord_shop_integ_summary": "platform au pay_user pay_krw pay_qty",
}


def session(account, start, kind="WEB", device="d", day=DAY, seconds=60, **more):
    """A row of the mart whose user session is the whole session."""
    start_dt = datetime.fromisoformat(f"{day} {start}")
    end_dt = start_dt + timedelta(seconds=seconds)
    platform, is_wv = KINDS[kind]
    sess_id = f"{start_dt:%Y%m%d%H%M%S%f}"[:-3] + "|" + device
    return dict.fromkeys(spec_oracle.MART_COLUMNS) | {
        "key_date": date.fromisoformat(day), "part_date": day, "account_id": account,
        "device_id": device, "platform": platform, "is_wv": is_wv, "sess_id": sess_id,
        "user_sess_id": sess_id if account is None else f"{sess_id}|{account}",
        "is_sess_login": int(account is not None), "sess_start_dt": start_dt, "sess_end_dt": end_dt,
        "sess_dur": seconds, "user_sess_dur": seconds, "user_sess_start_dt": start_dt,
        "user_sess_end_dt": end_dt,
    } | more  # fmt: skip


def order(account, time="12:00", krw=100, sheet="S", day=DAY, **more):
    return dict.fromkeys(oracle.ORDER_COLUMNS) | {
        "ord_sheet_number": sheet, "ord_dt": datetime.fromisoformat(f"{day} {time}"),
        "account_id": account, "ord_item_qty": 1, "ord_item_amt_krw": krw, "part_date": day,
    } | more  # fmt: skip


def wv(member, artist="BTS", day=DAY):
    row = dict.fromkeys(oracle.WV_COLUMNS) | {"we_member_id": member, "we_art_name": artist}
    return row | {"key_date": date.fromisoformat(day), "part_date": day}


def shown(table, mart, orders=(), wv_sessions=(), days=(DAY,)):
    """The rows of a table as tuples, in the order of its key."""
    rows = oracle.downstream(mart, orders, wv_sessions, days)[table]
    names = SHOWN[table].split() if table in SHOWN else oracle.COLUMNS[table]
    return [tuple(row[name] for name in names) for row in rows]


# -- An order item's visit, and payments ------------------------------------------------------


@pytest.mark.parametrize(
    "time, expected",
    [
        ("09:59:59.999999", None),  # before the first second of the first session
        ("10:00:00", ("WS_APP", "a")),  # both have started by whole seconds; the later one
        ("10:30:00", ("WV_APP", "é")),  # three at the same microsecond: the greatest id, by bytes
        ("23:59:59.999999", ("WV_APP", "é")),  # even if it ended long ago
    ],
)
def test_item_belongs_to_the_latest_session_begun_by_its_second(time, expected):
    mart = [
        session("m", "10:00:00.200", "WS_APP", user_sess_id="2024011709|a|m"),  # login midway
        session("m", "10:00:00.100", "WEB", device="z"),
        session("m", "10:30:00.500", "WEB", device="B"),
        session("m", "10:30:00.500", "WV_APP", device="é"),
        session("m", "10:30:00.500", "WS_APP", device="z"),
        session("other", "09:00", "WEB"),
        session("m", "09:00", "WEB", day="2024-01-16"),
    ]
    (item,) = oracle.order_item_visits(mart, [order("m", time)], [wv("m")], [DAY])
    assert (item["vst_type"], item["vst_type_dtl"]) == ("WV_WS", "WEB+WS_APP+WV_APP")
    device = item["user_sess_id"] and item["user_sess_id"].split("|")[1]
    assert (item["vst_platform"], device) == (expected or ("NONE", None))


@pytest.mark.parametrize("account", [None, "", " m ", "M", "null", "d"])
def test_item_of_no_account_or_another_spelling_has_no_visit(account):
    mart = [session("m", "10:00"), session(None, "11:00")]
    (item,) = oracle.order_item_visits(mart, [order(account)], [wv(account)], [DAY])
    assert (item["vst_platform"], item["vst_type"], item["vst_type_dtl"]) == NONE


def test_payments_by_platform_and_their_summary():
    mart = [
        session("m", "10:00", "NULL", shop="KR"),
        session("m", "10:00", "NULL", shop="JP"),  # the same session in another shop
        session("m", "11:00", "WV_APP"),
        session("n", "11:00", "WV_APP", device="e"),
        session(None, "08:00", "WS_APP", device="f"),
    ]
    orders = [
        order("m", "10:30", 100), order("m", "10:31", -100), order("m", "09:00", 5, "T"),
        order("n", "11:00", None, ord_item_qty=None), order("ghost", krw=7), order(None, krw=1),
        order(None, krw=1), order("m", day="2024-01-16"),
    ]  # fmt: skip
    assert shown("ws_platform_daily", mart, orders, [wv("m"), wv("ghost"), wv(None)]) == [
        (None, *NONE, 2, 2, 1),
        ("ghost", *NONE, 1, 7, 1),
        ("m", "NONE", "WV_WS", "WEB+WV_APP", 1, 5, 1),
        ("m", "WEB", "WV_WS", "WEB+WV_APP", 2, 0, 1),
        ("m", "WV_APP", "WV_WS", "WEB+WV_APP", 0, 0, 0),
        ("n", "WV_APP", "WS", "WV_APP", 0, 0, 1),
    ]
    assert shown("stats_ws_d_ord_shop_integ_summary", mart, orders) == [
        ("NONE", 0, 2, 14, 4),  # ghost and m; the other two items have no account
        ("WEB", 1, 1, 0, 2),
        ("WV_APP", 2, 1, 0, 0),  # n ordered, but paid nothing
    ]


def test_purchases_by_goods_count_items_sheets_and_accounts():
    goods = {"we_art_id": 7, "album_qty": 0, "shop": " KR"}
    orders = [order("x", **goods), order("y", sheet="T", **goods), order("y", sheet="T", **goods),
              order(None, **goods), order("x", krw=None)]  # fmt: skip
    assert shown("stats_ws_d_ord_shop_integ", [], orders) == [
        (KEY_DATE, None, None, None, None, None, None, None, *NONE, 1, 1, 1, 0, 1, DAY),
        (KEY_DATE, 7, " KR", None, None, 0, None, None, *NONE, 2, 2, 4, 400, 4, DAY),
    ]


# -- Visitors ---------------------------------------------------------------------------------


def test_visitors_of_a_day_and_of_its_week():
    mart = [
        session("m", "10:00", "WS_APP", device="d1"),
        session(None, "12:00", "WEB", device="d1", day="2024-01-21"),  # m's device, on Sunday
        session(None, "10:00", "WV_APP", device="n"),  # not account n
        session("n", "10:00", "WEB", device="d2", day="2024-01-15"),
        session("n", "23:00", "WV_APP", device="d2", day="2024-01-22"),  # Monday of the next week
    ]
    orders = [order("n"), order("m", krw=0, day="2024-01-21"), order("only paid")]
    wv_sessions = [wv("n"), wv("n", "TXT"), wv(None), wv("", day="2024-01-20")]
    assert shown("stats_we_d_integ_visit", mart, orders, wv_sessions) == [
        ("NONE", "WV", 0, 0, 1, 1),  # n, who did not visit the shop that day
        ("WS_APP", "WS", 1, 0, 0, 1),
        ("WV_APP", "WS", 0, 1, 0, 1),
    ]
    sunday = shown("stats_we_d_integ_visit", mart, orders, wv_sessions, ["2024-01-21"])
    assert sunday == [("WEB", "WS", 0, 0, 0, 1)]  # on that day no account was seen on the device
    monday = (date(2024, 1, 15), "2024-01-15")
    for days in ([DAY], ["2024-01-15"], ["2024-01-21", "2024-01-16"]):
        assert shown("stats_we_w_shop_integ_visit", mart, orders, wv_sessions, days) == [
            (*monday, "NONE", "WV", 0, 0, 0, 1),  # the member ''
            (*monday, "WEB", "WV_WS", 0, 0, 1, 1),
            (*monday, "WS_APP", "WS", 1, 0, 1, 1),  # the anonymous session adds no WEB
            (*monday, "WV_APP", "WS", 0, 1, 0, 1),
        ]


def test_the_two_examples_of_the_page():
    mart = [
        session("m", "10:00", "WV_APP", ws_art_id=1, we_art_name="BTS", sess_dur=100),
        session("m", "10:00", "WV_APP", ws_art_id=2, sess_dur=100),
        session("m", "11:00", "WS_APP", seconds=5, we_art_name="TXT"),
        session("n", "11:00", "WS_APP", device="e", we_art_name="BTS"),
    ]
    wv_sessions = [wv("m"), wv("m"), wv("m", None), wv("z"), wv(None)]
    assert shown("stats_wv_user_ws_visit", mart, [], wv_sessions) == [
        (KEY_DATE, "m", None, 1, 2, 2, 105, 2, 65, DAY),
        (KEY_DATE, "m", "BTS", 1, 2, 2, 105, 2, 65, DAY),
        (KEY_DATE, "z", "BTS", 0, 0, 0, 0, 0, 0, DAY),
    ]
    assert shown("v_ws_user_wv_visit", mart) == [
        (KEY_DATE, "m", artist, 1, 1, 1, 100, 1, 60) for artist in (None, "BTS", "TXT")
    ]


def test_visits_go_on_across_midnight_and_after_the_greatest_end_so_far():
    sessions = [
        session("m", "23:00", seconds=3600),
        session("m", "23:30", seconds=1, part_date="2024-01-18"),  # ends long before the first one
        session("m", "00:30", seconds=1, day="2024-01-18"),  # exactly at the timeout
        session("m", "01:00:01.000001", seconds=1, day="2024-01-18"),  # a microsecond more
    ]
    rows = {row["sess_id"]: row for row in oracle.ws_sess_visit(sessions[::-1])}
    ids = [row["sess_id"] for row in sessions]
    names = ("visit_id", "visit_sess_seq", "is_continued", "visit_dur")
    assert [tuple(rows[sess_id][name] for name in names) for sess_id in ids] == [
        (ids[0], 1, 0, 5401), (ids[0], 2, 1, 5401), (ids[0], 3, 1, 5401), (ids[3], 1, 0, 1),
    ]  # fmt: skip


def test_timeout_of_a_visit_is_that_of_the_day_of_the_session_that_would_go_on():
    sessions = [
        session("m", "23:00"),
        session("m", "00:01", day="2024-01-18"),  # an hour after the end of the previous one
        session("m", "01:02", day="2024-01-18"),
    ]

    def continued(**timeouts):
        rows = oracle.ws_sess_visit(sessions, **timeouts)
        return [row["is_continued"] for row in rows]

    assert continued() == [0, 0, 0]
    assert continued(session_timeout_minutes=60) == [0, 1, 1]
    assert continued(timeouts={"2024-01-18": 60}) == [0, 1, 1]
    assert continued(session_timeout_minutes=60, timeouts={"2024-01-18": 59}) == [0, 0, 0]
    assert continued(timeouts={DAY: 60}) == [0, 0, 0]


def test_user_sessions_are_without_artist_and_shop():
    one = {"sess_id": "s", "user_sess_id": "s|m", "is_fc": 0}
    mart = [
        session("m", "10:00", "WV_APP", **one, ws_art_id=1, shop="KR"),
        session("m", "10:00", "WV_APP", **one, ws_art_id=1, shop="JP"),
        session("m", "10:00", "WV_APP", **one | {"is_fc": 1}, ws_art_id=2),
        session("m", "10:00", "WV_APP", **one),  # no artist: it has a row but is not counted
        # User sessions of another account in the same session: an earlier one, and one at the same
        # time.
        session("n", "10:00", "WV_APP", sess_id="s", user_sess_id="s|n", is_fc=0),
        session("a", "10:01", "WV_APP", sess_id="s", user_sess_id="s|a", is_fc=0),
        session("m", "10:00", "WEB", **one, day="2024-01-18"),  # another day, the same ids
    ]
    shown = ("part_date", "user_sess_id", "vst_platform", "art_cnt", "is_fc", "is_first_user_sess")
    assert [tuple(r[name] for name in shown) for r in oracle.ws_user_sess_daily(mart)] == [
        (DAY, "s|a", "WV_APP", 0, 0, 0),
        (DAY, "s|m", "WV_APP", 2, 1, 1),
        (DAY, "s|n", "WV_APP", 0, 0, 0),
        ("2024-01-18", "s|m", "WEB", 0, 0, 1),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_promises_hold_on_random_worlds(seed):
    days = [str(date(2024, 1, 4) + timedelta(days=offset)) for offset in range(10)]
    built = days[1:-1]
    world = random_world(seed, days)
    mart = spec_oracle.build_mart(world.lines, world.artists, world.memberships)
    orders, wv_sessions = orders_and_weverse_sessions(seed, mart, built)
    tables = oracle.downstream(mart, orders, wv_sessions, built)

    paying = ("ws_platform_daily", "stats_ws_d_ord_shop_integ", "stats_ws_d_ord_shop_integ_summary")
    for day in built:  # amounts are never lost or added
        for source, measure in (("ord_item_amt_krw", "pay_krw"), ("ord_item_qty", "pay_qty")):
            ordered = sum(o[source] or 0 for o in orders if o["part_date"] == day)
            for table in paying:
                paid = sum(row[measure] for row in tables[table] if row["part_date"] == day)
                assert paid == ordered, (table, day, measure)

    # A range gives the same as its days, in any order of rows, and any day of a week gives the
    # week.
    assert oracle.downstream(mart[::-1], orders[::-1], wv_sessions[::-1], built[::-1]) == tables
    alone = [oracle.downstream(mart, orders, wv_sessions, [day]) for day in built]
    for table in (*paying, "stats_we_d_integ_visit", "stats_wv_user_ws_visit"):
        assert sum((tables_of_day[table] for tables_of_day in alone), []) == tables[table]
    weekly = "stats_we_w_shop_integ_visit"  # of the weeks of the 1st and the 8th, a Monday
    assert alone[2][weekly] + alone[3][weekly] == tables[weekly]

    # The number of visits equals the number of sessions by rule 4 without the limit of part_date.
    events = spec_oracle.accepted_events(world.lines)
    spec_oracle.rule_1_account_fill_1(events)
    spec_oracle.rule_2_account_sess_seq(events)
    spec_oracle.rule_3_new_dvc_id(events)
    uncut = [event | {"part_date": ""} for event in events]
    spec_oracle.rule_4_sess_seq(uncut, timedelta(minutes=30))
    visits = tables["ws_sess_visit"]
    expected = len({(event["new_dvc_id"], event["sess_seq"]) for event in uncut})
    assert sum(not row["is_continued"] for row in visits) == expected

    # Without artist and shop, each user session and each session's time occurs once.
    own = tables["ws_user_sess_daily"]
    assert len(own) == len({(row["part_date"], row["user_sess_id"]) for row in mart})
    sessions = {(r["part_date"], r["sess_id"]): r["sess_dur"] for r in mart}
    assert sum(r["sess_dur"] for r in own if r["is_first_user_sess"]) == sum(sessions.values())

    audited = oracle.ws_sess_daily_audit(shuffled(world, 1).lines, mart, [*built, "2024-02-01"])
    assert sum(row["sessions"] for row in audited) == sum(v["part_date"] in built for v in visits)
    assert set(list(audited[-1].values())[1:]) == {0}
