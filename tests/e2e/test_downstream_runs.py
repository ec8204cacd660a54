"""Consecutive runs of the downstream tables: the contents after each run, by day and week. Also the
operation, the removal of a person's data and the data tests.

The expected contents come from `spec_oracle_downstream.py`.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support import spec_oracle_downstream as oracle
from tests.support.random_sources import days_from, random_sources
from tests.support.spec_oracle import build_mart
from tests.support.warehouse import LOG, Row, Warehouse, of_days, succeed

SUNDAY, MONDAY, TUESDAY, WEDNESDAY = "2024-01-14", "2024-01-15", "2024-01-16", "2024-01-17"
DAYS = [SUNDAY, MONDAY, TUESDAY]  # of two weeks
# Orders and Weverse sessions cover whole weeks.
ALL_LINES, ARTISTS, MEMBERSHIPS, ORDERS, WV_SESSIONS = random_sources(
    100, [*DAYS, WEDNESDAY], broken=False
)
LINES = of_days(ALL_LINES, *DAYS)
MART_ROWS = build_mart(LINES, ARTISTS, MEMBERSHIPS)

DAILY = [
    "ws_platform_daily",
    "stats_ws_d_ord_shop_integ",
    "stats_we_d_integ_visit",
    "stats_wv_user_ws_visit",
]
WEEKLY = "stats_we_w_shop_integ_visit"
PAYING = ["ws_platform_daily", "stats_ws_d_ord_shop_integ", "stats_ws_d_ord_shop_integ_summary"]
TABLES = ["ws_sess_daily", *oracle.COLUMNS]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All days, built in one run. Tests work on copies of it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("built"))
    load(warehouse)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    for table in DAILY:
        assert {row["part_date"] for row in rows(warehouse, table)} == set(DAYS), table
    assert {row["part_date"] for row in rows(warehouse, WEEKLY)} == {"2024-01-08", MONDAY}
    return warehouse


@pytest.fixture
def warehouse(built: Warehouse, tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, copy_of=built)


def load(
    warehouse: Warehouse,
    lines: list[Row] = LINES,
    orders: list[Row] = ORDERS,
    wv_sessions: list[Row] = WV_SESSIONS,
) -> None:
    warehouse.load(lines, ARTISTS, MEMBERSHIPS, orders, wv_sessions)


def rows(warehouse: Warehouse, table: str) -> list[Row]:
    return in_order(warehouse.rows(f"we_mart.{table}"))


def in_order(table: list[Row]) -> list[Row]:
    """Rows of a table in a fixed order. Added, missing or moved columns make a difference."""
    return sorted(table, key=lambda row: [(v is not None, str(v)) for v in row.values()])


def stamps(warehouse: Warehouse, table: str) -> dict[str, set[object]]:
    """The time at which each day of a table was built."""
    query = f"select part_date, list(distinct run_timestamp) from we_mart.{table} group by all"
    return {day: set(times) for day, times in warehouse.answer(query)}


def assert_tables(warehouse: Warehouse, sources: list[list[Row]], days: list[str]) -> None:
    """Check that the tables are what the specification makes of these days of the sources."""
    lines, artists, memberships, orders, wv_sessions = sources
    lines = of_days(lines, *days)
    mart = build_mart(lines, artists, memberships)
    expected = oracle.downstream(mart, orders, wv_sessions, days)
    expected["ws_sess_daily_audit"] = oracle.ws_sess_daily_audit(lines, mart, days)
    for table, table_rows in expected.items():
        found = [{c: row[c] for c in oracle.COLUMNS[table]} for row in rows(warehouse, table)]
        assert in_order(found) == in_order(table_rows), table


# -- The same days, however they are run ------------------------------------------------------


def test_daily_runs_in_any_order_give_the_rows_of_one_range_run(
    built: Warehouse, tmp_path: Path
) -> None:
    warehouse = Warehouse(tmp_path)
    load(warehouse)
    order = [MONDAY, TUESDAY, SUNDAY, TUESDAY]
    for day in order:
        succeed(warehouse.build_days(day, day))
        if day == order[0]:
            # A week is built from the days that the mart has at that time.
            mart = of_days(MART_ROWS, day)
            weekly = oracle.stats_we_w_shop_integ_visit(mart, ORDERS, WV_SESSIONS, [day])
            assert rows(warehouse, WEEKLY) == in_order(weekly)
    for table in TABLES:
        assert rows(warehouse, table) == rows(built, table), table


def test_run_of_a_list_gives_the_rows_of_its_days_and_weeks(tmp_path: Path) -> None:
    # Days of three weeks. The log and the sources have all days of these weeks and of one between.
    listed = ["2024-01-03", "2024-01-05", "2024-01-17", "2024-01-22"]
    all_days = days_from("2024-01-01", 28)
    sources = random_sources(7, all_days, broken=False)
    warehouse = Warehouse(tmp_path)
    warehouse.load(*sources)
    days = json.dumps({"part_dates": [*listed[::-1], listed[0]]})
    succeed(warehouse.dbt("run", "--vars", days))

    assert_tables(warehouse, sources, listed)
    builds = (
        "select distinct part_date from we_mart.ws_sess_daily_build where table_name {} order by 1"
    )
    assert warehouse.answer(builds.format("= 'ws_sess_daily'")) == [(day,) for day in listed]
    mondays = [("2024-01-01",), ("2024-01-15",), ("2024-01-22",)]
    assert warehouse.answer(builds.format(f"= '{WEEKLY}'")) == mondays
    tested = ("path:tests", "ws_sess_daily_audit", WEEKLY)
    given = ("--exclude", "test_type:unit", "--vars", days)
    succeed(warehouse.dbt("test", "--select", *tested, *given))


# -- A run again, after the sources changed ---------------------------------------------------


def withdrawn() -> tuple[list[Row], list[Row]]:
    """Monday's orders and Weverse sessions are deleted."""
    return [[r for r in table if r["part_date"] != MONDAY] for table in (ORDERS, WV_SESSIONS)]


