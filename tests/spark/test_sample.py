"""The sample on Spark: what `make run` and `make test` do on DuckDB, and every test of the project.

One session and one process for all of it: a JVM takes longer to start than most of these take.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from test_parity import assert_same_tables, succeed
from warehouse import LOG, SOURCES, Warehouse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_warehouse import SparkWarehouse

VARIABLES = {"part_date": "2024-01-14", "part_date_to": "2024-01-16", "test_all_dates": True}
MODELS = ("build", "--exclude-resource-type", "seed", "test", "unit_test")


@pytest.fixture(scope="module")
def sample(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkWarehouse:
    """The sample's days, built in one run."""
    from spark_warehouse import SparkWarehouse

    warehouse = SparkWarehouse(spark, tmp_path_factory.mktemp("sample"))
    seed(warehouse)
    build(warehouse)
    return warehouse


def test_sample_gives_the_rows_that_duckdb_gives(
    sample: SparkWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    on_duckdb = Warehouse(tmp_path_factory.mktemp("duckdb"))
    seed(on_duckdb)
    # dbt's reader of CSV files, of which DuckDB has no need, takes blanks and `null` for no value.
    for column, kind in SOURCES[LOG].items():
        if kind == "string":
            is_none = f"lower(trim({column})) in ('', 'null')"
            on_duckdb.execute(f"update {LOG} set {column} = null where {is_none}")
    build(on_duckdb)
    assert_same_tables(on_duckdb, sample)


def test_data_tests_pass(sample: SparkWarehouse) -> None:
    done = sample.dbt(
        *("test", "--exclude", "test_type:unit", "--vars", json.dumps(VARIABLES)),
        *("--threads", "2"),
    )
    assert done.returncode == 0, done.stdout


def test_unit_tests_pass(sample: SparkWarehouse) -> None:
    # dbt looks at the sources when it runs these, so the sample must be there.
    done = sample.dbt("test", "--select", "test_type:unit", "--threads", "2")
    assert done.returncode == 0, done.stdout


def seed(warehouse: Warehouse) -> None:
    succeed(warehouse.dbt("seed"))


def build(warehouse: Warehouse) -> None:
    succeed(warehouse.dbt(*MODELS, "--vars", json.dumps(VARIABLES)))
