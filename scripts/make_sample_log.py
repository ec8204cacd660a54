"""Make the sample data: the seeds of this project.

    python -m scripts.make_sample_log

writes the five seed CSV files into seeds/ and needs only Python. The files are byte-identical
everywhere: nothing depends on the clock, the machine or the order of hashes. (For a log of any size
there is benchmarks/make_log.py.)

The log is everyday traffic with at least one example of every case in which a rule of the mart
matters (scripts/sample/cases.py), written by clients with the habits of real ones
(scripts/sample/log.py). The other sources have their cases here: orders in a session's first
second, before any visit, after midnight, of no account, of accounts that never visit; memberships
that overlap, ended, run, start or end on a sample day; Weverse sessions of members who never visit
the shop.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from scripts.paths import ROOT
from scripts.sample.cases import CASES
from scripts.sample.log import ARTISTS, DAYS, UNKNOWN_ARTIST, Log, Member, Row, moment

SEED = 20240147  # gives about 2,000 lines, a third of them from inside the Weverse app


def artists() -> Iterator[Row]:
    for ws_art_id, we_art_id, name, _ in ARTISTS:
        yield {"ws_art_id": ws_art_id, "we_art_id": we_art_id, "we_art_name": name}


def memberships(log: Log) -> Iterator[Row]:
    def period(member: Member, we_art_id: int, start: str, end: str | None = None) -> Row:
        return {
            "we_member_id": member.account,
            "we_art_id": we_art_id,
            "fc_start_date": start,
            "fc_end_date": end,
        }

    named = log.members
    yield period(named["minji"], 11, "2023-02-10", "2024-02-09")  # overlaps the next
    yield period(named["minji"], 11, "2024-01-10", "2025-01-09")
    yield period(named["junho"], 14, "2024-01-14", "2025-01-13")  # starts on a sample day
    yield period(named["hana"], 11, "2023-01-16", "2024-01-15")  # ends on a sample day
    yield period(named["sora"], 13, "2022-12-01", "2023-11-30")  # ended
    yield period(named["sora"], 13, "2024-01-17")  # starts after the sample
    yield period(named["rin"], 17, "2023-06-01")  # still running
    yield period(named["emi"], 13, "2023-01-14", "2024-01-14")
    yield period(named["emi"], 13, "2024-01-15", "2025-01-14")  # renewed without a gap
    yield period(named["leo"], 12, "2023-09-09")
    yield period(named["bo"], 15, "2024-01-15")
    dice = log.dice
    for member in log.everyone.values():
        if member in named.values():
            continue
        for _ in range(dice.pick([0, 1, 2], [45, 42, 13])):
            start = date(2022, 6, 1) + timedelta(days=dice.between(0, 590))
            # a year, mostly; sales before 2022 were for good
            end = None if dice.chance(0.2) else start + timedelta(days=364)
            we_art_id = dice.pick([row[1] for row in ARTISTS], [row[3] for row in ARTISTS])
            yield period(member, we_art_id, start.isoformat(), end and end.isoformat())


def orders(log: Log) -> list[Row]:
    """Order items of members who visit the shop, and of some who do not."""
    dice = log.dice
    # goods of an artist: category, logistics, albums in it (none: not an album), price in KRW
    goods = [
        ("ALBUM", "PARCEL", 1, 18_700),
        ("ALBUM", "PARCEL", 3, 54_300),
        ("LIGHT_STICK", "PARCEL", None, 49_000),
        ("APPAREL", "PARCEL", None, 62_000),
        ("PHOTO", "PARCEL", None, 8_500),
        ("MEMBERSHIP", "ONLINE", None, 25_000),
    ]
    we_art_ids = {row[0]: row[1] for row in ARTISTS}
    made: list[Row] = []

    def order(
        when: str | datetime, account: str | None, shop: str, *items: tuple[int, int, int]
    ) -> None:
        """items: (ws_art_id, index into goods, quantity)"""
        when = moment(when) if isinstance(when, str) else when
        sheet = f"WS{when:%y%m%d}{dice.between(100_000, 999_999)}"
        for number, (ws_art_id, index, quantity) in enumerate(items, start=1):
            category, logistics, albums, price = goods[index]
            made.append(
                {
                    "ord_sheet_number": sheet,
                    "ord_item_number": number,
                    "ord_dt": when.isoformat(sep=" ", timespec="seconds"),
                    "account_id": account,
                    # goods of an unknown artist: the order system has no artist id, either
                    "we_art_id": we_art_ids.get(ws_art_id),
                    "shop": shop,
                    "sale_id": 30_000 + 10 * ws_art_id + index,
                    "goods_id": 700_000 + 100 * ws_art_id + index,
                    "goods_cat": category,
                    "logi_cat": logistics,
                    "album_qty": albums,
                    "ord_item_qty": quantity,
                    "ord_item_amt_krw": price * quantity,
                    "part_date": when.date().isoformat(),
                }
            )

    for member, last, ws_art_id, shop in log.visits:
        when = last + timedelta(seconds=dice.between(15, 150))
        if when.date().isoformat() > DAYS[-1]:
            continue
        if not dice.chance(0.3) and ws_art_id != UNKNOWN_ARTIST:
            continue
        basket = {(ws_art_id, dice.between(0, 5)): dice.pick([1, 2, 3], [70, 22, 8])}
        while dice.chance(0.35):
            other = ws_art_id if dice.chance(0.7) else dice.pick(ARTISTS)[0]
            basket.setdefault((other, dice.between(0, 5)), 1)
        items = [(*goods_of, quantity) for goods_of, quantity in basket.items()]
        order(when, member.account, shop, *items)

    def account(name: str) -> str:
        return log.members[name].account

    # in the second in which the session starts, the session a few hundredths later
    order("2024-01-15 09:12:33", account("rin"), "JP", (107, 0, 2), (210, 1, 1))
    order("2024-01-14 09:38:05", account("junho"), "KR", (104, 2, 1))
    # before the first visit of the day; after midnight, in a visit of the day before
    order("2024-01-14 01:05:40", account("emi"), "JP", (103, 0, 1))
    order("2024-01-15 00:03:10", account("carlos"), "GLOBAL", (102, 0, 1), (102, 4, 2))
    # both sisters in one session
    order("2024-01-15 12:33:40", account("sora"), "KR", (103, 5, 1))
    order("2024-01-15 12:36:02", account("hana"), "KR", (101, 0, 4), (103, 1, 1), (101, 4, 1))
    # a gift: an amount of 0
    order("2024-01-14 12:05:30", account("ploy"), "GLOBAL", (102, 4, 1))
    made[-1]["ord_item_amt_krw"] = 0
    # without an account, and by accounts that never visit: a phone order, a partner's shop
    order("2024-01-14 05:12:44", None, "GLOBAL", (105, 0, 1))
    order("2024-01-15 16:48:09", None, "US", (102, 2, 1), (102, 0, 2))
    order("2024-01-16 19:30:51", None, "GLOBAL", (108, 3, 1))
    for number, when in enumerate(
        ("2024-01-14 20:14:29", "2024-01-15 02:26:55", "2024-01-16 21:03:17")
    ):
        never = log.member(f"buyer {number}")
        order(when, never.account, never.country[2], (101 + number, 0, 1 + number))
    return made


def weverse_sessions(log: Log) -> Iterator[Row]:
    """Sessions in Weverse: of many visitors of the shop, and of some members who never visit it."""
    dice = log.dice
    # the members of the cases, the members seen in the Weverse app, and others
    people = dict(log.in_weverse)
    for name in ("minji", "rin", "yui", "buyer 0"):
        people.setdefault(log.members[name].account, dice.uuid())
    for number in range(14):
        people[log.member(f"weverse only {number}").account] = dice.uuid()
    people = list(people.items()) + [(None, dice.uuid()) for _ in range(3)]  # not logged in
    names = {row[1]: row[2] for row in ARTISTS}
    for account, device in people:
        for day in DAYS:
            if account and dice.chance(0.4):
                continue
            for _ in range(dice.pick([1, 2], [75, 25])):
                start = moment(day) + timedelta(milliseconds=dice.between(0, 86_399_999))
                sess_id = f"{start:%Y%m%d%H%M%S}{start.microsecond // 1000:03d}|{device}"
                chosen = {dice.pick(ARTISTS)[1]: True for _ in range(dice.pick([1, 2, 3]))}
                platform = dice.pick(["APP", "WEB"], [88, 12])
                for we_art_id in chosen:
                    yield {
                        "key_date": day,
                        "we_member_id": account,
                        "sess_id": sess_id,
                        "we_art_id": we_art_id,
                        "we_art_name": names[we_art_id],
                        "platform": platform,
                        "part_date": day,
                    }


def write_csv(path: Path, rows: Iterable[Row], *key: str) -> None:
    """Write the rows, sorted by these columns."""
    rows = list(rows)
    rows.sort(key=lambda row: [row[column] for column in key])
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path}: {len(rows)} rows")


def main() -> None:
    folder = ROOT / "seeds"
    log = Log(SEED)
    for make_lines in CASES:
        make_lines(log)
    log.lines.sort(key=lambda entry: entry[:2])  # in order of delivery, as in a real log
    write_csv(folder / "service_log/weplyapi_client_log.csv", (row for _, _, row in log.lines))
    mart = folder / "we_mart"
    write_csv(mart / "we_artist.csv", artists())
    # The orders come before the memberships, because they add members.
    write_csv(mart / "ws_order.csv", orders(log), "ord_dt", "ord_sheet_number", "ord_item_number")
    of_weverse = weverse_sessions(log)
    write_csv(mart / "wv_sess_daily.csv", of_weverse, "part_date", "sess_id", "we_art_id")
    members = memberships(log)
    key = ("fc_start_date", "we_member_id", "we_art_id")
    write_csv(mart / "ws_fc_user_history.csv", members, *key)


if __name__ == "__main__":
    main()