def moved() -> tuple[list[Row], list[Row]]:
    """Monday's orders all get another account, which visited. Its Weverse sessions lose their
    member."""
    (account, *_) = sorted({r["account_id"] for r in of_days(MART_ROWS, MONDAY)} - {None})
    return (
        [r | {"account_id": account} if r["part_date"] == MONDAY else r for r in ORDERS],
        [r | {"we_member_id": None} if r["part_date"] == MONDAY else r for r in WV_SESSIONS],
    )


def late() -> tuple[list[Row], list[Row]]:
    """Late-arriving orders of Monday: one of an account, one without an account."""
    (order, *_) = of_days(ORDERS, MONDAY)
    late_orders = [
        order | {"ord_sheet_number": "LATE", "ord_item_number": 1, "ord_item_amt_krw": 12_345},
        order | {"ord_sheet_number": "LATE", "ord_item_number": 2, "account_id": None},
    ]
    return [*ORDERS, *late_orders], WV_SESSIONS


@pytest.mark.parametrize("change", [withdrawn, moved, late])
def test_rerun_after_orders_changed_makes_that_day_anew_and_touches_no_other(
    warehouse: Warehouse, built: Warehouse, change
) -> None:
    orders, wv_sessions = change()
    # Sunday changes too, but it is not run again, so no table may show the change.
    orders = [r | {"ord_item_qty": 99} if r["part_date"] == SUNDAY else r for r in orders]
    load(warehouse, orders=orders, wv_sessions=wv_sessions)
    succeed(warehouse.build_days(MONDAY, MONDAY))

    expected = oracle.downstream(MART_ROWS, orders, wv_sessions, [MONDAY])
    for table in [*DAILY, WEEKLY]:
        after, before = rows(warehouse, table), rows(built, table)
        assert of_days(after, MONDAY) == in_order(expected[table]), table
        others = [row for row in before if row["part_date"] != MONDAY]
        assert [row for row in after if row["part_date"] != MONDAY] == others, table
        stamps_before, stamps_after = stamps(built, table), stamps(warehouse, table)
        assert stamps_after.pop(MONDAY, None) != stamps_before.pop(MONDAY), table
        assert stamps_after == stamps_before, table
    if change is withdrawn:
        assert of_days(rows(warehouse, "stats_ws_d_ord_shop_integ"), MONDAY) == []
        assert of_days(rows(warehouse, "stats_wv_user_ws_visit"), MONDAY) == []

    ordered = of_days(orders, MONDAY)
    for table in PAYING:
        paid = of_days(rows(warehouse, table), MONDAY)
        for measure, source in (("pay_krw", "ord_item_amt_krw"), ("pay_qty", "ord_item_qty")):
            assert oracle.total(paid, measure) == oracle.total(ordered, source), table


def test_week_of_which_nothing_is_left_ends_empty(warehouse: Warehouse, built: Warehouse) -> None:
    left = [[r for r in t if r["part_date"] < MONDAY] for t in (LINES, ORDERS, WV_SESSIONS)]
    load(warehouse, *left)
    succeed(warehouse.build_days(MONDAY, TUESDAY, allow_empty_day=True))
    for table in ["ws_sess_daily", *DAILY, WEEKLY]:
        before = [row for row in rows(built, table) if row["part_date"] < MONDAY]
        assert rows(warehouse, table) == before, table


