"""The answers of the analyses on the sample, and the same values computed in plain Python."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from tests.support import spec_oracle_downstream as oracle
from tests.support.spec_oracle import build_mart
from tests.support.warehouse import SOURCES, Row, Warehouse, succeed

DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]


def test_analyses_give_the_answers_of_the_sample(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    succeed(warehouse.dbt("seed"))
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    succeed(warehouse.dbt("compile", "--select", "resource_type:analysis"))
    folder = warehouse.folder / "target" / "compiled" / "ws_shop" / "analyses"
    answers = {
        path.stem: warehouse.answer(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.sql")
    }

    # The same values, computed by hand from the sample.
    lines, artists, memberships, orders, wv_sessions = (warehouse.rows(t) for t in SOURCES)
    mart = build_mart(lines, artists, memberships)
    sessions = {(row["part_date"], row["user_sess_id"]): row for row in mart}
    items = oracle.order_item_visits(mart, orders, wv_sessions, DAYS)
    assert len(items) == len(orders) > 100

    by_country: dict[str | None, int] = {}
    sheets: dict[str, set[str]] = {}
    amounts: dict[str, int] = {}
    for item in items:
        session = sessions.get((item["part_date"], item["user_sess_id"]))
        platform = session["platform"] if session else "NONE"
        sheets.setdefault(platform, set()).add(item["ord_sheet_number"])
        amounts[platform] = amounts.get(platform, 0) + item["ord_item_amt_krw"]
        if platform == "APP":
            country = session["user_ctry"]
            by_country[country] = by_country.get(country, 0) + item["ord_item_amt_krw"]
    assert answers.pop("purchases_in_the_app_by_country") == by_number(by_country.items())
    assert len(by_country) > 2

    by_platform = [(platform, len(sheets[platform]), amounts[platform]) for platform in amounts]
    assert answers.pop("orders_by_platform") == by_number(by_platform)
    assert amounts.keys() == {"APP", "WEB", "NONE"}
    assert sum(amounts.values()) == oracle.total(orders, "ord_item_amt_krw")

    # An artist with two shops: joining by name would count each order twice.
    name = "초록우산클럽"
    ids = {row["we_art_id"] for row in artists if row["we_art_name"] == name}
    own = [order for order in orders if order["we_art_id"] in ids]
    assert answers.pop("orders_of_an_artist") == [
        (len(oracle.distinct(own, "ord_sheet_number")), oracle.total(own, "ord_item_amt_krw"))
    ]
    assert own

    guide = []
    for day in DAYS:
        of_the_day = [row for row in oracle.of_day(mart, day) if row["account_id"] is not None]
        accounts = oracle.distinct(of_the_day, "account_id")
        visited = oracle.distinct(oracle.of_day(mart, day), "we_art_id")
        paid = [order for order in oracle.of_day(orders, day) if order["account_id"] in accounts]
        sold = {(o["we_art_id"], o["goods_id"]) for o in oracle.of_day(orders, day)}
        sold = {(artist, goods) for artist, goods in sold if artist in visited}
        guide.append(
            (
                date.fromisoformat(day),
                len(accounts),
                len(oracle.distinct(of_the_day, "user_sess_id")),
                oracle.total(paid, "ord_item_amt_krw"),
                len(visited),
                len({artist for artist, _ in sold}),
                len(sold),
            )
        )
    assert answers.pop("join_guide") == guide

    tables = oracle.downstream(mart, orders, wv_sessions, DAYS)
    check_answers_of_the_tables(answers, mart, tables)
    assert answers == {}


def check_answers_of_the_tables(
    answers: dict[str, list[tuple]], mart: list[Row], tables: dict[str, list[Row]]
) -> None:
    """Check the analyses that only read marts, and remove each from the results. `tables` are those
    of the oracle for the days of the analyses."""
    user_sessions = tables["ws_user_sess_daily"]
    assert answers.pop("sessions_by_platform") == sorted(
        (
            *key,
            len(oracle.distinct(rows, "sess_id")),
            len(rows),
            sum({row["sess_id"]: row["sess_dur"] for row in rows}.values()),
        )
        for key, rows in oracle.grouped(user_sessions, ("part_date", "platform")).items()
    )

    with_account = [row for row in mart if row["account_id"] is not None]
    by_artist = oracle.grouped(with_account, ("we_art_id", "we_art_name", "is_fc"))
    fan_club = answers.pop("fan_club_by_artist")
    assert set(fan_club) == {
        (
            *key,
            len(oracle.distinct(rows, "account_id")),
            len({(row["part_date"], row["user_sess_id"]) for row in rows}),
        )
        for key, rows in by_artist.items()
    }
    assert len(fan_club) == len(by_artist) and {row[2] for row in fan_club} == {0, 1}

    payments = oracle.grouped(tables["ws_platform_daily"], ("vst_platform",))
    assert answers.pop("payments_by_platform") == by_number(
        (
            *key,
            len({row["account_id"] for row in rows if row["pay_order"]} - {None}),
            oracle.total(rows, "pay_krw"),
        )
        for key, rows in payments.items()
    )

    sold = tables["stats_ws_d_ord_shop_integ"]
    goods = answers.pop("goods_by_platform")
    assert set(goods) == {
        (*key, *(oracle.total(rows, name) for name in ("cnt_ord_item", "pay_qty", "pay_krw")))
        for key, rows in oracle.grouped(sold, ("goods_cat", "vst_platform")).items()
    }
    assert goods == sorted(goods, key=lambda row: -row[-1])

    for name, table, of_period in (
        ("visitors_of_a_day", "stats_we_d_integ_visit", ("part_date", "vst_type")),
        ("visitors_of_a_week", "stats_we_w_shop_integ_visit", ("vst_type",)),
    ):
        weekly = name == "visitors_of_a_week"
        counted = oracle.of_day(tables[table], "2024-01-15") if weekly else tables[table]
        visitors = answers.pop(name)
        assert visitors == sorted(
            (
                *key,
                oracle.total(rows, "cnt_user"),
                oracle.total([row for row in rows if row["is_ord"]], "cnt_user"),
            )
            for key, rows in oracle.grouped(counted, of_period).items()
        )
        assert {row[-3] for row in visitors} == {"WV_WS", "WS", "WV"}

    # 15:00 UTC is midnight in Korea.
    start, end = datetime(2024, 1, 14, 15), datetime(2024, 1, 15, 15)
    begun = [row for row in user_sessions if start <= row["user_sess_start_dt"] < end]
    assert answers.pop("user_sessions_of_a_korean_day") == [(len(begun),)]

    visits = tables["ws_sess_visit"]
    assert answers.pop("sessions_and_visits") == [
        (len(visits), len(oracle.distinct(visits, "visit_id")))
    ]

    members = []
    for (day,), rows in oracle.grouped(tables["stats_wv_user_ws_visit"], ("key_date",)).items():
        own = list({row["we_member_id"]: row for row in rows}.values())
        visited = [row for row in own if row["ws_user_sess_cnt"]]
        members.append((day, len(own), len(visited), oracle.total(own, "ws_user_sess_dur")))
    assert answers.pop("weverse_members_in_the_shop") == sorted(members)


def by_number(found) -> list[tuple]:
    """Sort by the last value in descending order, as the analyses do."""
    return sorted(map(tuple, found), key=lambda row: (-row[-1], str(row[0])))
