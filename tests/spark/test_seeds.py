"""The sample on Spark: it is loaded as on DuckDB, and never over other rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from random_days import assert_same_rows
from spark_warehouse import SparkWarehouse, succeed
from warehouse import LOG, SOURCES, Warehouse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def seeded(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkWarehouse:
    warehouse = SparkWarehouse(spark, tmp_path_factory.mktemp("sample"))
    succeed(warehouse.dbt("seed"))
    return warehouse


def test_sample_has_the_rows_that_duckdb_loads(seeded: SparkWarehouse, tmp_path: Path) -> None:
    on_duckdb = Warehouse(tmp_path)
    succeed(on_duckdb.dbt("seed"))
    # dbt's CSV reader, which is not used on DuckDB, reads blanks and `null` as null.
    for column, kind in SOURCES[LOG].items():
        if kind == "string":
            is_none = f"lower(trim({column})) in ('', 'null')"
            on_duckdb.execute(f"update {LOG} set {column} = null where {is_none}")
    for table in SOURCES:
        assert_same_rows(table, on_duckdb.rows(table), seeded.rows(table))


def test_sample_is_loaded_over_itself_and_never_over_other_rows(seeded: SparkWarehouse) -> None:
    seeds = ("seed", "--select", "weplyapi_client_log", "we_artist")
    before = {table: seeded.rows(table) for table in SOURCES}
    succeed(seeded.dbt(*seeds))
    assert {table: seeded.rows(table) for table in SOURCES} == before

    seeded.execute(
        f"insert into {LOG} (part_date, log_id) values ('2024-02-01', 'own')",
        "insert into we_mart.we_artist values (1, 2, 'own')",
    )
    before = {table: seeded.rows(table) for table in SOURCES}
    done = seeded.dbt(*seeds)
    assert done.returncode != 0
    assert f"- {LOG}: 1, of 2024-02-01\n" in done.stdout
    assert "- we_mart.we_artist: 1\n" in done.stdout
    assert {table: seeded.rows(table) for table in SOURCES} == before
