"""Commands that do not finish on DuckDB: killed, interrupted, out of disk or memory, or with a file
that cannot be written or read.

After each fault, every day of every table has the rows of exactly one run,
`ws_sess_daily_restatement` reports the days that do not match the sources, and running the same
command again repairs everything.

WS_FAULT_KILLS is the number of moments at which commands are killed, over all four kinds of
commands. The default is 8, and `make test-faults` uses 200. The moments are spread evenly over the
normal duration of the command. The command runs in a fork of this process, where the project is
already parsed, so that no kill falls into the parsing.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from scripts import load_log
from tests.support.forked import start, wait
from tests.support.log_files import write_csv
from tests.support.random_sources import random_sources
from tests.support.warehouse import LOG, SOURCES, Row, Warehouse, succeed

SUNDAY, MONDAY, TUESDAY = DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]  # of two weeks
SOURCE_ROWS = random_sources(7, DAYS, broken=False)
TABLES = [
    "stats_we_d_integ_visit",
    "stats_we_w_shop_integ_visit",
    "stats_ws_d_ord_shop_integ",
    "stats_wv_user_ws_visit",
    "ws_platform_daily",
    "ws_sess_daily",
    "ws_sess_daily_audit",
]
WEEKLY = "stats_we_w_shop_integ_visit"
SNAPSHOTS = ["we_artist_snapshot", "fc_membership_snapshot"]

KILLS = int(os.environ.get("WS_FAULT_KILLS", "8"))
RUN = ("run", "--select", "ws_sess_daily+", "--vars", json.dumps({"part_date": MONDAY}))

# The share of each kind of command in all kills.
SHARES = {"run": 0.4, "first build": 0.2, "snapshot": 0.15, "load": 0.25}
# The kills of runs take half of the time, so many of them are several tests, which the processes
# share evenly.
PARTS_OF_RUN = 4 if KILLS >= 100 else 1

# By table and day: the rows, and the start times of their runs.
State = dict[tuple[str, str], tuple[list[Row], set[object]]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All days are built, then Monday's log, orders and Weverse sessions are changed."""
    warehouse = Warehouse(tmp_path_factory.mktemp("built"))
    warehouse.load(*SOURCE_ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    succeed(warehouse.dbt("snapshot"))
    change_sources(warehouse)
    return warehouse


@pytest.fixture(scope="module")
def rebuilt(built: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same warehouse after an undisturbed run."""
    warehouse = Warehouse(tmp_path_factory.mktemp("rebuilt"), copy_of=built)
    succeed(warehouse.dbt(*RUN))
    assert statuses(warehouse) == {day: ("current", None) for day in DAYS}
    return warehouse


@pytest.fixture(scope="module")
def seconds_of_run(built: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that the run takes undisturbed."""
    return duration(lambda: copy(built, tmp_path_factory.mktemp("undisturbed")).dbt(*RUN))


def change_sources(warehouse: Warehouse) -> None:
    monday = f"part_date = '{MONDAY}'"
    warehouse.execute(
        f"delete from {LOG} where {monday} and log_id < (select median(log_id) from {LOG})",
        f"update we_mart.ws_order set ord_item_qty = ord_item_qty + 1 where {monday}",
        f"update we_mart.wv_sess_daily set we_art_name = 'LUMEN' where {monday}",
        "update we_mart.we_artist set we_art_name = 'LUMEN'",
    )


# -- Contents of a warehouse ------------------------------------------------------------------


def state(warehouse: Warehouse) -> State:
    """The rows of each existing table, by day."""
    found: State = {}
    there = warehouse.tables()
    with warehouse.connection() as connection:
        for table in TABLES:
            if f"we_mart.{table}" in there:
                relation = connection.sql(f"select * from we_mart.{table} order by all")
                for values in relation.fetchall():
                    row = dict(zip(relation.columns, values))
                    rows, stamps = found.setdefault((table, row["part_date"]), ([], set()))
                    stamps.add(row.pop("run_timestamp"))
                    rows.append(row)
    return found


def statuses(warehouse: Warehouse) -> dict[str, tuple[str, str | None]]:
    return {
        day: (status, unfinished)
        for day, status, unfinished in warehouse.answer(
            "select part_date, status, unfinished_tables from we_mart.ws_sess_daily_restatement"
        )
    }


def is_whole_and_known(warehouse: Warehouse, before: State, after: State) -> str | None:
    """Check that each day of each table has the rows of one of the two runs, and that the
    restatement reports which: its status of Monday, None where there is none yet."""
    now = state(warehouse)
    assert now.keys() <= before.keys() | after.keys()
    assert before.keys() <= now.keys()
    builds = {}
    if "we_mart.ws_sess_daily_build" in warehouse.tables():
        builds = {
            (table, day): stamp
            for table, day, stamp in warehouse.answer(
                "select table_name, part_date, run_timestamp from we_mart.ws_sess_daily_build"
            )
        }
    old = set()
    for key, (rows, stamps) in now.items():
        assert len(stamps) == 1, f"{key} is of several runs"
        if key in before and stamps == before[key][1]:
            assert rows == before[key][0], f"{key} changed without a run"
            old.add(key)
        else:
            assert rows == after[key][0], f"{key} is not what a run makes"
        assert {builds[key]} == stamps, f"the build log has another run of {key}"
    if not before or "we_mart.ws_sess_daily_restatement" not in warehouse.tables():
        return None

    left = sorted(table for table, day in old if day == MONDAY)
    if "ws_sess_daily" in left:
        monday = ("stale", None)
    elif left:
        monday = ("unfinished", ", ".join(left))
    else:
        monday = ("current", None)
    tuesday = ("unfinished", WEEKLY) if WEEKLY in left else ("current", None)
    assert statuses(warehouse) == {SUNDAY: ("current", None), MONDAY: monday, TUESDAY: tuesday}
    return monday[0]


def is_mended(warehouse: Warehouse, command: tuple[str, ...], after: State) -> None:
    """Check that running the same command again gives the right rows and a current restatement."""
    succeed(warehouse.dbt(*command))
    assert rows_of(state(warehouse)) == rows_of(after)
    assert {status for status, _ in statuses(warehouse).values()} <= {"current", "missing"}


def rows_of(days: State) -> dict[tuple[str, str], list[Row]]:
    return {key: rows for key, (rows, _) in days.items()}


def histories(warehouse: Warehouse) -> dict[str, list[Row]]:
    """The rows of the snapshots without the times at which they were taken."""
    return {
        name: [
            {column: value for column, value in row.items() if not column.startswith("dbt_")}
            | {"holds": row["dbt_valid_to"] is None}
            for row in warehouse.rows(f"we_mart.{name}")
        ]
        for name in SNAPSHOTS
    }


# -- Disturbed commands -----------------------------------------------------------------------


def stop_after(command: Callable[[], object], seconds: float, how: signal.Signals) -> int:
    """Start it, send a signal to its process group after this many seconds, and return its exit
    code."""
    child = start(command)
    time.sleep(seconds)
    os.killpg(child, how)
    return wait(child)


def duration(command: Callable[[], object]) -> float:
    """Seconds that it takes undisturbed in a separate process."""
    started = time.monotonic()
    assert wait(start(command)) == 0
    return time.monotonic() - started


def moments(kind: str, seconds: float, codes: list[int]) -> Iterator[float]:
    """The moments at which to kill a command of this kind, spread evenly over its duration. Earlier
    ones follow as long as `codes`, to which the caller adds each exit code, has no killed command:
    on a busy machine, a command can be faster than the measured one."""
    number = max(1, round(KILLS * SHARES[kind]))
    yield from (seconds * (moment + 0.5) / number for moment in range(number))
    while -signal.SIGKILL not in codes:
        seconds /= 2
        yield seconds


def copy(warehouse: Warehouse, folder: Path) -> Warehouse:
    """Copy the warehouse, replacing the previous copy."""
    for left in folder.glob("ws_shop.duckdb*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    folder.mkdir(exist_ok=True)
    return Warehouse(folder, copy_of=warehouse)


def built_objects(warehouse: Warehouse) -> list[tuple[str, str]]:
    """The kinds and names of everything that dbt has built, views first."""
    return warehouse.answer(
        "select case table_type when 'VIEW' then 'view' else 'table' end, table_name"
        " from information_schema.tables"
        " where table_schema = 'we_mart' and table_schema || '.' || table_name not in"
        f" ({', '.join(repr(source) for source in SOURCES)}) order by 1 desc"
    )


@contextmanager
def file_system(folder: Path, size: int) -> Iterator[None]:
    """Mount an in-memory file system of this size at the folder."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Only root can mount a file system.")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def report(kind: str, codes: list[int], left: Counter[str]) -> None:
    """Print a summary for `pytest -rP`, which `make test-faults` uses."""
    killed = sum(code == -signal.SIGKILL for code in codes)
    found = ", ".join(f"{number} {what}" for what, number in sorted(left.items()))
    print(f"{kind}: {len(codes)} moments, killed before its end {killed}; found: {found}")


@pytest.mark.parametrize("first", range(PARTS_OF_RUN))
def test_run_that_is_killed_leaves_whole_days_and_is_mended_by_the_next(
    built: Warehouse, rebuilt: Warehouse, seconds_of_run: float, tmp_path: Path, first: int
) -> None:
    before, after = state(built), state(rebuilt)
    codes, left = [], Counter()
    for moment in islice(moments("run", seconds_of_run, codes), first, None, PARTS_OF_RUN):
        warehouse = copy(built, tmp_path)
        codes.append(stop_after(lambda w=warehouse: w.dbt(*RUN), moment, signal.SIGKILL))
        left[is_whole_and_known(warehouse, before, after)] += 1
        is_mended(warehouse, RUN, after)
    report("run", codes, left)
    assert -signal.SIGKILL in codes


def test_first_build_that_is_killed_leaves_whole_days_and_is_mended_by_the_next(
    built: Warehouse, tmp_path: Path
) -> None:
    sources = copy(built, tmp_path / "sources")
    sources.execute(*(f"drop {kind} we_mart.{name}" for kind, name in built_objects(sources)))
    undisturbed = copy(sources, tmp_path)
    seconds = duration(lambda: undisturbed.dbt(*RUN))
    after = state(undisturbed)
    codes, left = [], Counter()
    for moment in moments("first build", seconds, codes):
        warehouse = copy(sources, tmp_path)
        codes.append(stop_after(lambda w=warehouse: w.dbt(*RUN), moment, signal.SIGKILL))
        is_whole_and_known(warehouse, {}, after)
        left[f"{len(state(warehouse))} tables"] += 1
        is_mended(warehouse, RUN, after)
    report("first build", codes, left)
    assert -signal.SIGKILL in codes


def test_snapshot_that_is_killed_is_old_or_new_and_mended_by_the_next(
    built: Warehouse, tmp_path: Path
) -> None:
    command = ("snapshot",)
    undisturbed = copy(built, tmp_path)
    seconds = duration(lambda: undisturbed.dbt(*command))
    before, after = histories(built), histories(undisturbed)
    assert before["we_artist_snapshot"] != after["we_artist_snapshot"]
    codes, left = [], Counter()
    for moment in moments("snapshot", seconds, codes):
        warehouse = copy(built, tmp_path)
        codes.append(stop_after(lambda w=warehouse: w.dbt(*command), moment, signal.SIGKILL))
        for snapshot, rows in histories(warehouse).items():
            assert rows in (before[snapshot], after[snapshot]), snapshot
        left["new" if histories(warehouse) == after else "old"] += 1
        succeed(warehouse.dbt(*command))
        assert histories(warehouse) == after
    report("snapshot", codes, left)
    assert -signal.SIGKILL in codes


def test_load_that_is_killed_is_old_or_new_and_mended_by_the_next(
    built: Warehouse, tmp_path: Path
) -> None:
    lines = [
        line | {"log_id": f"{line['log_id']}-{n}"} for n in range(20) for line in SOURCE_ROWS[0]
    ]
    log = write_csv(tmp_path / "log.csv", lines)

    def loaded(warehouse: Warehouse) -> Row:
        (row,) = warehouse.answer(f"select count(*), count(distinct part_date) from {LOG}")
        return row

    before, after = loaded(built), (len(lines), len(DAYS))
    seconds = duration(lambda: load_log.load(str(log), copy(built, tmp_path).path))
    codes, left = [], Counter()
    for moment in moments("load", seconds, codes):
        warehouse = copy(built, tmp_path)
        command = partial(load_log.load, str(log), warehouse.path)
        codes.append(stop_after(command, moment, signal.SIGKILL))
        assert loaded(warehouse) in (before, after)
        left["new" if loaded(warehouse) == after else "old"] += 1
        command()
        assert loaded(warehouse) == after
        assert not list(tmp_path.glob("*.load-*"))
    report("load", codes, left)
    assert -signal.SIGKILL in codes


# -- Other faults -----------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.3, 0.7] if KILLS >= 100 else [0.5])
def test_run_that_is_interrupted_stops_and_leaves_whole_days(
    built: Warehouse, rebuilt: Warehouse, seconds_of_run: float, tmp_path: Path, share: float
) -> None:
    before, after = state(built), state(rebuilt)
    seconds = seconds_of_run * share
    code = 0
    while code == 0:  # it finished before the signal
        warehouse = copy(built, tmp_path)
        code = stop_after(lambda w=warehouse: w.dbt(*RUN), seconds, signal.SIGINT)
        seconds /= 2
    assert code != -signal.SIGKILL
    is_whole_and_known(warehouse, before, after)
    is_mended(warehouse, RUN, after)


def test_run_whose_files_cannot_grow_fails_and_leaves_whole_days(
    built: Warehouse, rebuilt: Warehouse, tmp_path: Path
) -> None:
    before, after = state(built), state(rebuilt)
    warehouse = copy(built, tmp_path)

    def without_room() -> object:
        # No file, such as DuckDB's write-ahead log, can grow beyond this size.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        return warehouse.dbt(*RUN)

    said = tmp_path / "said"
    assert wait(start(without_room, said)) != 0
    assert "File too large" in said.read_text(encoding="utf-8")
    is_whole_and_known(warehouse, before, after)
    is_mended(warehouse, RUN, after)


def test_run_on_a_full_file_system_fails_and_leaves_whole_days(
    built: Warehouse, rebuilt: Warehouse, tmp_path: Path
) -> None:
    before, after = state(built), state(rebuilt)
    (disk := tmp_path / "disk").mkdir()
    said = tmp_path / "said"
    with file_system(disk, built.path.stat().st_size + 60_000):
        full = copy(built, disk)
        # The target folder is elsewhere, so that only the warehouse uses the file system.
        full.folder = tmp_path
        assert wait(start(lambda: full.dbt(*RUN), said)) != 0
        for file in disk.glob("ws_shop.duckdb*"):
            shutil.copy(file, tmp_path)
    assert "No space left on device" in said.read_text(encoding="utf-8")
    full.path = tmp_path / "ws_shop.duckdb"
    is_whole_and_known(full, before, after)
    is_mended(full, RUN, after)


def test_run_with_too_little_memory_says_so_and_leaves_whole_days(
    built: Warehouse, rebuilt: Warehouse, tmp_path: Path
) -> None:
    before, after = state(built), state(rebuilt)
    warehouse = copy(built, tmp_path)
    done = warehouse.dbt(*RUN, WS_DUCKDB_MEMORY_LIMIT="8MB")
    assert done.returncode == 1
    assert "Out of Memory Error" in done.stdout
    is_whole_and_known(warehouse, before, after)
    is_mended(warehouse, RUN, after)


def test_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path, built: Warehouse) -> None:
    warehouse = copy(built, tmp_path)
    junk = b"\x00" * 4096 + warehouse.path.read_bytes()[4096:]
    warehouse.path.write_bytes(junk)
    done = warehouse.dbt(*RUN)
    assert done.returncode != 0
    assert str(warehouse.path) in done.stdout
    assert warehouse.path.read_bytes() == junk


def test_file_that_cannot_be_written_is_named_and_left_alone(
    built: Warehouse, tmp_path: Path
) -> None:
    warehouse = copy(built, tmp_path)
    before = state(warehouse)
    warehouse.path.chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o777)

    def as_nobody() -> object:
        if os.getuid() == 0:
            os.setuid(65534)  # root can write to read-only files
        return warehouse.dbt(*RUN)

    said = tmp_path / "said"
    assert wait(start(as_nobody, said)) != 0
    assert str(warehouse.path) in said.read_text(encoding="utf-8")
    assert state(warehouse) == before
