"""Check that the same logs give the same rows on DuckDB and on Spark with Delta Lake.

The logs, orders and Weverse sessions are the random ones of tests/e2e, which hit the edge cases of
the specification. The rules themselves are tested on DuckDB with many more of them. These tests
cover what Spark does differently: time zones, overwriting of partitions. dbt-spark turns ANSI mode
off; tests/databricks compares all tables with ANSI mode on. Run timestamps and checksums are not
compared, because they differ between engines. Set WS_RANDOM_SEED (default 31) for another world.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from adversarial_logs import random_world
from adversarial_orders import orders_and_weverse_sessions
from junk_logs import junk_artists, junk_lines
from spark_warehouse import SparkWarehouse, succeed
from spec_oracle import build_mart
from warehouse import LOG, MART, SOURCES, Row, Warehouse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
CHECKSUMS = {
    *("log_checksum", "orders_checksum", "wv_sessions_checksum"),
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
SNAPSHOTS = ("we_mart.we_artist_snapshot", "we_mart.fc_membership_snapshot")


class Held:
    """The contents of all or some tables of a warehouse at one moment."""

    def __init__(self, warehouse: Warehouse, *tables: str) -> None:
        self.tables = {table: warehouse.rows(table) for table in tables or warehouse.tables()}
        # By day of the mart; each day has one value.
        self.stamps = stamps(warehouse)


# A sequence of commands that runs once. Each fixture is a command and the tables after it.


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("range"))
    warehouse.load(*SOURCE_ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], **VARIABLES))
    return warehouse


@pytest.fixture(scope="module")
def on_spark(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkWarehouse:
    """The sources of these days."""
    warehouse = SparkWarehouse(spark, tmp_path_factory.mktemp("life"))
    warehouse.load(*SOURCE_ROWS)
    return warehouse


@pytest.fixture(scope="module")
def built(on_spark: SparkWarehouse) -> Held:
    """All days in one run, in a session time zone west of UTC. All later commands are in one east
    of it."""
    on_spark.time_zone = WEST
    succeed(on_spark.build_days(DAYS[0], DAYS[-1], **VARIABLES))
    on_spark.time_zone = EAST
    return Held(on_spark)


CHANGE = f"update {LOG} set shop = 'CHANGED'"


@pytest.fixture(scope="module")
def rerun(on_spark: SparkWarehouse, built: Held) -> Held:
    """The mart of Monday again with --full-refresh, after the log of every day has changed."""
    on_spark.execute(CHANGE)
    succeed(on_spark.try_run("--full-refresh", part_date=MONDAY, **VARIABLES))
    return Held(on_spark, MART)


# All tables are overwritten in the same way: the mart, one that always has a row for the day, one
# that is partitioned by week and one that reads orders stand for them.
EMPTIED = (
    *("ws_sess_daily", "ws_sess_daily_audit"),
    *("stats_we_w_shop_integ_visit", "ws_platform_daily"),
)
EMPTIED_TABLES = [*(f"we_mart.{model}" for model in EMPTIED), BUILD_LOG]
EMPTY_MONDAY = (
    f"update {LOG} set log_dt = null where part_date = '{MONDAY}'",
    f"delete from we_mart.ws_order where part_date = '{MONDAY}'",
    f"delete from we_mart.wv_sess_daily where part_date = '{MONDAY}'",
)


@pytest.fixture(scope="module")
def refused(on_spark: SparkWarehouse, rerun: Held) -> tuple[Any, Held]:
    """Both days, after Monday has lost all its accepted events."""
    on_spark.execute(*EMPTY_MONDAY)
    done = on_spark.try_run(part_date=SUNDAY, part_date_to=MONDAY, **VARIABLES)
    return done, Held(on_spark, MART)


@pytest.fixture(scope="module")
def emptied(on_spark: SparkWarehouse, refused: tuple[Any, Held]) -> Held:
    """Monday with `allow_empty_day`."""
    succeed(on_spark.build_days(MONDAY, MONDAY, *EMPTIED, allow_empty_day=True, **VARIABLES))
    return Held(on_spark, *EMPTIED_TABLES)


@pytest.fixture(scope="module")
def snapshotted(on_spark: SparkWarehouse, emptied: Held) -> Held:
    snapshot_twice(on_spark)
    return Held(on_spark, MART, *SNAPSHOTS)


def snapshot_twice(warehouse: Warehouse) -> None:
    artists, memberships = "we_mart.we_artist", "we_mart.ws_fc_user_history"
    succeed(warehouse.dbt("snapshot"))
    warehouse.execute(
        f"delete from {artists} where ws_art_id = 1",
        f"update {artists} set we_art_name = 'renamed' where ws_art_id = 2",
        f"insert into {artists} values (999, 9, 'new')",
        f"delete from {memberships} where fc_end_date is null",
        f"update {memberships} set fc_end_date = date '2030-01-01' where we_art_id = 7",
    )
    succeed(warehouse.dbt("snapshot"))


def test_every_table_has_the_rows_that_duckdb_gives(on_duckdb: Warehouse, built: Held) -> None:
    assert_same_tables(Held(on_duckdb), built)


def test_rerun_replaces_its_day_and_touches_no_other(built: Held, rerun: Held) -> None:
    before, after = built.tables[MART], rerun.tables[MART]
    assert_same_rows(MART, other_days(before, MONDAY), other_days(after, MONDAY))
    assert {row["shop"] for row in of_day(after, MONDAY)} == {"CHANGED"}
    assert [day for day in DAYS if built.stamps[day] != rerun.stamps[day]] == [MONDAY]


def test_empty_day_stops_the_run(rerun: Held, refused: tuple[Any, Held]) -> None:
    done, held = refused
    assert done.returncode == 1
    assert f"No accepted event in the client log on {MONDAY}." in done.stdout
    assert_same_rows(MART, rerun.tables[MART], held.tables[MART])
    assert held.stamps == rerun.stamps


def test_empty_day_is_emptied_where_allowed(
    on_duckdb: Warehouse, emptied: Held, tmp_path: Path
) -> None:
    expected = Warehouse(tmp_path, copy_of=on_duckdb)
    expected.execute(CHANGE, *EMPTY_MONDAY)
    succeed(expected.build_days(MONDAY, MONDAY, *EMPTIED, allow_empty_day=True, **VARIABLES))
    assert_same_tables(Held(expected, *EMPTIED_TABLES), emptied)
    assert emptied.stamps.keys() == {*DAYS} - {MONDAY}


def test_snapshots_keep_the_same_history(snapshotted: Held, tmp_path: Path) -> None:
    expected = Warehouse(tmp_path)
    expected.load(*SOURCE_ROWS)
    snapshot_twice(expected)
    for table in SNAPSHOTS:
        assert_same_rows(table, expected.rows(table), snapshotted.tables[table])


# -- Comparing --------------------------------------------------------------------------------


def of_day(rows: list[Row], day: str) -> list[Row]:
    return [row for row in rows if row["part_date"] == day]


def other_days(rows: list[Row], day: str) -> list[Row]:
    return [row for row in rows if row["part_date"] != day]


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
