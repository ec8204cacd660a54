"""Sources that differ from their declaration, on Spark. tests/e2e/test_sources.py tests every
type."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.faulty_sources import Fault, faults_in
from tests.support.spark_warehouse import SparkWarehouse
from tests.support.warehouse import LOG, SOURCES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ORDERS = "we_mart.ws_order"
WEST = "America/Los_Angeles"
DAY_OF_NUMBER = "to_date(cast({c} as string), 'yyyyMMdd')"
DAY_OF_TIME = "date_from_unix_date(cast(floor(unix_seconds({c}) / 86400) as int))"
WRONG_TYPES = {
    (LOG, "part_date", "date"): "cast({c} as string)",
    (LOG, "log_id", "bigint"): "cast({c} as string)",
    (LOG, "log_dt", "timestamp_ntz"): "cast(cast({c} as string) || 'Z' as timestamp)",
    (LOG, "user_device_id", "double"): "cast(cast({c} as bigint) as string)",
    (LOG, "app_ver", "char(5)"): "rtrim({c})",
    (LOG, "ws_art_id", "int"): "cast({c} as bigint)",
    (ORDERS, "part_date", "int"): f"cast({DAY_OF_NUMBER} as string) (of yyyyMMdd)",
    (ORDERS, "ord_dt", "string"): "try_cast({c} || 'Z' as timestamp) (of text with an offset:"
    " try_cast({c} as timestamp))",
    (ORDERS, "album_qty", "bigint"): "cast({c} as int)",
    ("we_mart.ws_fc_user_history", "fc_start_date", "timestamp"): DAY_OF_TIME,
    ("we_mart.ws_fc_user_history", "fc_end_date", "int"): f"{DAY_OF_NUMBER} (of yyyyMMdd)",
    ("we_mart.wv_sess_daily", "part_date", "timestamp"): f"cast({DAY_OF_TIME} as string)"
    " (of a day)",
}


def make(warehouse: SparkWarehouse, types: dict[str, dict[str, str]]) -> None:
    for table, columns in types.items():
        listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        warehouse.execute(f"create table {table} ({listed}) using delta")


def test_every_fault_of_every_source_is_named(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = SparkWarehouse(spark, tmp_path)
    # A varchar counts as a string, and a view counts as a table.
    types = {table: dict(columns) for table, columns in SOURCES.items() if table != ORDERS}
    types |= {"we_mart.orders": SOURCES[ORDERS] | {"shop": "varchar(10)", "another": "int"}}
    for (table, column, found), _ in WRONG_TYPES.items():
        types["we_mart.orders" if table == ORDERS else table][column] = found
    del types["we_mart.we_artist"], types["we_mart.wv_sess_daily"]["platform"]
    make(warehouse, types)
    warehouse.execute(f"create view {ORDERS} as select * from we_mart.orders")
    before = warehouse.tables()

    done = warehouse.dbt("run", "--vars", "part_date: 2024-01-15")
    assert done.returncode != 0
    assert sorted(faults_in(done.stdout)) == sorted(
        Fault(table, column, SOURCES[table][column], found, cast.format(c=column))
        for (table, column, found), cast in WRONG_TYPES.items()
        # Spark reports a char column of a Delta table as string.
        if found != "char(5)"
    )
    assert "- we_mart.we_artist: no such table or view" in done.stdout
    assert (
        "- we_mart.wv_sess_daily, column platform: expected string, column missing" in done.stdout
    )
    assert warehouse.tables() == before


EVENING = datetime(2024, 1, 15, 23, 30)
VALUES = [
    ((LOG, "part_date", "date"), "date '2024-01-15'", "2024-01-15"),
    ((LOG, "log_id", "bigint"), "7L", "7"),
    ((LOG, "log_dt", "timestamp_ntz"), "timestamp_ntz '2024-01-15 23:30:00'", EVENING),
    # A time that does not exist in the session time zone.
    (
        (LOG, "log_dt", "timestamp_ntz"),
        "timestamp_ntz '2024-03-10 02:30:00.123456'",
        datetime(2024, 3, 10, 2, 30, 0, 123456),
    ),
    ((LOG, "user_device_id", "double"), "7.0d", "7"),
    ((LOG, "app_ver", "char(5)"), "'1.1  '", "1.1"),
    ((ORDERS, "part_date", "int"), "20240115", "2024-01-15"),
    ((ORDERS, "ord_dt", "string"), "'2024-01-15 23:30:00'", EVENING),
    (
        ("we_mart.ws_fc_user_history", "fc_start_date", "timestamp"),
        "timestamp '2024-01-15T23:30:00Z'",
        date(2024, 1, 15),
    ),
    (("we_mart.ws_fc_user_history", "fc_end_date", "int"), "20240115", date(2024, 1, 15)),
    (
        ("we_mart.wv_sess_daily", "part_date", "timestamp"),
        "timestamp '2024-01-15T00:30:00Z'",
        "2024-01-15",
    ),
]


@pytest.mark.parametrize(("wrong", "value", "mended"), VALUES)
def test_cast_gives_what_was_declared(
    spark: SparkSession, wrong: tuple[str, str, str], value: str, mended: Any, tmp_path: Path
) -> None:
    warehouse = SparkWarehouse(spark, tmp_path)
    cast = WRONG_TYPES[wrong].format(c="held").split(" (of ")[0]
    zone = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", WEST)
    try:
        assert warehouse.value(f"select {cast} from values ({value}) as source (held)") == mended
    finally:
        spark.conf.set("spark.sql.session.timeZone", zone)
