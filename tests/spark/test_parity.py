"""The same logs on DuckDB and on Spark with Delta Lake give the same rows, in every table.

The logs, orders and Weverse sessions are the random ones of tests/e2e, which hit the edges of the
specification. Not compared are times of runs, and checksums, which are each engine's own.
WS_RANDOM_SEEDS (`3,17`) and WS_RANDOM_DAYS (default 21) in the environment look elsewhere.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from adversarial_logs import random_world
from adversarial_orders import orders_and_weverse_sessions
from spec_oracle import build_mart
from warehouse import LOG, MART, SOURCES, Row, Warehouse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_warehouse import SparkWarehouse

CHECKSUMS = {"log_checksum", "checksum_then", "checksum_now"}
RUN_TIMES = {"built_at", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}
# A key that a snapshot makes of a row and the time of its run.
NOT_COMPARED = CHECKSUMS | RUN_TIMES | {"dbt_scd_id"}


@dataclass
class Run:
    """A world, and with what it is built."""

    seed: int
    first_day: str = "2024-01-01"
    days: int = 21
    time_zone: str = "UTC"
    variables: dict[str, int] = field(default_factory=dict)

    def dates(self) -> list[str]:
        first = date.fromisoformat(self.first_day)
        days = int(os.environ.get("WS_RANDOM_DAYS", self.days))
        return [str(first + timedelta(days=offset)) for offset in range(days)]

    def sources(self) -> tuple[list[Row], ...]:
        return random_sources(self.seed, self.dates(), self.variables)


def random_sources(
    seed: int, dates: list[str], variables: dict[str, int] | None = None
) -> tuple[list[Row], ...]:
    """Rows of all sources, as the warehouses load them."""
    world = random_world(seed, dates, **(variables or {}))
    mart = build_mart(world.lines, world.artists, world.memberships, **(variables or {}))
    orders, wv_sessions = orders_and_weverse_sessions(seed, mart, dates)
    return world.lines, world.artists, world.memberships, orders, wv_sessions


# Los Angeles has a day of 23 hours on 2024-03-10 and one of 25 on 2024-11-03: hours added there are
# hours, even where they are as many as a day has.
RUNS = {
    "UTC": Run(21),
    "Seoul": Run(22, time_zone="Asia/Seoul", variables={"session_timeout_minutes": 1}),
    "Los Angeles, spring": Run(23, "2024-02-26", time_zone="America/Los_Angeles"),
    "Los Angeles, autumn": Run(
        *(24, "2024-10-21"),
        time_zone="America/Los_Angeles",
        variables={"session_timeout_minutes": 1440, "max_clock_skew_hours": 47},
    ),
}
if "WS_RANDOM_SEEDS" in os.environ:
    RUNS = {seed: Run(int(seed)) for seed in os.environ["WS_RANDOM_SEEDS"].split(",")}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_random_sources_give_the_rows_that_duckdb_gives(
    spark: SparkSession, run: Run, tmp_path: Path
) -> None:
    from spark_warehouse import SparkWarehouse

    sources, dates = run.sources(), run.dates()
    on_duckdb = Warehouse(tmp_path)
    on_spark = SparkWarehouse(spark, tmp_path, time_zone=run.time_zone)
    for warehouse in (on_duckdb, on_spark):
        warehouse.load(*sources)
        succeed(warehouse.build_days(dates[0], dates[-1], **run.variables))
    assert_same_tables(on_duckdb, on_spark)


# -- Runs in a row ----------------------------------------------------------------------------

# Of two weeks.
DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]
SOURCE_ROWS = random_sources(31, DAYS)


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One run over all days, which every other way to build them must give."""
    warehouse = Warehouse(tmp_path_factory.mktemp("range"))
    warehouse.load(*SOURCE_ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    return warehouse


@pytest.fixture
def on_spark(warehouse: SparkWarehouse) -> SparkWarehouse:
    """The sources of those days; nothing is built."""
    warehouse.load(*SOURCE_ROWS)
    return warehouse


def test_daily_runs_give_the_rows_of_one_range_run(
    on_duckdb: Warehouse, on_spark: SparkWarehouse
) -> None:
    for day in DAYS[::-1]:
        succeed(on_spark.build_days(day, day))
    assert_same_tables(on_duckdb, on_spark)


def test_rerun_replaces_its_days_and_touches_no_other(
    on_duckdb: Warehouse, on_spark: SparkWarehouse
) -> None:
    succeed(on_spark.build_days(DAYS[0], DAYS[-1]))
    first_stamps = stamps(on_spark)
    # All three days change; only the one that is run again may show it.
    on_spark.execute(f"update {LOG} set shop = 'CHANGED'")
    succeed(on_spark.try_run("--full-refresh", part_date=DAYS[1]))

    changed = {DAYS[1]}
    after = on_spark.rows()
    assert_same_rows(MART, without(on_duckdb.rows(), changed), without(after, changed))
    assert {row["shop"] for row in after if row["part_date"] in changed} == {"CHANGED"}
    second_stamps = stamps(on_spark)
    assert {day for day in DAYS if first_stamps[day] != second_stamps[day]} == changed


def test_empty_day_stops_the_run_or_is_emptied_on_request(
    on_duckdb: Warehouse, on_spark: SparkWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    emptied = Warehouse(tmp_path_factory.mktemp("emptied"), copy_of=on_duckdb)
    succeed(on_spark.build_days(DAYS[0], DAYS[-1]))
    for warehouse in (emptied, on_spark):
        warehouse.execute(
            f"update {LOG} set log_dt = null where part_date = '{DAYS[1]}'",
            f"delete from we_mart.ws_order where part_date = '{DAYS[1]}'",
            f"delete from we_mart.wv_sess_daily where part_date = '{DAYS[1]}'",
        )

    done = on_spark.try_run(part_date=DAYS[0], part_date_to=DAYS[-1])
    assert done.returncode == 1
    assert f"No accepted event in the client log on {DAYS[1]}." in done.stdout
    assert_same_rows(MART, on_duckdb.rows(), on_spark.rows())

    for warehouse in (emptied, on_spark):
        succeed(warehouse.build_days(DAYS[1], DAYS[1], allow_empty_day=True))
    assert_same_tables(emptied, on_spark)


def test_rows_are_the_same_under_ansi_mode(on_spark: SparkWarehouse) -> None:
    # dbt-spark turns it off; a SQL warehouse of Databricks has it on.
    from spark_warehouse import rows_of

    succeed(on_spark.build_days(DAYS[0], DAYS[-1]))
    compiled = on_spark.compiled("path:models/marts", part_date=DAYS[0], part_date_to=DAYS[-1])
    on_spark.execute("set spark.sql.ansi.enabled = true")
    for model, query in compiled.items():
        table = f"we_mart.{model}"
        ansi_rows = rows_of(on_spark.spark.sql(query).drop("run_timestamp"))
        assert_same_rows(table, on_spark.rows(table), ansi_rows)


def test_snapshots_keep_the_same_history(
    on_spark: SparkWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    on_duckdb = Warehouse(tmp_path_factory.mktemp("snapshots"))
    on_duckdb.load(*SOURCE_ROWS)
    artists, memberships = "we_mart.we_artist", "we_mart.ws_fc_user_history"
    for warehouse in (on_duckdb, on_spark):
        succeed(warehouse.dbt("snapshot"))
        warehouse.execute(
            f"delete from {artists} where ws_art_id = 1",
            f"update {artists} set we_art_name = 'renamed' where ws_art_id = 2",
            f"insert into {artists} values (999, 9, 'new')",
            f"delete from {memberships} where fc_end_date is null",
            f"update {memberships} set fc_end_date = date '2030-01-01' where we_art_id = 7",
        )
        succeed(warehouse.dbt("snapshot"))
    assert_same_tables(on_duckdb, on_spark)


# -- Comparing --------------------------------------------------------------------------------


def succeed(done: Any) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


def without(rows: list[Row], days: set[str]) -> list[Row]:
    return [row for row in rows if row["part_date"] not in days]


def assert_same_tables(on_duckdb: Warehouse, on_spark: SparkWarehouse) -> None:
    """Fail with the first rows that differ of the first tables that differ."""
    built = on_duckdb.value(
        "select list(table_schema || '.' || table_name) from information_schema.tables"
    )
    assert on_spark.tables() == set(built)
    # The mart first: what differs in it differs in all that hangs on it.
    for table in sorted(built, key=lambda name: (name not in SOURCES, name != MART, name)):
        assert_same_rows(table, on_duckdb.rows(table), on_spark.rows(table))


def assert_same_rows(table: str, on_duckdb: list[Row], on_spark: list[Row]) -> None:
    expected, found = counted(on_duckdb), counted(on_spark)
    missing, extra = expected - found, found - expected
    assert not missing and not extra, "\n".join(
        [f"{table}: {missing.total()} of {expected.total()} rows differ"]
        + [f"  DuckDB: {dict(row)}" for row in sorted(missing, key=str)[:3]]
        + [f"  Spark:  {dict(row)}" for row in sorted(extra, key=str)[:3]]
    )


def counted(rows: list[Row]) -> Counter[tuple]:
    """How often there is each row; of what is not compared, whether there is a value."""
    return Counter(
        tuple((c, v is not None if c in NOT_COMPARED else v) for c, v in row.items())
        for row in rows
    )


def stamps(warehouse: SparkWarehouse) -> dict[str, object]:
    """The `run_timestamp` of each day, which must be one."""
    found = {
        day: warehouse.value(
            f"select collect_set(cast(run_timestamp as string)) from {MART}"
            f" where part_date = '{day}'"
        )
        for day in DAYS
    }
    assert all(len(values) == 1 for values in found.values()), found
    return {day: values[0] for day, values in found.items()}
