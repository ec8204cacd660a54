"""Concurrent runs: no day is lost, visible in part or wrongly called current, and a run that fails
says what to do.

Two processes of the unmodified dbt-databricks use one endpoint, and Delta Lake commits their
writes. The first tests hold one run at some point while another one finishes. The last tests hold
nothing. During all tests, a reader queries the table.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest

from scripts.parsed_project import Done
from tests.support.build_logs import BUILD_LOG, RESTATEMENT
from tests.support.databricks_warehouse import DatabricksWarehouse
from tests.support.endpoint.holding import AFTER, BEFORE, WITHIN, Hold
from tests.support.endpoint.running import Endpoint
from tests.support.two_processes import two_processes
from tests.support.warehouse import MART, Row, succeed

Run = Callable[..., "Future[Done]"]

# A daily table that takes less time than the mart.
AUDIT = "we_mart.ws_sess_daily_audit"
WEEKLY = "we_mart.stats_we_w_shop_integ_visit"
# Empty on a day without orders.
PURCHASES = "we_mart.stats_ws_d_ord_shop_integ"
SNAPSHOT = "we_mart.we_artist_snapshot"
# Days of one week.
MONDAY, TUESDAY, WEDNESDAY = (f"2024-01-{day}" for day in (15, 16, 17))
OVERWRITE = "insert … replace where"


def line(day: str, visitor: str, platform: str) -> Row:
    return {
        "part_date": day,
        "log_id": f"{day} {visitor}",
        "log_dt": datetime.fromisoformat(f"{day} 10:00:00"),
        "user_device_id": f"device of {visitor}",
        "s_wemember_id": visitor,
        "platform": platform,
    }


LOG_ROWS = [
    line(day, visitor, platform)
    for day in (TUESDAY, WEDNESDAY)
    for visitor, platform in (("a", "WEB"), ("b", "APP"), ("c", "APP"))
]
ARTISTS = [{"ws_art_id": 1, "we_art_id": 1, "we_art_name": "one"}]


@pytest.fixture(scope="module")
def warehouse(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> DatabricksWarehouse:
    warehouse = DatabricksWarehouse(endpoint, tmp_path_factory.mktemp("races"))
    warehouse.load(LOG_ROWS, ARTISTS)
    return warehouse


@pytest.fixture(scope="module")
def start(warehouse: DatabricksWarehouse) -> Iterator[Run]:
    """Start a dbt command in one of two processes."""
    with two_processes(warehouse) as start:
        yield start


@pytest.fixture(scope="module")
def built(warehouse: DatabricksWarehouse, start: Run) -> DatabricksWarehouse:
    dates = {"part_date": TUESDAY, "part_date_to": WEDNESDAY}
    tables = names(MART, AUDIT, WEEKLY)
    succeed(start("run", "--select", *tables, "--vars", json.dumps(dates)).result())
    return warehouse


def names(*tables: str) -> list[str]:
    return [table.split(".")[1] for table in tables]


def build(day: str, *tables: str) -> tuple[str, ...]:
    """The command that builds a day of some tables."""
    return ("run", "--select", *names(*tables), "--vars", f"part_date: {day}")


def failed_saying(done: Done, *words: str) -> bool:
    """Whether a command failed with a message that contains all of these words."""
    return done.returncode == 1 and all(said in done.stdout for said in words)


def was_told_to_run_again(done: Done, table: str, partition: str) -> bool:
    """Whether a command failed with Delta's message about the conflict and the remedy."""
    return failed_saying(
        done,
        "[DELTA_CONCURRENT_APPEND",
        f"{table} committed at version",
        f"[part_date={partition}]",
        "Please retry the operation.",
    )


def was_told_to_run_again_by_the_build_log(done: Done, table: str, partition: str) -> bool:
    """The same if two runs met before either had written to the table. Each deletes the row of the
    partition from the build log."""
    return failed_saying(
        done,
        "[DELTA_CONCURRENT_DELETE_",
        f"{BUILD_LOG} (committed at version",
        f"[table_name={names(table)[0]}, part_date={partition}]",
        "Please retry the operation.",
    )


# For each partition of a table, the number of its rows and their `run_timestamp` values.
State = dict[str, tuple[int, tuple[datetime, ...]]]


def state(warehouse: DatabricksWarehouse, table: str) -> State:
    query = f"""
        select part_date, count(*) as rows, sort_array(collect_set(run_timestamp)) as runs
        from {table} group by part_date
    """
    return {row["part_date"]: (row["rows"], tuple(row["runs"])) for row in warehouse.query(query)}


@contextmanager
def nothing_but_whole_days(warehouse: DatabricksWarehouse, *tables: str) -> Iterator[None]:
    """Read the tables continuously. Every existing partition must keep its number of rows, all of
    one run."""
    before = {table: state(warehouse, table) for table in tables}
    seen: list[tuple[str, State]] = []
    over = threading.Event()

    def read() -> None:
        # Pauses leave time for the runs, which take ten seconds and more.
        while not over.wait(2):
            seen.extend((table, state(warehouse, table)) for table in tables)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()
    seen.extend((table, state(warehouse, table)) for table in tables)
    assert len(seen) > 2 * len(tables)
    for table, now in seen:
        assert {day: rows for day, (rows, _) in now.items()} == {
            day: rows for day, (rows, _) in before[table].items()
        }
        assert all(len(runs) == 1 for _, runs in now.values()), now


