"""Test the build log and the restatement (SPEC 6) when runs fail and when sources change.

Every test compares the two tables with `spec_oracle_builds.py`. Each day has a line, an order and a
Weverse session of one account, so that every table has rows for the day.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shlex
import signal
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scripts.parsed_project import ParsedProject
from tests.support.build_logs import (
    BUILD_LOG,
    MEMBERSHIPS,
    ORDERS,
    RESTATEMENT,
    WV_SESSIONS,
    assert_build_log,
    assert_no_line_is_lost,
    assert_restatement,
    insert,
    line,
    load,
    log_says,
    membership,
    order,
    sources_of,
    statuses,
    wv_session,
)
from tests.support.changed_project import project_with
from tests.support.forked import start, wait
from tests.support.spec_oracle_builds import MADE_FROM_MART, MART, WEEKLY, BuildLog, Sources
from tests.support.warehouse import LOG, NO_FILES, SOURCES, Row, Warehouse, succeed

SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2024-01-{n}" for n in range(14, 19))
DAYS = [MONDAY, TUESDAY, WEDNESDAY]  # of one week
TABLES = [MART, *MADE_FROM_MART]
DAILY = [table for table in MADE_FROM_MART if table != WEEKLY]
VIEW = ["ws_sess_daily_build", "ws_sess_daily_restatement"]


# -- Warehouses and runs ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, BuildLog]:
    """All tables for DAYS, built in one run. Tests work on copies of it."""
    warehouse, log = Warehouse(tmp_path_factory.mktemp("built")), BuildLog()
    load(warehouse, DAYS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    log.run(TABLES, DAYS, sources_of(warehouse), "first run")
    assert_build_log(warehouse, log)
    assert {row["status"] for row in assert_restatement(warehouse, log)} == {"current"}
    for table in TABLES:
        assert warehouse.value(f"select count(*) from we_mart.{table}") > 0
    return warehouse, log


@pytest.fixture
def warehouse(built: tuple[Warehouse, BuildLog], tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, copy_of=built[0])


@pytest.fixture
def log(built: tuple[Warehouse, BuildLog]) -> BuildLog:
    """The build log that the oracle expects for `warehouse`."""
    return copy.deepcopy(built[1])


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> ParsedProject:
    """dbt with a project that has additional hooks. The variables `meanwhile` and `afterwards`
    contain statements by model. They run after its checksums were read, and after its rows were
    written."""

    def change(settings: dict[str, Any]) -> None:
        marts = settings["models"]["ws_shop"]["marts"]
        meanwhile, afterwards = (
            f"{{{{ var('{name}', {{}}).get(model.name, '') }}}}"
            for name in ("meanwhile", "afterwards")
        )
        marts["+pre-hook"] = [marts["+pre-hook"], meanwhile]
        marts["+post-hook"] = [afterwards, marts["+post-hook"]]

    project = project_with(tmp_path_factory.mktemp("hooked"), change)
    return ParsedProject({"DBT_TARGET": "local"}, *NO_FILES, project=project)


def command_of(warehouse: Warehouse, day: str) -> str:
    return warehouse.value(f"select rerun_command from {RESTATEMENT} where part_date = '{day}'")


def unfinished(warehouse: Warehouse, day: str) -> set[str]:
    told = f"select unfinished_tables from {RESTATEMENT} where part_date = '{day}'"
    return set((warehouse.value(told) or "").split(", ")) - {""}


def execute(warehouse: Warehouse, command: str) -> None:
    """Run a command exactly as it was printed."""
    words = shlex.split(command)
    assert words[0] == "dbt"
    succeed(warehouse.dbt(*words[1:]))


def state(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, including `run_timestamp`."""
    names = [f"we_mart.{table}" for table in TABLES] + [BUILD_LOG]
    return {name: warehouse.answer(f"select * from {name} order by all") for name in names}


# -- Sources that change ----------------------------------------------------------------------


