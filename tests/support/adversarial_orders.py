"""Random orders and Weverse sessions that hit the edge cases of SPEC section 5, fixed by a seed.

    orders, wv_sessions = orders_and_weverse_sessions(7, mart_rows, ["2024-01-15", "2024-01-16"])

They are made to collide with the contents of the mart. Orders are placed exactly at the start of an
account's user session, a microsecond or a second before or after it, or earlier in the same second.
They are placed by accounts that visited on another day or never, or whose ids are almost like that
of a visitor. Random times and accounts would hit none of these cases. All other values come from
small pools, so that sheets, goods, members and artists repeat, nulls included.

`mart_rows` are rows of `ws_sess_daily` in any order. Only `part_date`, `account_id`, `device_id`,
`user_sess_id`, `user_sess_start_dt` and `user_sess_end_dt` are read. All days of the weeks that
`part_dates` touch get orders and Weverse sessions, and so do the Sunday before and the Monday
after. A run of `part_dates` must read the other days of the weeks only for the weekly table, and
must not read the Sunday before or the Monday after. Two cases are left to the log: anonymous
sessions on a device on which an account is seen on another day of the week, and accounts with the
id of a device. `adversarial_logs` makes both for a week of days. Like that module, this one shares
no code with the oracle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]

MICROSECOND = timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

# Accounts without a login. Some would match an account only after cleaning.
STRANGERS = (
    "ghost", "m1", " m1 ", "M1", "", " ", "null", "NULL", "0", "a ", " a", "a\t", "유령", "|",
)  # fmt: skip

# Sheets that would be the same sheet if they were trimmed or case-folded.
SHEETS = ("S1", "S2", "s1", " S1", "S1 ", "", "S|1", "주문-1", "0")
GOODS: dict[str, tuple[Any, ...]] = {
    "we_art_id": (7, 9, 0, -1, None),
    "shop": ("GLOBAL", "global", "GLOBAL ", "KR", "", None, "null"),
    "sale_id": (1, 2, 5_000_000_000, -1, None),
    "goods_id": (1, 2, 10, 5_000_000_000, 0, None),
    "goods_cat": ("ALBUM", "album", "MERCH", "", None, "앨범"),
    "logi_cat": ("PICKUP", "DELIVERY", "", None),
    "album_qty": (0, 1, 2, -1, None),
}
# The sum exceeds an int. Adjacent values have sums of zero.
QUANTITIES = (1, 1, 2, 3, 0, -1, -2, 2_147_483_647, None)
AMOUNTS = (15_000, 15_000, -15_000, 1, 0, -1, 2_147_483_648, 900_000_000_000, None)

# One artist with several names, and several artists with one name, including blanks and null
# tokens.
WV_ARTISTS = (
    (7, "BTS"), (8, "BTS"), (7, "bts"), (7, " BTS "), (9, "세븐틴"), (10, None), (11, ""),
    (12, "null"), (None, None), (None, "BTS"),
)  # fmt: skip
WV_PLATFORMS = ("APP", "WEB", None)

HABITS = ("any", "any", "any", "one account", "no orders", "no weverse", "nothing")  # per day


def orders_and_weverse_sessions(
    seed: int,
    mart_rows: Iterable[Row],
    part_dates: Iterable[str],
    *,
    max_orders_per_day: int = 25,
    max_wv_rows_per_day: int = 15,
    broken: bool = True,
) -> tuple[list[Row], list[Row]]:
    """Rows of `ws_order` and `wv_sess_daily` in random order, the same for the same arguments.

    `broken` adds rows that fail the source tests, but whose result SPEC section 5 defines: keys
    that occur twice (identical rows, or with another account, amount or goods) or have a null
    artist, and orders whose `ord_dt` is null or of another day than `part_date`. Without `broken`
    the sources pass their tests. Some days have no orders, no Weverse sessions, or neither.
    """
    part_dates = sorted(set(part_dates))
    sessions = _distinct_sessions(mart_rows)
    orders: list[Row] = []
    wv_sessions: list[Row] = []
    for part_date in _days_around(part_dates):
        rng = Random(f"{seed}/{part_date}/orders")
        share = 1.0 if part_date in part_dates else 0.4
        people = _People(rng, part_date, sessions)
        habit = rng.choice(HABITS)
        if habit not in ("no orders", "nothing"):
            wanted = rng.randint(1, max(1, int(max_orders_per_day * share)))
            regular = [rng.choice(people.visitors)] if habit == "one account" else []
            orders += [_order(rng, people, regular, broken) for _ in range(wanted)]
        if habit not in ("no weverse", "nothing"):
            wanted = rng.randint(1, max(1, int(max_wv_rows_per_day * share)))
            wv_sessions += _wv_rows(rng, people, wanted, broken)

    items_of_sheet: Counter[str] = Counter()
    for order in orders:
        items_of_sheet[order["ord_sheet_number"]] += 1
        order["ord_item_number"] = items_of_sheet[order["ord_sheet_number"]]
    rng = Random(f"{seed}/orders")
    if broken:
        orders += [_again(rng, order, orders) for order in orders if rng.random() < 0.1]
        wv_sessions += [dict(row) for row in wv_sessions if rng.random() < 0.1]
    return rng.sample(orders, len(orders)), rng.sample(wv_sessions, len(wv_sessions))


class _People:
    """The accounts that can order or use Weverse on a day, and the times of visits to the shop."""

    def __init__(self, rng: Random, part_date: str, sessions: list[Row]) -> None:
        self.part_date = part_date
        self.sessions = [s for s in sessions if s["part_date"] == part_date]
        self.accounts = _known(self.sessions, "account_id")
        self.devices = _known(self.sessions, "device_id")
        elsewhere = _known(sessions, "account_id")
        # Accounts of other days, and accounts with almost the same ids as those of the day.
        self.absent = [a for a in elsewhere if a not in self.accounts][:20]
        self.alike = [f" {a}" for a in self.accounts[:3]] + [a.upper() for a in self.accounts[:3]]
        # Sessions that begin at the same time, or in the same second, are rare, so they are
        # preferred.
        seconds = Counter(_second_of(s) for s in self.sessions)
        crowded = [s for s in self.sessions if s["account_id"] and seconds[_second_of(s)] > 1]
        self.crowded = sorted({s["account_id"] for s in crowded})
        self.visitors = self.crowded or self.accounts or ["ghost"]
        # Few goods per day, so that items of several accounts and platforms share a row.
        self.goods = {
            column: [values[0]] if rng.random() < 0.4 else _few(rng, values)
            for column, values in GOODS.items()
        }
        self.rng = rng

    def account(self) -> str | None:
        """Mostly an account of the day, otherwise null, of another day, the id of a device, or
        unknown."""
        pools = [self.accounts] * 5 + [self.crowded, self.crowded]
        pools += [self.absent, self.alike, self.devices, STRANGERS, (None,)]
        return self.rng.choice(self.rng.choice([pool for pool in pools if pool]))


def _order(rng: Random, people: _People, regular: list[str], broken: bool) -> Row:
    """One order item of the day. Its number is set later."""
    account_id = rng.choice(regular) if regular and rng.random() < 0.8 else people.account()
    return {
        "ord_sheet_number": rng.choice(SHEETS[: rng.choice((2, len(SHEETS)))]),
        "ord_item_number": 0,
        "ord_dt": _ord_dt(rng, people, account_id, broken),
        "account_id": account_id,
        **{column: rng.choice(people.goods[column]) for column in GOODS},
        "ord_item_qty": rng.choice(QUANTITIES),
        "ord_item_amt_krw": rng.choice(AMOUNTS),
        "part_date": people.part_date,
    }


def _ord_dt(rng: Random, people: _People, account_id: str | None, broken: bool) -> datetime | None:
    """A time close to one of the account's user sessions, to any user session, or to none.

    Half of the times are whole seconds, as the shop may write them.
    """
    if broken and rng.random() < 0.02:
        return None
    midnight = datetime.fromisoformat(people.part_date)
    own = [s for s in people.sessions if s["account_id"] == account_id]
    # By their part_date, sessions of the day can be in the first hours of the next day or
    # the last hours of the previous day. Orders cannot.
    for _ in range(10):
        moment = midnight + timedelta(0, rng.randrange(86_400), rng.randrange(1_000_000))
        sessions = own if own and rng.random() < 0.9 else people.sessions
        if sessions and rng.random() < 0.85:
            session = rng.choice(sessions)
            start, end = session["user_sess_start_dt"], session["user_sess_end_dt"]
            second = start.replace(microsecond=0)
            moment = rng.choice(
                (
                    start, start, start - MICROSECOND, start + MICROSECOND, start - MILLISECOND,
                    second, second, second - MICROSECOND, second + MICROSECOND, second - SECOND,
                    second + SECOND, second + SECOND - MICROSECOND, end, end + SECOND,
                    end + timedelta(hours=3), midnight, midnight + DAY - MICROSECOND,
                )
            )  # fmt: skip
        if rng.random() < 0.5:
            moment = moment.replace(microsecond=0)
        if midnight <= moment < midnight + DAY:
            return moment
        if broken and rng.random() < 0.1:
            return moment
    return rng.choice((midnight, midnight + DAY - SECOND, midnight + DAY - MICROSECOND))


def _again(rng: Random, order: Row, orders: list[Row]) -> Row:
    """A second row with the key of the order, identical or with other values."""
    column = rng.choice((None, None, "account_id", "ord_item_amt_krw", "ord_item_qty", "goods_id"))
    if column is None:
        return dict(order)
    return {**order, column: rng.choice(orders)[column]}


def _wv_rows(rng: Random, people: _People, wanted: int, broken: bool) -> list[Row]:
    """Weverse sessions of the day. Most have several artists, and many members have several."""
    rows: list[Row] = []
    artists = _few(rng, WV_ARTISTS if broken else WV_ARTISTS[:-2])
    number = 0
    while len(rows) < wanted:
        member = people.account()
        for _ in range(rng.choice((1, 1, 2))):
            number += 1
            platform = rng.choice(WV_PLATFORMS)
            # One row per session and artist; an artist is identified by its id.
            met = {a[0]: a for a in rng.sample(artists, rng.randint(1, min(3, len(artists))))}
            for we_art_id, we_art_name in met.values():
                rows.append(
                    {
                        "key_date": date.fromisoformat(people.part_date),
                        "we_member_id": member,
                        "sess_id": f"wv-{people.part_date}-{number}",
                        "we_art_id": we_art_id,
                        "we_art_name": we_art_name,
                        "platform": platform,
                        "part_date": people.part_date,
                    }
                )
    return rows


def _days_around(part_dates: list[str]) -> list[str]:
    """All days of the weeks that the given days touch, with the Sunday before and the Monday after
    each week."""
    days = set()
    for part_date in part_dates:
        day = date.fromisoformat(part_date)
        monday = day - timedelta(days=day.weekday())
        days |= {monday + timedelta(days=offset) for offset in range(-1, 8)}
    return [str(day) for day in sorted(days)]


def _distinct_sessions(mart_rows: Iterable[Row]) -> list[Row]:
    """The distinct user sessions of the mart in a fixed order."""
    by_id = {(row["part_date"], row["user_sess_id"]): row for row in mart_rows}
    return [by_id[key] for key in sorted(by_id)]


def _known(sessions: list[Row], column: str) -> list[str]:
    return sorted({s[column] for s in sessions if s[column] is not None})


def _second_of(session: Row) -> tuple[str | None, datetime]:
    return session["account_id"], session["user_sess_start_dt"].replace(microsecond=0)


def _few(rng: Random, values: tuple) -> list:
    """A few of the values, often one or two, so that rows agree in most of their columns."""
    return rng.sample(values, min(len(values), rng.choice((1, 2, 2, 3, len(values)))))
