"""All that is built from the mart against a plain Python reading of SPEC 5 and 6, on random logs,
orders and Weverse sessions made to hit its edges.

One run over many days checks as many; each world has its own seed, the same on every machine.
WS_RANDOM_SEEDS (`3,17`) and WS_RANDOM_DAYS (default 60) in the environment look elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
import spec_oracle_downstream as oracle
from adversarial_logs import random_world
from adversarial_orders import orders_and_weverse_sessions
from spec_oracle import build_mart
from warehouse import LOG, Row, Warehouse

# From a Wednesday on: the first week and the last are built in part.
DAYS = [
    str(date(2024, 1, 3) + timedelta(days=offset))
    for offset in range(int(os.environ.get("WS_RANDOM_DAYS", "60")))
]
# Each seed with the variables of its run.
VARIABLES: dict[int, dict[str, int]] = {
    1: {},
    2: {"session_timeout_minutes": 4, "max_clock_skew_hours": 3},
}
if "WS_RANDOM_SEEDS" in os.environ:
    VARIABLES = {int(seed): {} for seed in os.environ["WS_RANDOM_SEEDS"].split(",")}

RESTATEMENT = "we_mart.ws_sess_daily_restatement"


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
    done = warehouse.build_days(DAYS[0], DAYS[-1], **variables)
    assert done.returncode == 0, done.stdout + done.stderr

    expected = oracle.downstream(mart, orders, wv_sessions, DAYS, **timeout)
    expected["ws_sess_daily_audit"] = oracle.ws_sess_daily_audit(world.lines, mart, DAYS, **skew)
    for table, rows in expected.items():
        assert_same_rows(warehouse, table, rows)

    # The log changes after the build: the view shows it, without a run.
    before = warehouse.rows(LOG)
    assert {row["status"] for row in warehouse.rows(RESTATEMENT)} == {"current"}
    changed, gone, rejected = DAYS[1], DAYS[2], DAYS[3]
    added = "2024-12-31"
    warehouse.execute(
        f"update {LOG} set os = coalesce(os, '') || '!' where part_date = '{changed}'",
        f"delete from {LOG} where part_date = '{gone}'",
        f"update {LOG} set log_dt = '2000-01-01' where part_date = '{rejected}'",
        f"insert into {LOG} (part_date, log_dt) values ('{added}', '{added} 10:00:00')",
    )
    # The checksum is the engine's own, so the oracle gets the lines in its place.
    audited = [
        row | {"log_checksum": oracle.log_checksum(oracle.of_day(before, row["part_date"]))}
        for row in warehouse.rows("we_mart.ws_sess_daily_audit")
    ]
    expected_statuses = oracle.ws_sess_daily_restatement(audited, warehouse.rows(LOG))
    statuses = warehouse.rows(RESTATEMENT)
    columns = expected_statuses[0].keys()
    assert [{column: row[column] for column in columns} for row in statuses] == expected_statuses
    told = {row["part_date"]: row["status"] for row in statuses if row["status"] != "current"}
    assert told == dict.fromkeys([changed, gone, rejected], "stale") | {added: "missing"}
    allowed = [row["part_date"] for row in statuses if "allow_empty_day" in row["rerun_command"]]
    assert allowed == [gone, rejected, added]  # of these no line is an event


def assert_same_rows(warehouse: Warehouse, table: str, expected: Iterable[Row]) -> None:
    """Fail with the first rows that differ; the order of the columns counts, too."""
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