def test_rows_that_come_before_between_and_after_the_tables_of_a_run(tmp_path: Path) -> None:
    # Each moment uses one day for a line, one for an order and one for a Weverse session.
    moments = range(len(TABLES) + 1)
    days = [str(date(2024, 1, 1) + timedelta(days=n)) for n in range(3 * len(moments))]
    of_lines, of_orders, of_wv_sessions = (days[n::3] for n in range(3))
    warehouse, log = Warehouse(tmp_path), BuildLog()
    load(warehouse, days)
    for moment in moments:
        warehouse.execute(
            insert(LOG, line(of_lines[moment], "late")),
            insert(ORDERS, order(of_orders[moment], "late")),
            insert(WV_SESSIONS, wv_session(of_wv_sessions[moment], "late")),
        )
        tables = TABLES[moment : moment + 1]
        log.run(tables, days, sources_of(warehouse), moment)
        succeed(warehouse.build_days(days[0], days[-1], *(tables or VIEW)))

    assert_build_log(warehouse, log)
    assert_restatement(warehouse, log)
    assert_no_line_is_lost(warehouse)
    told = statuses(warehouse)
    assert [day for day in days if told[day] == "stale"] == of_lines[1:]
    for moment in moments:
        before = TABLES[:moment]
        for day, reader in ((of_orders, "orders"), (of_wv_sessions, "wv_sessions")):
            left = {t for t in before if t != MART and getattr(MADE_FROM_MART[t], reader)}
            assert unfinished(warehouse, day[moment]) - {WEEKLY} == left - {WEEKLY}


def test_rows_that_come_when_a_run_has_read_its_checksums_are_never_called_current(
    hooked: ParsedProject, tmp_path: Path
) -> None:
    # For each table, a day on which a row arrives that the table reads.
    days = [str(date(2024, 1, 1) + timedelta(days=n)) for n in range(len(TABLES))]
    day_of = dict(zip(TABLES, days, strict=True))
    rows = {table: (ORDERS, order(day, "late")) for table, day in day_of.items()}
    for table in (MART, "ws_sess_daily_audit"):
        rows[table] = (LOG, line(day_of[table], "late"))
    of_wv = "stats_wv_user_ws_visit"
    rows[of_wv] = (WV_SESSIONS, wv_session(day_of[of_wv], "late"))

    warehouse, log = Warehouse(tmp_path), BuildLog()
    warehouse.dbt_here = hooked
    load(warehouse, days)
    there = sources_of(warehouse)
    meanwhile = {table: insert(*row) for table, row in rows.items()}
    done = succeed(warehouse.build_days(days[0], days[-1], meanwhile=meanwhile))
    for name in [result.node.name for result in done.result.results]:
        if name in TABLES:
            log.run([name], days, there, "run")
            there = with_row(there, *rows[name])

    # The row was read and is in the mart.
    assert warehouse.value(f"select count(*) from we_mart.{MART} where device_id = 'late'") == 1
    assert_build_log(warehouse, log)
    assert_restatement(warehouse, log)
    told = statuses(warehouse)
    assert [day for day in days if told[day] == "stale"] == days[:2]
    for table, day in day_of.items():
        if told[day] != "stale":
            assert table in unfinished(warehouse, day)


def test_membership_that_comes_during_a_run_is_never_called_current(
    hooked: ParsedProject, warehouse: Warehouse, log: BuildLog
) -> None:
    warehouse.dbt_here = hooked
    there = sources_of(warehouse)
    meanwhile = {MART: insert(MEMBERSHIPS, membership(TUESDAY, None))}
    succeed(warehouse.build_days(TUESDAY, TUESDAY, meanwhile=meanwhile))
    log.run(TABLES, [TUESDAY], there, "run")
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "stale", WEDNESDAY: "stale"})


def with_row(sources: Sources, table: str, row: Row) -> Sources:
    more = copy.deepcopy(sources)
    {LOG: more.lines, ORDERS: more.orders, WV_SESSIONS: more.wv_sessions}[table].append(row)
    return more


def test_day_that_was_emptied_is_current_until_lines_come(
    warehouse: Warehouse, log: BuildLog
) -> None:
    warehouse.execute(f"delete from {LOG} where part_date = '{TUESDAY}'")
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "gone", WEDNESDAY: "current"})
    succeed(warehouse.build_days(TUESDAY, TUESDAY, allow_empty_day=True))
    log.run(TABLES, [TUESDAY], sources_of(warehouse), "emptied")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current"))

    # A rejected line comes. The day has no event, so the command allows it to be empty.
    warehouse.execute(f"insert into {LOG} (part_date) values ('{TUESDAY}')")
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "stale", WEDNESDAY: "current"})
    command = command_of(warehouse, TUESDAY)
    assert command.endswith("--vars '{part_date: 2024-01-16, allow_empty_day: true}'")
    execute(warehouse, command)
    log.run(TABLES, [TUESDAY], sources_of(warehouse), "emptied again")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current"))

    warehouse.execute(insert(LOG, line(TUESDAY)))
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "stale", WEDNESDAY: "current"})
    assert "allow_empty_day" not in command_of(warehouse, TUESDAY)


# -- Commands that build nothing --------------------------------------------------------------


