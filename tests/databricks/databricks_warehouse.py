"""The warehouse of tests/e2e/warehouse.py behind the endpoint, under the same methods.

    warehouse = DatabricksWarehouse(endpoint, tmp_path)
    warehouse.load(lines, artists, memberships)
    warehouse.run("2024-01-15")
    warehouse.rows("we_mart.ws_sess_daily")

Rows are put in and read by Spark, past the wire; dbt comes over the wire, on the target `prod` of
the profile as committed, in this process or (`process`) in one of its own. There is one catalog: a
new warehouse empties it. How times come and go is in spark_rows.py.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dbt_in_process import Done, InProcess
from endpoint.engine import WAREHOUSE, Compute
from endpoint.record import Statement
from endpoint.running import Endpoint
from spark_rows import sorted_rows, write_rows
from warehouse import DBT, MART, NO_FILES, PROJECT, SOURCES, Row, Warehouse, _profiles

ON_DATABRICKS = InProcess({"DBT_TARGET": "prod"}, *NO_FILES)


class DatabricksWarehouse(Warehouse):
    """The project's sources in Delta tables of the one catalog, and the dbt runs on them."""

    def __init__(self, endpoint: Endpoint, folder: Path, compute: Compute = WAREHOUSE) -> None:
        self.endpoint = endpoint
        engine = endpoint.engine
        self.spark = engine.open(compute.http_path, engine.catalog, "default", {}).spark
        self.folder = folder
        self.project = PROJECT
        self.compute = compute
        for schema in sorted({table.split(".")[0] for table in SOURCES}):
            self.execute(f"drop schema if exists {schema} cascade", f"create schema {schema}")

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.spark.sql(statement)

    def load(self, *rows_of_sources: Iterable[Row]) -> None:
        """Put these rows, of the tables in the order of SOURCES, in the place of all that the
        sources held. A column not given is null."""
        given = dict(zip(SOURCES, rows_of_sources))
        for table, columns in SOURCES.items():
            partitions = ["part_date"] if "part_date" in columns else []
            write_rows(self.spark, table, columns, given.get(table, ()), partitions)

    def rows(self, table: str = MART, order_by: str = "all") -> list[Row]:
        """All rows of a table, but for `run_timestamp`, in one order."""
        assert order_by == "all"
        return [_without_run_timestamp(row) for row in self.query(f"select * from {table}")]

    def query(self, statement: str) -> list[Row]:
        """The rows of a query, in the order in which DuckDB's `order by all` puts them."""
        return sorted_rows(self.spark.sql(statement))

    def value(self, query: str) -> Any:
        ((value,),) = (row.values() for row in self.query(query))
        return value

    def tables(self) -> set[str]:
        """The tables and views of the catalog, as schema.name."""
        return {
            f"{schema.databaseName}.{table.tableName}"
            for schema in self.spark.sql("show schemas").collect()
            for table in self.spark.sql(f"show tables in {schema.databaseName}").collect()
            if not table.isTemporary
        }

    def dbt(self, *arguments: str) -> Done:
        """A dbt command in this process."""
        self._note(arguments)
        return ON_DATABRICKS(*arguments, **self.environment())

    def process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A dbt command as a process, of `project`, with more in its environment."""
        self._note(arguments)
        return subprocess.run(
            [DBT, *arguments],
            cwd=self.project,
            env=os.environ | self.environment() | {"DBT_TARGET": "prod"} | environment,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def _note(self, arguments: tuple[str, ...]) -> None:
        self.endpoint.record.command = f"dbt {' '.join(arguments)} ({self.compute.name})"

    def environment(self) -> dict[str, str]:
        """What makes a dbt command come to the endpoint."""
        return self.endpoint.environment | {
            "DATABRICKS_HTTP_PATH": self.compute.http_path,
            "DBT_PROFILES_DIR": str(_profiles(self.folder)),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_USE_COLORS": "false",
        }

    def statements(self) -> list[Statement]:
        """What the last dbt command sent."""
        return self.endpoint.record.of_command(self.endpoint.record.command)


def _without_run_timestamp(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "run_timestamp"}
