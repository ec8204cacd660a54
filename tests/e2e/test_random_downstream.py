"""Compare the downstream tables with the oracle of SPEC 5 and 6 (plain Python), on random logs,
orders and Weverse sessions that hit the edge cases.

One run over many days checks all of them. Each world has its own seed and is the same on every
machine. Set WS_RANDOM_SEEDS (`3,17`) and WS_RANDOM_DAYS (default 60) for other worlds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from tests.support import spec_oracle_downstream as oracle
from tests.support.adversarial_logs import random_world
from tests.support.adversarial_masters import changed_memberships
from tests.support.adversarial_orders import orders_and_weverse_sessions
from tests.support.build_logs import (
    BUILD_LOG,
    assert_build_log,
    assert_late_days,
    assert_restatement,
    sources_of,
)
from tests.support.random_sources import days_from
from tests.support.spec_oracle import build_mart
from tests.support.spec_oracle_builds import MADE_FROM_MART, MART, WEEKLY, BuildLog
from tests.support.warehouse import LOG, Row, Warehouse, succeed

# Begins on a Wednesday, so the first and the last week are only partly built.
DAYS = days_from("2024-01-03", int(os.environ.get("WS_RANDOM_DAYS", "60")))
# Each seed has the variables of its run.
VARIABLES: dict[int, dict[str, int]] = {
    1: {},
    2: {"session_timeout_minutes": 4, "max_clock_skew_hours": 3},
}
if "WS_RANDOM_SEEDS" in os.environ:
    VARIABLES = {int(seed): {} for seed in os.environ["WS_RANDOM_SEEDS"].split(",")}

ALL_TABLES = [MART, *MADE_FROM_MART]


@pytest.mark.parametrize("seed", VARIABLES)
def test_every_table_is_what_the_spec_says(seed: int, tmp_path: Path) -> None:
    variables = VARIABLES[seed]
    skew = {k: v for k, v in variables.items() if k == "max_clock_skew_hours"}
    timeout = {k: v for k, v in variables.items() if k == "session_timeout_minutes"}
    world = random_world(seed, DAYS)
    mart = build_mart(world.lines, world.artists, world.memberships, **variables)
    orders, wv_sessions = orders_and_weverse_sessions(seed, mart, DAYS)

    warehouse = Warehouse(tmp_path)
    warehouse.load(world.lines, world.artists, world.memberships, orders, wv_sessions)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], **variables))

    expected = oracle.downstream(mart, orders, wv_sessions, DAYS, **timeout)
    expected["ws_sess_daily_audit"] = oracle.ws_sess_daily_audit(world.lines, mart, DAYS, **skew)
    for table, rows in expected.items():
        assert_same_rows(warehouse, table, rows)

    # The view shows changes of the sources after the build without another run.
    log = BuildLog()
    log.run(ALL_TABLES, DAYS, sources_of(warehouse), 1, **variables)
    assert_build_log(warehouse, log)
    assert {row["status"] for row in assert_restatement(warehouse, log, **variables)} == {"current"}

    # Memberships that were late, corrected or withdrawn. The last of these worlds is built. A day
    # that was built before the build log had their checksum is never stale because of them.
    for table, written in log.builds:
        if table == MART and written < DAYS[5]:
            log.builds[table, written].memberships_contents = None
    warehouse.execute(
        f"update {BUILD_LOG} set memberships_checksum = null where part_date < '{DAYS[5]}'"
    )
    rng, seen = Random(seed), set()
    for changes in (1, 1, 2, 4, 8):
        memberships = world.memberships
        for _ in range(changes):
            memberships = changed_memberships(rng, memberships, DAYS)
        warehouse.load(world.lines, world.artists, memberships, orders, wv_sessions)
        seen |= {row["status"] for row in assert_restatement(warehouse, log, **variables)}
        bounds = {"restatement_days": rng.choice((9, 30)), "max_late_days": rng.choice((1, 7))}
        assert_late_days(warehouse, log, rng.choice(DAYS[9:]), **bounds, **variables)
    assert seen == {"current", "stale"}
    everything = {"restatement_days": len(DAYS), "max_late_days": len(DAYS)}
    late = assert_late_days(warehouse, log, DAYS[-1], **everything, **variables)
    given = json.dumps({"part_dates": late, **variables})
    succeed(warehouse.dbt("run", "--select", f"{MART}+", "--vars", given))
    log.run(ALL_TABLES, late, sources_of(warehouse), 4, **variables)
    assert_build_log(warehouse, log)
    assert {row["status"] for row in assert_restatement(warehouse, log, **variables)} == {"current"}

    changed, gone, rejected, ordered, met = DAYS[1:6]
    added = "2024-12-31"
    warehouse.execute(
        f"update {LOG} set os = coalesce(os, '') || '!' where part_date = '{changed}'",
        f"delete from {LOG} where part_date = '{gone}'",
        f"update {LOG} set log_dt = '2000-01-01' where part_date = '{rejected}'",
        f"insert into {LOG} (part_date, log_dt) values ('{added}', '{added} 10:00:00')",
        f"insert into {LOG} (part_date, log_dt) values ('20240103', '2024-01-03 10:00:00')",
        f"insert into we_mart.ws_order (part_date) values ('{ordered}')",
        f"insert into we_mart.wv_sess_daily (part_date) values ('{met}')",
    )
    told = {row["part_date"]: row for row in assert_restatement(warehouse, log, **variables)}
    stale = [day for day, row in told.items() if row["status"] == "stale"]
    assert stale == [changed]
    assert {told[day]["status"] for day in (gone, rejected)} == {"gone"}
    assert (told[added]["status"], told["20240103"]["status"]) == ("missing", "not_a_date")
    # An order on the Sunday of the first week and a Weverse session on the next Monday: each day of
    # the two weeks then waits for the weekly table.
    unfinished = [day for day, row in told.items() if row["status"] == "unfinished"]
    assert unfinished == [DAYS[0], *DAYS[4:12]]
    allowed = [day for day, r in told.items() if "allow_empty_day" in (r["rerun_command"] or "")]
    assert allowed == [added]  # this day has no event
    for last_day, most in ((DAYS[4], 2), (DAYS[12], 7), (DAYS[-1], 7), (added, 7)):
        assert_late_days(warehouse, log, last_day, max_late_days=most, **variables)

    # Some of the unfinished tables are built again.
    tables = [MART, "ws_platform_daily", WEEKLY]
    succeed(warehouse.build_days(rejected, met, *tables, allow_empty_day=True, **variables))
    log.run(tables, [rejected, ordered, met], sources_of(warehouse), 2, **variables)
    assert_build_log(warehouse, log)
    assert_restatement(warehouse, log, **variables)

    # Days built with another timeout form visits with that timeout, for example over midnight.
    before, after = f"{DAYS[24]} 23:30:00", f"{DAYS[25]} 00:40:00"
    warehouse.execute(
        f"insert into {LOG} (part_date, log_dt, user_device_id)"
        f" values ('{DAYS[24]}', '{before}', 'late'), ('{DAYS[25]}', '{after}', 'late')"
    )
    others = variables | {"session_timeout_minutes": 200}
    succeed(warehouse.build_days(DAYS[20], DAYS[29], MART, **others))
    log.run([MART], DAYS[20:30], sources_of(warehouse), 3, **others)
    visits = oracle.ws_sess_visit(warehouse.rows(), timeouts=log.timeouts())
    assert visits != oracle.ws_sess_visit(warehouse.rows(), **timeout)
    assert_same_rows(warehouse, "ws_sess_visit", visits)
    assert_restatement(warehouse, log, **variables)


def assert_same_rows(warehouse: Warehouse, table: str, expected: Iterable[Row]) -> None:
    """Fail with the first rows that differ. The order of columns must also agree."""
    built = warehouse.rows(f"we_mart.{table}")
    built = [{k: v for k, v in row.items() if k != "log_checksum"} for row in built]
    built.sort(key=_values)
    expected = sorted(expected, key=_values)
    if built == expected:
        columns = oracle.COLUMNS[table]
        assert expected and {tuple(row) for row in built} == {columns}, table
        return
    lines = [f"  built, not expected: {row}" for row in built if row not in expected]
    lines += [f"  expected, not built: {row}" for row in expected if row not in built]
    lines = lines or ["  the same rows, but not as often"]
    raise AssertionError("\n".join([f"{table}: {len(built)} of {len(expected)}", *lines[:6]]))


def _values(row: Row) -> list[tuple[bool, str]]:
    return [(value is not None, str(value)) for value in row.values()]