@pytest.mark.parametrize("command", [("compile",), ("docs", "generate")], ids=" ".join)
def test_command_that_builds_nothing_writes_nothing_and_is_not_held_back(
    warehouse: Warehouse, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """dbt compiles the hooks of a run for such a command too."""
    day = ("--vars", f"part_date: {MONDAY}")
    # A run and `dbt seed` would be refused.
    warehouse.execute("alter table we_mart.ws_platform_daily add column other int")
    built = everything(warehouse)
    succeed(warehouse.dbt(*command, *day))
    assert everything(warehouse) == built

    (tmp_path / "fresh").mkdir()
    fresh = Warehouse(tmp_path / "fresh")
    load(fresh, DAYS)
    succeed(fresh.dbt(*command, *day))
    assert fresh.tables() == SOURCES.keys()


def everything(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    tables = warehouse.tables()
    return {table: warehouse.answer(f"select * from {table} order by all") for table in tables}


# -- Runs of some tables ----------------------------------------------------------------------


def test_mart_alone_writes_its_row_on_a_fresh_target_and_again(tmp_path: Path) -> None:
    warehouse, log = Warehouse(tmp_path), BuildLog()
    load(warehouse, DAYS)
    warehouse.run(MONDAY)
    log.run([MART], [MONDAY], sources_of(warehouse), 1)
    assert_build_log(warehouse, log)

    # Tables that were never built are not in use. The weekly table requires only the days of the
    # run in the mart, not the whole week.
    succeed(warehouse.build_days(TUESDAY, TUESDAY, MART, *VIEW))
    log.run([MART], [TUESDAY], sources_of(warehouse), 2)
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "current", WEDNESDAY: "missing"})
    warehouse.execute(insert(LOG, line(TUESDAY, "late")))
    succeed(warehouse.build_days(TUESDAY, TUESDAY, MART, WEEKLY))
    log.run([MART, WEEKLY], [TUESDAY], sources_of(warehouse), 3)
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "current", WEDNESDAY: "missing"})

    warehouse.run(MONDAY)
    log.run([MART], [MONDAY], sources_of(warehouse), 4)
    log_says(warehouse, log, {MONDAY: "unfinished", TUESDAY: "current", WEDNESDAY: "missing"})
    assert unfinished(warehouse, MONDAY) == {WEEKLY}


def test_tables_that_were_left_out_are_named_and_built_by_the_command(
    warehouse: Warehouse, log: BuildLog
) -> None:
    left_out = ["stats_ws_d_ord_shop_integ", "ws_sess_daily_audit"]
    load(warehouse, [*DAYS, THURSDAY])
    given = ("--vars", f"part_date: {THURSDAY}")
    succeed(warehouse.dbt("run", "--exclude", *left_out, *given))
    log.run(set(TABLES) - set(left_out), [THURSDAY], sources_of(warehouse), "without them")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current") | {THURSDAY: "unfinished"})
    command = command_of(warehouse, THURSDAY)
    names = " ".join(left_out)
    assert command == f"dbt run --select {names} --vars '{{part_date: {THURSDAY}}}'"
    execute(warehouse, command)
    log.run(left_out, [THURSDAY], sources_of(warehouse), "left out")
    log_says(warehouse, log, dict.fromkeys([*DAYS, THURSDAY], "current"))


def test_weekly_table_is_finished_when_it_was_made_from_each_day_of_its_week(
    warehouse: Warehouse, log: BuildLog
) -> None:
    warehouse.execute(insert(LOG, line(THURSDAY)))
    but_weekly = [MART, *DAILY]
    succeed(warehouse.build_days(THURSDAY, THURSDAY, *but_weekly))
    log.run(but_weekly, [THURSDAY], sources_of(warehouse), "Thursday")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current") | {THURSDAY: "unfinished"})
    assert unfinished(warehouse, THURSDAY) == {WEEKLY}

    # An order of the next week, and an order with a part_date that no run can build.
    no_date = order(TUESDAY) | {"part_date": "2024-1-16"}
    warehouse.execute(insert(ORDERS, order("2024-01-22")), insert(ORDERS, no_date))
    assert statuses(warehouse) == dict.fromkeys(DAYS, "current") | {THURSDAY: "unfinished"}
    warehouse.execute(f"delete from {ORDERS} where part_date = '2024-1-16'")

    # An order of a day of the week that is not in the mart.
    warehouse.execute(insert(ORDERS, order("2024-01-21")))
    log_says(warehouse, log, dict.fromkeys([*DAYS, THURSDAY], "unfinished"))
    execute(warehouse, command_of(warehouse, MONDAY))
    log.run([WEEKLY], [MONDAY], sources_of(warehouse), "week")
    log_says(warehouse, log, dict.fromkeys([*DAYS, THURSDAY], "current"))

    # A rebuilt day waits only for the weekly table. The other days of the week do not wait.
    succeed(warehouse.build_days(TUESDAY, TUESDAY, *but_weekly))
    log.run(but_weekly, [TUESDAY], sources_of(warehouse), "again")
    expected = dict.fromkeys([*DAYS, THURSDAY], "current") | {TUESDAY: "unfinished"}
    log_says(warehouse, log, expected)


