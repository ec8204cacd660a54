"""Compare the mart with the oracle of SPEC (plain Python), on logs that hit the edge cases.

Days do not depend on each other, so one dbt run over a range of days checks one log per day. Each
world has its own seed and is the same on every machine. Set WS_RANDOM_SEEDS (`3,17`) and
WS_RANDOM_DAYS (default 100) for other worlds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.adversarial_logs import World, random_world, redelivered, shuffled
from tests.support.random_sources import days_from
from tests.support.same_rows import assert_same_rows
from tests.support.spec_oracle import audit, build_mart
from tests.support.warehouse import Row, Warehouse, succeed

DAYS = days_from("2024-01-01", int(os.environ.get("WS_RANDOM_DAYS", "100")))
# Each seed has the variables of its run, because the rules hold for every timeout and skew.
VARIABLES: dict[int, dict[str, int]] = {
    1: {},
    2: {},
    3: {"session_timeout_minutes": 1, "max_clock_skew_hours": 0},
    4: {"session_timeout_minutes": 47, "max_clock_skew_hours": 5},
}
if "WS_RANDOM_SEEDS" in os.environ:
    VARIABLES = {int(seed): {} for seed in os.environ["WS_RANDOM_SEEDS"].split(",")}


@pytest.mark.parametrize("seed", VARIABLES)
def test_mart_and_audit_are_what_the_spec_says(seed: int, tmp_path: Path) -> None:
    world = random_world(seed, DAYS)
    warehouse = Warehouse(tmp_path)
    built = build(warehouse, world, **VARIABLES[seed])

    expected = build_mart(world.lines, world.artists, world.memberships, **VARIABLES[seed])
    assert_same_rows(built, expected, world)

    audited = warehouse.rows("we_mart.ws_sess_daily_audit")
    counted = audit(world.lines, **_skew(VARIABLES[seed]))
    columns = counted[0].keys()
    assert [{c: row[c] for c in columns} for row in audited] == sorted(
        counted, key=lambda row: row["part_date"]
    )


@pytest.mark.parametrize("change", [shuffled, redelivered])
def test_lines_in_another_order_or_delivered_again_change_no_row(
    change: Any, tmp_path: Path
) -> None:
    world = random_world(5, DAYS)
    changed = change(world, 6)
    assert changed.lines != world.lines

    warehouse = Warehouse(tmp_path)
    assert_same_rows(build(warehouse, changed), build(warehouse, world), world)


def build(warehouse: Warehouse, world: World, **variables: int) -> list[Row]:
    warehouse.load(world.lines, world.artists, world.memberships)
    tables = ("ws_sess_daily", "ws_sess_daily_audit")
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], *tables, **variables))
    return warehouse.rows()


def _skew(variables: dict[str, int]) -> dict[str, int]:
    return {k: v for k, v in variables.items() if k == "max_clock_skew_hours"}