# -- The operation ----------------------------------------------------------------------------


def stale_days(warehouse: Warehouse, **variables: object):
    return warehouse.dbt("run-operation", "stop_on_stale_days", "--vars", json.dumps(variables))


def told_of(done) -> list[list[str]]:
    """The day, status and command of each line that the operation printed."""
    assert done.returncode == 1
    told = [line.split("  ") for line in done.stdout.splitlines() if line.startswith("2024-01-")]
    assert f"does not match the sources: {len(told)}." in " ".join(done.stdout.split())
    return told


def command_of_all(warehouse: Warehouse, **variables: object) -> str:
    """The command that the operation prints for all days."""
    (command,) = re.findall(
        "^All in one run: (.*)$", stale_days(warehouse, **variables).stdout, re.M
    )
    return command


def test_operation_without_the_view_says_how_to_build_it(tmp_path: Path) -> None:
    done = stale_days(Warehouse(tmp_path))
    assert done.returncode == 1
    assert "there is no ws_sess_daily_restatement yet" in done.stdout


def test_days_that_are_not_current_are_named_with_the_commands_that_mend_them(
    warehouse: Warehouse,
) -> None:
    is_current = "Every day of the client log from 2023-12-18 to 2024-01-16 is current."
    assert is_current in succeed(stale_days(warehouse)).stdout

    # Sunday has fewer lines, Wednesday is new.
    lines = of_days(LINES, SUNDAY)[3:] + of_days(ALL_LINES, MONDAY, TUESDAY, WEDNESDAY)
    load(warehouse, lines)
    command = "dbt run --select ws_sess_daily+ --vars '{part_date: "
    told = told_of(stale_days(warehouse))
    assert told == [
        [SUNDAY, "stale", command + SUNDAY + "}'"],
        [WEDNESDAY, "missing", command + WEDNESDAY + "}'"],
    ]

    # The command for both days does what the commands of the days do.
    together = command_of_all(warehouse)
    assert together == (
        f"dbt run --select ws_sess_daily+ --vars '{{part_dates: [{SUNDAY}, {WEDNESDAY}]}}'"
    )
    succeed(warehouse.dbt(*shlex.split(together)[1:]))
    sources = [lines, ARTISTS, MEMBERSHIPS, ORDERS, WV_SESSIONS]
    assert_tables(warehouse, sources, [*DAYS, WEDNESDAY])
    succeed(stale_days(warehouse))


def test_command_for_all_days_has_what_one_of_them_needs(warehouse: Warehouse) -> None:
    # Orders that came late leave two days of a week unfinished, in several tables.
    warehouse.execute(
        "insert into we_mart.ws_order (ord_sheet_number, part_date)"
        f" values ('late', '{SUNDAY}'), ('late', '{TUESDAY}')"
    )
    told = told_of(stale_days(warehouse))
    assert [row[:2] for row in told] == [[day, "unfinished"] for day in DAYS]
    tables = "stats_we_d_integ_visit stats_we_w_shop_integ_visit stats_ws_d_ord_shop_integ"
    days = f"part_date: {SUNDAY}, part_date_to: {TUESDAY}"
    assert command_of_all(warehouse) == (
        f"dbt run --select {tables} ws_platform_daily --vars '{{{days}}}'"
    )

    # A day without an event and a day that was never built, and no more days in a run than two.
    warehouse.execute(
        f"insert into {LOG} (part_date) values ('{WEDNESDAY}')",
        f"update {LOG} set os = 'x' where part_date = '{MONDAY}'",
    )
    together = command_of_all(warehouse, max_run_days=2)
    days = f"part_date: {SUNDAY}, part_date_to: {WEDNESDAY}, max_run_days: 4"
    assert together == (
        f"dbt run --select ws_sess_daily+ --vars '{{{days}, allow_empty_day: true}}'"
    )
    succeed(warehouse.dbt(*shlex.split(together)[1:]))
    # One day has no other command than its own, and is not one of other days that are given.
    warehouse.execute(f"update {LOG} set os = 'y' where part_date = '{MONDAY}'")
    assert "All in one run" not in stale_days(warehouse).stdout
    current = f"These days of the client log are current: {SUNDAY}, {WEDNESDAY}."
    assert current in succeed(stale_days(warehouse, part_dates=[WEDNESDAY, SUNDAY])).stdout