@contextmanager
def held(
    warehouse: DatabricksWarehouse, kind: str, table: str, point: str, first: Callable[[], Future]
) -> Iterator[Future]:
    """Run a command whose statement on a table is held until the end of the block."""
    hold = Hold(kind, f"`{names(table)[0]}`", point)
    warehouse.endpoint.engine.hold = hold
    try:
        running = first()
        hold.wait()
        yield running
    finally:
        hold.release()


# -- One run is held, another one finishes ----------------------------------------------------


@pytest.mark.parametrize(
    ("table", "held_day", "day", "partition", "point"),
    [
        pytest.param(AUDIT, TUESDAY, TUESDAY, TUESDAY, BEFORE, id="one day, before"),
        pytest.param(AUDIT, TUESDAY, TUESDAY, TUESDAY, WITHIN, id="one day, within"),
        pytest.param(AUDIT, TUESDAY, TUESDAY, TUESDAY, AFTER, id="one day, after"),
        pytest.param(WEEKLY, TUESDAY, WEDNESDAY, MONDAY, WITHIN, id="days of a week, within"),
    ],
)
def test_partition_is_of_the_run_that_committed_last(
    built: DatabricksWarehouse,
    start: Run,
    table: str,
    held_day: str,
    day: str,
    partition: str,
    point: str,
) -> None:
    with nothing_but_whole_days(built, table):
        with held(built, OVERWRITE, table, point, lambda: start(*build(held_day, table))) as first:
            succeed(start(*build(day, table)).result())
            of_second = state(built, table)[partition]
        done = first.result()
    at_last = state(built, table)[partition]
    if point == BEFORE:
        succeed(done)
        # This run started first, so it has the earlier time.
        assert at_last[1] < of_second[1]
        return
    assert at_last == of_second
    if point == WITHIN:
        assert was_told_to_run_again(done, table, partition), done.stdout
    else:
        succeed(done)


def test_runs_of_different_days_do_not_meet(built: DatabricksWarehouse, start: Run) -> None:
    before = state(built, AUDIT)
    with nothing_but_whole_days(built, AUDIT):
        with held(built, OVERWRITE, AUDIT, WITHIN, lambda: start(*build(TUESDAY, AUDIT))) as first:
            succeed(start(*build(WEDNESDAY, AUDIT)).result())
        succeed(first.result())
    after = state(built, AUDIT)
    assert all(after[day][1] > before[day][1] for day in (TUESDAY, WEDNESDAY))


def test_first_runs_of_different_days_keep_both(built: DatabricksWarehouse, start: Run) -> None:
    """Neither run has found the table, which has a primary key. `create or replace` would drop the
    rows of the other run, and a key that is added afterwards would be there already."""
    before = state(built, AUDIT)
    built.execute(f"drop table {AUDIT}")
    create = "create table with a primary key"
    with held(built, create, AUDIT, BEFORE, lambda: start(*build(TUESDAY, AUDIT))) as first:
        succeed(start(*build(WEDNESDAY, AUDIT)).result())
    succeed(first.result())
    after = state(built, AUDIT)
    assert {day: rows for day, (rows, _) in after.items()} == {
        day: rows for day, (rows, _) in before.items()
    }


def test_first_run_of_the_build_log_keeps_the_row_of_another_run(
    built: DatabricksWarehouse, start: Run
) -> None:
    built.execute(f"drop table {BUILD_LOG}")
    create = "create table if not exists"
    with held(built, create, BUILD_LOG, BEFORE, lambda: start(*build(TUESDAY, BUILD_LOG))) as first:
        succeed(start(*build(TUESDAY, MART)).result())
    succeed(first.result())
    assert [row["table_name"] for row in built.query(f"select * from {BUILD_LOG}")] == names(MART)


# -- Orders change while runs are held --------------------------------------------------------

# `delete_orders` and `restore_orders` stand for a source that is loaded again, first without the
# orders of the day. tests/e2e/test_build_log_protocol.py tries every order of such steps.


@pytest.fixture(scope="module")
def with_orders(built: DatabricksWarehouse, start: Run) -> DatabricksWarehouse:
    """Each test of it ends with `build_again`, which leaves it as it was."""
    restore_orders(built)
    # With another day in the build log, so that the table is in use whatever a run does to its day.
    dates = json.dumps({"part_date": TUESDAY, "part_date_to": WEDNESDAY})
    tables = names(MART, PURCHASES, RESTATEMENT)
    succeed(start("run", "--select", *tables, "--vars", dates).result())
    assert of_purchases(built) == (None, 1)
    return built


