"""A warehouse on Spark with Delta Lake, with the methods of tests/support/warehouse.py.

    warehouse = SparkWarehouse(spark, tmp_path)
    warehouse.load(lines, artists, memberships)
    warehouse.run("2024-01-15")
    warehouse.rows("we_mart.ws_sess_daily")

dbt runs in the process of the test. Its session method then uses the Spark session of the tests,
and no other JVM is started. There is one catalog, so a new warehouse empties it. spark_rows.py says
how times are passed.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.parsed_project import Done, ParsedProject
from tests.support.spark_rows import read_rows, sorted_rows, write_rows
from tests.support.warehouse import (
    LOG,
    MART,
    NO_FILES,
    SOURCES,
    Row,
    Warehouse,
    folders,
    succeed,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCHEMAS = ("service_log", "we_mart")
ON_SPARK = ParsedProject({"DBT_TARGET": "spark"}, *NO_FILES)


class SparkWarehouse(Warehouse):
    """The catalog, which is empty before `load`, and dbt runs on it."""

    target = "spark"
    partitioned: Container[str] = (LOG,)

    def __init__(self, spark: SparkSession, folder: Path, time_zone: str = "UTC") -> None:
        self.spark = spark
        self.folder = folder
        self.time_zone = time_zone
        self.dbt_here = ON_SPARK
        self.empty()

    def empty(self) -> None:
        """Remove every table."""
        for schema in SCHEMAS:
            self.execute(f"drop schema if exists {schema} cascade", f"create schema {schema}")

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.spark.sql(statement)

    def replace(self, table: str, rows: Iterable[Row]) -> None:
        """Replace the contents of one source."""
        partitions = ["part_date"] if table in self.partitioned else []
        write_rows(self.spark, table, SOURCES[table], rows, partitions)

    def rows(self, table: str = MART, order_by: str = "all") -> list[Row]:
        """All rows of a table without `run_timestamp`, in a fixed order."""
        assert order_by == "all"
        return sorted_rows(self.spark.table(table).drop("run_timestamp"))

    def answer(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, in its order."""
        return [tuple(row.values()) for row in read_rows(self.spark.sql(query))]

    def tables(self) -> set[str]:
        """The tables and views of the warehouse, as schema.name."""
        return {
            f"{schema}.{row.tableName}"
            for schema in SCHEMAS
            for row in self.spark.sql(f"show tables in {schema}").collect()
            if not row.isTemporary
        }

    def dbt(self, *arguments: str) -> Done:
        return self.dbt_here(*arguments, **self.environment())

    def environment(self) -> dict[str, str]:
        return _environment(self.folder, self.time_zone)

    def compiled(self, selected: str, **variables: Any) -> dict[str, str]:
        """The queries of the selected models as dbt sends them, by model name."""
        given = json.dumps(variables)
        compiled = succeed(self.dbt("compile", "--select", selected, "--vars", given))
        # The results also contain the ephemeral models that they read.
        return {
            done.node.name: done.node.compiled_code
            for done in ran(compiled, "model")
            if done.node.config.materialized != "ephemeral"
        }


def run_dbt(folder: Path, *arguments: str, time_zone: str = "UTC") -> Done:
    """Run a dbt command with target `spark` in this process."""
    return ON_SPARK(*arguments, **_environment(folder, time_zone))


def _environment(folder: Path, time_zone: str) -> dict[str, str]:
    return folders(folder) | {"WS_SPARK_TIME_ZONE": time_zone}


def ran(done: Done, kind: str) -> list[Any]:
    """The results of the nodes of one kind that a command ran. It also has results of hooks."""
    return [result for result in done.result.results if result.node.resource_type == kind]