def test_days_whose_log_is_gone_are_told_apart_and_kept(warehouse: Warehouse) -> None:
    # Sunday has no line, Tuesday only rejected ones, Monday another one.
    warehouse.execute(
        f"delete from {LOG} where part_date = '{SUNDAY}'",
        f"update {LOG} set log_dt = null where part_date = '{TUESDAY}'",
        f"insert into {LOG} (part_date) values ('{MONDAY}')",
    )
    before = warehouse.rows()
    done = stale_days(warehouse)
    told = told_of(done)
    assert [row[:2] for row in told] == [[MONDAY, "stale"], [SUNDAY, "gone"], [TUESDAY, "gone"]]
    assert told[1:] == [[SUNDAY, "gone"], [TUESDAY, "gone"]]
    meaning = "The client log has no accepted event of the following days any more."
    assert done.stdout.index("  stale  ") < done.stdout.index(meaning) < done.stdout.index("gone")
    assert "allow_empty_day" not in done.stdout

    # A run without allow_empty_day leaves the rows. With it, the days are empty and current.
    assert warehouse.try_run(part_date=SUNDAY).returncode == 1
    assert warehouse.rows() == before
    for day in (SUNDAY, TUESDAY):
        succeed(warehouse.build_days(day, day, allow_empty_day=True))
    assert [row[:2] for row in told_of(stale_days(warehouse))] == [[MONDAY, "stale"]]
    assert of_days(warehouse.rows(), SUNDAY) == of_days(warehouse.rows(), TUESDAY) == []


def test_operation_looks_at_the_days_of_the_run_or_at_the_last_days_of_the_log(
    warehouse: Warehouse,
) -> None:
    # Days before the last day of the log are stale or missing, and one part_date is not a date.
    warehouse.execute(
        f"update {LOG} set os = 'x' where part_date in ('{SUNDAY}', '{MONDAY}')",
        f"insert into {LOG} (part_date) values ('2024-01-01'), ('2024-01-10x'), ('2023-02-29')",
    )

    def days(**variables: object) -> list[str]:
        return [day for day, *_ in told_of(stale_days(warehouse, **variables))]

    assert days() == ["2024-01-01", "2024-01-10x", SUNDAY, MONDAY]
    assert days(restatement_days=3) == [SUNDAY, MONDAY]
    assert days(restatement_days=2) == [MONDAY]
    for given in ({"restatement_days": 1}, {"part_date": TUESDAY}, {"part_date": "2023-12-01"}):
        succeed(stale_days(warehouse, **given))
    assert days(part_date=MONDAY, restatement_days=1) == [MONDAY]
    assert days(part_date="2024-01-01", part_date_to=SUNDAY) == [
        "2024-01-01", "2024-01-10x", SUNDAY
    ]  # fmt: skip
    told = told_of(stale_days(warehouse, part_date="2024-01-10", part_date_to="2024-01-11"))
    assert told == [["2024-01-10x", "not_a_date", "mend part_date in the log"]]

    # The last day is determined from valid days only. Neither of these is valid.
    warehouse.execute(
        f"insert into {LOG} (part_date) values ('3000-01-01'), ('2024-01-32'), (null)"
    )
    assert days(restatement_days=2) == [MONDAY]

    warehouse.execute(f"truncate {LOG}")
    assert "The client log has no day." in succeed(stale_days(warehouse)).stdout


@pytest.mark.parametrize("value", [0, -1, "month", 1.5, True])
def test_bad_number_of_days_stops_the_operation(built: Warehouse, value: object) -> None:
    done = stale_days(built, restatement_days=value)
    assert done.returncode != 0
    assert "'restatement_days'" in done.stdout


# -- A person's data --------------------------------------------------------------------------


def holds(warehouse: Warehouse, text: str) -> set[str]:
    """The tables and views that contain a text in any column."""
    rows = "select count(*) from {} as t where cast(t as text) like '%{}%'"
    return {table for table in warehouse.tables() if warehouse.value(rows.format(table, text))}