def restore_orders(warehouse: DatabricksWarehouse) -> None:
    warehouse.execute(
        "insert into we_mart.ws_order (ord_sheet_number, ord_item_number, account_id, ord_dt,"
        f" part_date) values ('s', 1, 'a', timestamp '{TUESDAY} 12:00:00', '{TUESDAY}')"
    )


def delete_orders(warehouse: DatabricksWarehouse) -> None:
    warehouse.execute("delete from we_mart.ws_order")


def of_purchases(warehouse: DatabricksWarehouse) -> tuple[str | None, int]:
    """Whether the day's purchases are unfinished, and the number of their rows."""
    told = f"select unfinished_tables from {RESTATEMENT} where part_date = '{TUESDAY}'"
    unfinished = warehouse.value(told) or ""
    rows = warehouse.value(f"select count(*) from {PURCHASES} where part_date = '{TUESDAY}'")
    (name,) = names(PURCHASES)
    return name if name in unfinished.split(", ") else None, rows


def build_again(warehouse: DatabricksWarehouse, start: Run) -> None:
    succeed(start(*build(TUESDAY, PURCHASES)).result())
    assert of_purchases(warehouse) == (None, 1)


def test_day_that_a_killed_run_has_emptied_meanwhile_is_not_called_current(
    with_orders: DatabricksWarehouse, start: Run
) -> None:
    """The first run is held after it has written its rows and before it logs them. The second run
    empties the day and is held there, too. It stands for a run that was killed."""
    run = build(TUESDAY, PURCHASES)
    with ExitStack() as killed:
        with held(with_orders, OVERWRITE, PURCHASES, AFTER, lambda: start(*run)) as first:
            delete_orders(with_orders)
            empties = held(with_orders, OVERWRITE, PURCHASES, AFTER, lambda: start(*run))
            second = killed.enter_context(empties)
            restore_orders(with_orders)
        succeed(first.result())
        assert of_purchases(with_orders) == (*names(PURCHASES), 0)
    succeed(second.result())
    assert of_purchases(with_orders) == (*names(PURCHASES), 0)
    build_again(with_orders, start)


def test_day_that_another_run_has_emptied_and_logged_is_not_called_current(
    with_orders: DatabricksWarehouse, start: Run
) -> None:
    run = build(TUESDAY, PURCHASES)
    with held(with_orders, OVERWRITE, PURCHASES, AFTER, lambda: start(*run)) as first:
        delete_orders(with_orders)
        succeed(start(*run).result())
        assert of_purchases(with_orders) == (None, 0)
        restore_orders(with_orders)
    succeed(first.result())
    assert of_purchases(with_orders) == (*names(PURCHASES), 0)
    build_again(with_orders, start)


def test_day_that_a_killed_run_has_emptied_after_the_log_is_not_called_current(
    with_orders: DatabricksWarehouse, start: Run
) -> None:
    """The first run is held before it writes, while the second one finishes. Then the first one
    empties the day, and is held before it logs that. It stands for a run that was killed."""
    run = build(TUESDAY, PURCHASES)
    with ExitStack() as until_logged:
        before_table = held(with_orders, OVERWRITE, PURCHASES, BEFORE, lambda: start(*run))
        first = until_logged.enter_context(before_table)
        succeed(start(*run).result())
        assert of_purchases(with_orders) == (None, 1)
        delete_orders(with_orders)
        with held(with_orders, OVERWRITE, BUILD_LOG, BEFORE, until_logged.close):
            restore_orders(with_orders)
            assert of_purchases(with_orders) == (*names(PURCHASES), 0)
    succeed(first.result())
    assert of_purchases(with_orders) == (*names(PURCHASES), 0)
    build_again(with_orders, start)


# -- No run is held ---------------------------------------------------------------------------


@pytest.mark.parametrize("days", [(TUESDAY, TUESDAY), (TUESDAY, WEDNESDAY)], ids=["same", "other"])
def test_runs_at_once_leave_every_day_whole(
    built: DatabricksWarehouse, start: Run, days: tuple[str, str]
) -> None:
    before = state(built, MART)
    with nothing_but_whole_days(built, MART, WEEKLY):
        runs = [start(*build(day, MART, WEEKLY)) for day in days]
        done = [run.result() for run in runs]
    after = state(built, MART)
    assert all(after[day][1] > before[day][1] for day in days)
    assert 0 in [one.returncode for one in done]
    for day, one in zip(days, done):
        assert one.returncode == 0 or any(
            was_told(one, table, partition)
            for table, partition in ((MART, day), (WEEKLY, MONDAY))
            for was_told in (was_told_to_run_again, was_told_to_run_again_by_the_build_log)
        ), one.stdout


def test_snapshot_and_run_do_not_meet(built: DatabricksWarehouse, start: Run) -> None:
    with nothing_but_whole_days(built, MART):
        both = start(*build(TUESDAY, MART)), start("snapshot", "--vars", f"part_date: {TUESDAY}")
        for one in both:
            succeed(one.result())
    names_held = [row["we_art_name"] for row in built.query(f"select * from {SNAPSHOT}")]
    assert names_held == ["one"]
