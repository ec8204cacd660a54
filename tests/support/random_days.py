"""The random days that most tests on Spark read.

The logs, orders and Weverse sessions are the random ones of tests/e2e, which hit the edge cases of
the specification, and junk values. Set WS_RANDOM_SEED (default 31) for other ones.
"""

from __future__ import annotations

import os

from tests.support.engine_rows import assert_same_rows
from tests.support.junk_logs import junk_artists, junk_lines
from tests.support.random_sources import days_from, random_sources
from tests.support.warehouse import MART, SOURCES, Row, Warehouse

# Here the clocks were put back for two weeks only, so one range has a day of 25 hours (the first)
# and one of 23 (SUNDAY). Adding 24 hours must not be treated as adding a day.
WEST, EAST = "America/Argentina/Tucuman", "Asia/Seoul"
# Three weeks, so that every kind of invalid line occurs.
DAYS = days_from("2004-05-31", 21)
SUNDAY, MONDAY = DAYS[13:15]
VARIABLES = {"session_timeout_minutes": 47, "max_clock_skew_hours": 47}


SOURCE_ROWS = random_sources(int(os.environ.get("WS_RANDOM_SEED", "31")), DAYS, **VARIABLES)
# And junk values, which all engines must treat in the same way.
SOURCE_ROWS[0].extend(line for day in DAYS for line in junk_lines(day))
SOURCE_ROWS[1].extend(junk_artists())


class Held:
    """The contents of all or some tables of a warehouse at one moment."""

    def __init__(self, warehouse: Warehouse, *tables: str) -> None:
        self.tables = {table: warehouse.rows(table) for table in tables or warehouse.tables()}
        # By day of the mart; each day has one value.
        self.stamps = stamps(warehouse)


def other_days(rows: list[Row], *days: str) -> list[Row]:
    return [row for row in rows if row["part_date"] not in days]


def assert_same_tables(on_duckdb: Held, on_spark: Held) -> None:
    """Fail with the first rows that differ of the first tables that differ."""
    assert on_spark.tables.keys() == on_duckdb.tables.keys()
    # The mart first, because its differences also appear in its downstream tables.
    for table in sorted(on_duckdb.tables, key=lambda t: (t not in SOURCES, t != MART, t)):
        assert_same_rows(table, on_duckdb.tables[table], on_spark.tables[table])


def stamps(warehouse: Warehouse) -> dict[str, object]:
    """The `run_timestamp` of each day of the mart. Each day must have exactly one."""
    found = warehouse.answer(
        "select part_date, min(run_timestamp), count(distinct run_timestamp)"
        f" from {MART} group by part_date"
    )
    assert all(runs == 1 for _, _, runs in found), found
    return {day: stamp for day, stamp, _ in found}