def test_day_built_with_other_settings_is_stale_unless_they_are_given(
    warehouse: Warehouse, log: BuildLog
) -> None:
    settings = {TUESDAY: {"session_timeout_minutes": 31}, WEDNESDAY: {"max_clock_skew_hours": 23}}
    for day, given in settings.items():
        succeed(warehouse.build_days(day, day, MART, **given))
        log.run([MART], [day], sources_of(warehouse), day, **given)
    log_says(warehouse, log, {MONDAY: "current", TUESDAY: "stale", WEDNESDAY: "stale"})

    # Built with both settings: current as long as the project has both.
    both = {"session_timeout_minutes": 31, "max_clock_skew_hours": 23}
    succeed(warehouse.build_days(TUESDAY, TUESDAY, **both))
    log.run(TABLES, [TUESDAY], sources_of(warehouse), "both", **both)
    assert_build_log(warehouse, log)
    assert_restatement(warehouse, log, **both)
    assert statuses(warehouse) == {MONDAY: "stale", TUESDAY: "current", WEDNESDAY: "stale"}
    succeed(warehouse.build_days(TUESDAY, TUESDAY, *VIEW))
    assert_restatement(warehouse, log)
    assert statuses(warehouse) == dict.fromkeys(DAYS, "stale") | {MONDAY: "current"}


def test_table_that_does_not_hold_the_rows_of_its_build_is_unfinished(
    warehouse: Warehouse, log: BuildLog
) -> None:
    warehouse.execute(
        f"delete from we_mart.ws_platform_daily where part_date = '{MONDAY}'",
        f"update we_mart.{WEEKLY} set run_timestamp = timestamp '2024-02-01 00:00:00'",
    )
    assert statuses(warehouse) == dict.fromkeys(DAYS, "unfinished")
    assert unfinished(warehouse, MONDAY) == {"ws_platform_daily", WEEKLY}
    assert unfinished(warehouse, WEDNESDAY) == {WEEKLY}
    execute(warehouse, command_of(warehouse, MONDAY))
    assert statuses(warehouse) == dict.fromkeys(DAYS, "current")


def test_build_log_from_before_columns_were_there_gets_them(
    warehouse: Warehouse, log: BuildLog
) -> None:
    without_last_columns(warehouse, "has_rows", "memberships_checksum")
    warehouse.run(TUESDAY)
    execute(warehouse, f"dbt run --select {WEEKLY} --vars 'part_date: {MONDAY}'")
    known = f"select table_name, part_date from {BUILD_LOG} where has_rows = 1 order by all"
    assert warehouse.answer(known) == [(WEEKLY, MONDAY), (MART, TUESDAY)]
    unknown = f"select count(*) from {BUILD_LOG} where has_rows is null"
    assert warehouse.value(unknown) == len(DAYS) * (len(TABLES) - 1) - 1
    known = f"select part_date from {BUILD_LOG} where memberships_checksum is not null"
    assert warehouse.answer(known) == [(TUESDAY,)]


def test_memberships_of_builds_from_before_their_checksum_are_not_known(
    warehouse: Warehouse, log: BuildLog
) -> None:
    without_last_columns(warehouse, "memberships_checksum")
    for build in log.builds.values():
        build.memberships_contents = None
    # The view alone, before any run of the mart.
    succeed(warehouse.build_days(TUESDAY, TUESDAY, VIEW[1]))
    warehouse.execute(insert(MEMBERSHIPS, membership(MONDAY, None)))
    log_says(warehouse, log, dict.fromkeys(DAYS, "current"))
    succeed(warehouse.build_days(TUESDAY, TUESDAY))
    log.run(TABLES, [TUESDAY], sources_of(warehouse), "with memberships")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current"))
    warehouse.execute(f"delete from {MEMBERSHIPS}")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current") | {TUESDAY: "stale"})


