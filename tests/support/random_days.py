"""The random days that most tests on Spark read, and how their tables are compared with DuckDB's.

The logs, orders and Weverse sessions are the random ones of tests/e2e, which hit the edge cases of
the specification, and junk values. Set WS_RANDOM_SEED (default 31) for other ones.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta

from tests.support.adversarial_logs import random_world
from tests.support.adversarial_orders import orders_and_weverse_sessions
from tests.support.junk_logs import junk_artists, junk_lines
from tests.support.spec_oracle import build_mart
from tests.support.warehouse import MART, SOURCES, Row, Warehouse

CHECKSUMS = {
    *("log_checksum", "orders_checksum", "wv_sessions_checksum", "memberships_checksum"),
    *("checksum_then", "checksum_now"),
}
RUN_TIMES = {"mart_builds", "built_at", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}
BUILD_LOG = "we_mart.ws_sess_daily_build"
# A snapshot key that is derived from the row and the time of the run.
NOT_COMPARED = CHECKSUMS | RUN_TIMES | {"dbt_scd_id"}


def days_from(first: str, number: int) -> list[str]:
    return [str(date.fromisoformat(first) + timedelta(days=offset)) for offset in range(number)]


# Here the clocks were put back for two weeks only, so one range has a day of 25 hours (the first)
# and one of 23 (SUNDAY). Adding 24 hours must not be treated as adding a day.
WEST, EAST = "America/Argentina/Tucuman", "Asia/Seoul"
# Three weeks, so that every kind of invalid line occurs.
DAYS = days_from("2004-05-31", 21)
SUNDAY, MONDAY = DAYS[13:15]
VARIABLES = {"session_timeout_minutes": 47, "max_clock_skew_hours": 47}


def random_sources(seed: int) -> tuple[list[Row], ...]:
    """Rows of all sources in the form that the warehouses load."""
    world = random_world(seed, DAYS, **VARIABLES)
    mart = build_mart(world.lines, world.artists, world.memberships, **VARIABLES)
    orders, wv_sessions = orders_and_weverse_sessions(seed, mart, DAYS)
    return world.lines, world.artists, world.memberships, orders, wv_sessions


SOURCE_ROWS = random_sources(int(os.environ.get("WS_RANDOM_SEED", "31")))
# And junk values, which all engines must treat in the same way.
SOURCE_ROWS[0].extend(line for day in DAYS for line in junk_lines(day))
SOURCE_ROWS[1].extend(junk_artists())


class Held:
    """The contents of all or some tables of a warehouse at one moment."""

    def __init__(self, warehouse: Warehouse, *tables: str) -> None:
        self.tables = {table: warehouse.rows(table) for table in tables or warehouse.tables()}
        # By day of the mart; each day has one value.
        self.stamps = stamps(warehouse)


def of_day(rows: list[Row], day: str) -> list[Row]:
    return [row for row in rows if row["part_date"] == day]


def other_days(rows: list[Row], *days: str) -> list[Row]:
    return [row for row in rows if row["part_date"] not in days]


def assert_same_tables(on_duckdb: Held, on_spark: Held) -> None:
    """Fail with the first rows that differ of the first tables that differ."""
    assert on_spark.tables.keys() == on_duckdb.tables.keys()
    # The mart first, because its differences also appear in its downstream tables.
    for table in sorted(on_duckdb.tables, key=lambda t: (t not in SOURCES, t != MART, t)):
        assert_same_rows(table, on_duckdb.tables[table], on_spark.tables[table])


def assert_same_rows(table: str, on_duckdb: list[Row], on_spark: list[Row]) -> None:
    expected, found = counted(on_duckdb), counted(on_spark)
    if table == BUILD_LOG:
        # One row per run, and one engine may have had more runs.
        expected, found = Counter({*expected}), Counter({*found})
    missing, extra = expected - found, found - expected
    assert not missing and not extra, "\n".join(
        [f"{table}: {missing.total()} of {expected.total()} rows differ"]
        + [f"  DuckDB: {dict(row)}" for row in sorted(missing, key=str)[:3]]
        + [f"  Spark:  {dict(row)}" for row in sorted(extra, key=str)[:3]]
    )


def counted(rows: list[Row]) -> Counter[tuple]:
    """Count the rows. In columns that are not compared, only null or not null counts."""
    return Counter(
        tuple((c, v is not None if c in NOT_COMPARED else v) for c, v in row.items())
        for row in rows
    )


def stamps(warehouse: Warehouse) -> dict[str, object]:
    """The `run_timestamp` of each day of the mart. Each day must have exactly one."""
    found = warehouse.answer(
        "select part_date, min(run_timestamp), count(distinct run_timestamp)"
        f" from {MART} group by part_date"
    )
    assert all(runs == 1 for _, _, runs in found), found
    return {day: stamp for day, stamp, _ in found}