def test_no_table_holds_a_person_whose_data_was_removed(warehouse: Warehouse) -> None:
    """The steps and commands of docs/operating.md."""
    warehouse.execute(
        f"""
        insert into {LOG} (part_date, log_dt, user_device_id, s_wemember_id, ws_art_id, shop)
        select day, cast(day || ' 10:00:00' as timestamp), 'her-phone', 'her-id', ws_art_id, 'KR'
        from we_mart.we_artist, (values ('{MONDAY}'), ('{WEDNESDAY}')) as days (day)
        """,
        "insert into we_mart.ws_fc_user_history"
        f" select 'her-id', we_art_id, date '{SUNDAY}', null from we_mart.we_artist limit 1",
        "insert into we_mart.ws_order (ord_sheet_number, ord_item_number, ord_dt, account_id,"
        " ord_item_qty, ord_item_amt_krw, part_date)"
        f" values ('s1', 1, timestamp '{MONDAY} 11:00:00', 'her-id', 1, 100, '{MONDAY}')",
    )
    succeed(warehouse.build_days(MONDAY, WEDNESDAY))
    succeed(warehouse.dbt("snapshot"))
    tables = ("ws_sess_daily", "ws_platform_daily", "fc_membership_snapshot")
    assert {f"we_mart.{table}" for table in tables} <= holds(warehouse, "her-id")

    warehouse.execute(
        f"delete from {LOG} where s_wemember_id = 'her-id' or user_device_id = 'her-phone'",
        "delete from we_mart.ws_fc_user_history where we_member_id = 'her-id'",
        "delete from we_mart.ws_order where account_id = 'her-id'",
    )
    told = told_of(stale_days(warehouse, part_date=SUNDAY, part_date_to=WEDNESDAY))
    assert [row[:2] for row in told] == [
        [MONDAY, "stale"], [TUESDAY, "stale"], [WEDNESDAY, "gone"]
    ]  # fmt: skip
    for _, _, command in told[:2]:
        succeed(warehouse.dbt(*shlex.split(command)[1:]))
    succeed(warehouse.build_days(WEDNESDAY, WEDNESDAY, "ws_sess_daily+", allow_empty_day=True))
    succeed(warehouse.dbt("snapshot"))
    assert holds(warehouse, "her-id") == {"we_mart.fc_membership_snapshot"}

    forget = ("run-operation", "forget_member", "--args")
    others = warehouse.value("select count(*) from we_mart.fc_membership_snapshot") - 2
    done = succeed(warehouse.dbt(*forget, "{we_member_id: her-id}"))
    # The membership and the row that marks it as deleted.
    assert "fc_membership_snapshot: 2 rows deleted." in done.stdout
    assert warehouse.value("select count(*) from we_mart.fc_membership_snapshot") == others > 0
    succeed(warehouse.dbt("snapshot"))
    assert holds(warehouse, "her-id") == holds(warehouse, "her-phone") == set()


@pytest.mark.parametrize("member", ["{}", "{we_member_id: ''}", '{we_member_id: "a\' or true"}'])
def test_forgetting_nobody_in_particular_is_refused(warehouse: Warehouse, member: str) -> None:
    succeed(warehouse.dbt("snapshot"))
    before = warehouse.rows("we_mart.fc_membership_snapshot")
    done = warehouse.dbt("run-operation", "forget_member", "--args", member)
    assert done.returncode != 0
    assert "forget_member: we_member_id is" in done.stdout
    assert warehouse.rows("we_mart.fc_membership_snapshot") == before


# -- Data tests -------------------------------------------------------------------------------


def test_data_tests_pass_on_the_days_of_the_run_and_on_all_and_miss_no_money(
    warehouse: Warehouse,
) -> None:
    everything = [
        *("path:models/marts", "path:models/intermediate/visits"),
        *("path:models/intermediate/visitors", "path:tests"),
        *("source:we_mart.ws_order", "source:we_mart.wv_sess_daily"),
    ]

    def tested(part_date: str, *selection: str, **variables: object):
        given = json.dumps({"part_date": part_date} | variables)
        command = ("test", "--exclude", "test_type:unit", "--vars", given)
        return warehouse.dbt(*command, "--select", *selection)

    succeed(tested(MONDAY, *everything, test_all_dates=True))

    # An order and a row of the previous week change after the build, on other days than the run's.
    one_more = "update we_mart.ws_order set ord_item_amt_krw = ord_item_amt_krw + 1"
    warehouse.execute(
        f"{one_more} where part_date = '{SUNDAY}'",
        f"update we_mart.{WEEKLY} set cnt_user = 0 where part_date = '2024-01-08'",
    )
    succeed(tested(TUESDAY, *everything))
    assert tested(TUESDAY, *everything, test_all_dates=True).returncode == 1

    # The same on a day of the run.
    warehouse.execute(
        f"{one_more} where part_date = '{TUESDAY}'",
        f"update we_mart.{WEEKLY} set cnt_user = 0 where part_date = '{MONDAY}'",
    )
    done = tested(TUESDAY, "assert_money_of_orders_is_kept", WEEKLY)
    assert done.returncode == 1
    assert f"FAIL {len(PAYING)} assert_money_of_orders_is_kept" in done.stdout
    assert f"dbt_utils_accepted_range_{WEEKLY}_cnt_user" in done.stdout