def without_last_columns(warehouse: Warehouse, *columns: str) -> None:
    warehouse.execute(
        f"create or replace table {BUILD_LOG}"
        f" as select * exclude ({', '.join(columns)}) from {BUILD_LOG}"
    )


# -- A downstream table requires the mart -----------------------------------------------------


def test_table_made_from_a_mart_that_lacks_days_stops_before_it_writes(
    warehouse: Warehouse, log: BuildLog
) -> None:
    load(warehouse, [SUNDAY, *DAYS, THURSDAY])
    warehouse.execute(
        f"delete from {BUILD_LOG} where table_name = '{MART}' and part_date = '{TUESDAY}'"
    )
    before = state(warehouse)
    given = json.dumps({"part_date": SUNDAY, "part_date_to": THURSDAY})
    done = warehouse.dbt("run", "--exclude", MART, "--vars", given)
    assert done.returncode == 1
    assert state(warehouse) == before
    message = " ".join(done.stdout.split())
    for table in MADE_FROM_MART:
        told = (
            f"ws_sess_daily was not built for {SUNDAY}, {TUESDAY}, {THURSDAY}. {table} is made"
            " from it and would say that nobody visited. Nothing was written."
        )
        assert told in message

    # The command in the message, which is the same for all tables, repairs it.
    (command,) = set(re.findall(r"dbt run --select ws_sess_daily\+ --vars '[^']*'", message))
    execute(warehouse, command)
    assert statuses(warehouse) == dict.fromkeys([SUNDAY, *DAYS, THURSDAY], "current")


def test_target_without_a_build_log_lacks_every_day(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    load(warehouse, DAYS)
    done = warehouse.build_days(MONDAY, TUESDAY, *MADE_FROM_MART)
    assert done.returncode == 1
    for table in MADE_FROM_MART:
        told = f"was not built for {MONDAY}, {TUESDAY}. {table} is made"
        assert told in " ".join(done.stdout.split())
    assert warehouse.tables() == set(SOURCES)


# -- Runs that fail or are killed -------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "moment"),
    [(MART, "afterwards"), ("ws_platform_daily", "meanwhile"), (WEEKLY, "afterwards")],
)
def test_run_that_fails_leaves_table_and_build_log_as_they_were(
    warehouse: Warehouse, log: BuildLog, hooked: ParsedProject, table: str, moment: str
) -> None:
    warehouse.dbt_here = hooked
    before = state(warehouse)
    failure = {moment: {table: "select error('out of order')"}}
    done = warehouse.build_days(TUESDAY, WEDNESDAY, table, **failure)
    assert done.returncode == 1
    assert "out of order" in done.stdout
    assert state(warehouse) == before
    log_says(warehouse, log, dict.fromkeys(DAYS, "current"))


def test_run_that_was_killed_is_finished_by_the_commands(
    warehouse: Warehouse, log: BuildLog
) -> None:
    for models, tables in ((2, 1), (12, 5)):
        # Another line, so that the whole day must be rebuilt.
        warehouse.execute(insert(LOG, line(TUESDAY, f"before {models}")))
        log_says(warehouse, log, {MONDAY: "current", TUESDAY: "stale", WEDNESDAY: "current"})
        kill_after(warehouse, models, "run", "--vars", f"part_date: {TUESDAY}")

        # The rows of the tables show what was built.
        (newest,) = warehouse.answer(f"select max(run_timestamp) from we_mart.{MART}")
        made = [
            table
            for table in TABLES
            if warehouse.answer(f"select max(run_timestamp) from we_mart.{table}") == [newest]
        ]
        assert MART in made and tables == len(made) < len(TABLES), made
        log.run(made, [TUESDAY], sources_of(warehouse), f"killed {models}")
        log_says(warehouse, log, {MONDAY: "current", TUESDAY: "unfinished", WEDNESDAY: "current"})
        left = sorted(set(TABLES) - set(made))
        assert sorted(unfinished(warehouse, TUESDAY)) == left

        execute(warehouse, command_of(warehouse, TUESDAY))
        log.run(left, [TUESDAY], sources_of(warehouse), f"finished {models}")
        log_says(warehouse, log, dict.fromkeys(DAYS, "current"))


def kill_after(warehouse: Warehouse, models: int, *arguments: str) -> None:
    """Run a dbt command in a fork and kill it as soon as this many models are built."""

    def kill(done: int, total: int) -> None:
        if done == models:
            os.kill(os.getpid(), signal.SIGKILL)

    command = partial(warehouse.dbt, *arguments, progress=kill)
    assert wait(start(command)) == -signal.SIGKILL
