"""A warehouse behind the endpoint, with the methods of tests/support/warehouse.py.

    warehouse = DatabricksWarehouse(endpoint, tmp_path)
    warehouse.load(lines, artists, memberships)
    warehouse.run("2024-01-15")
    warehouse.rows("we_mart.ws_sess_daily")

Rows are loaded and read by Spark directly (spark_rows.py). dbt connects through the protocol, with
the target `prod` of the committed profile, in this process or in a separate one (`process`). There
is one catalog, and a new warehouse empties it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scripts.parsed_project import Done, ParsedProject
from tests.support.endpoint.engine import WAREHOUSE, Compute
from tests.support.endpoint.record import Statement
from tests.support.endpoint.running import Endpoint
from tests.support.spark_rows import sorted_rows, write_rows
from tests.support.warehouse import MART, NO_FILES, SOURCES, Row, Warehouse, _profiles

ON_DATABRICKS = ParsedProject({"DBT_TARGET": "prod"}, *NO_FILES)


class DatabricksWarehouse(Warehouse):
    """The project's sources as Delta tables of the catalog, and dbt runs on them."""

    target = "prod"

    def __init__(self, endpoint: Endpoint, folder: Path, compute: Compute = WAREHOUSE) -> None:
        self.endpoint = endpoint
        engine = endpoint.engine
        self.spark = engine.open(compute.http_path, engine.catalog, "default", {}).spark
        self.folder = folder
        self.dbt_here = ON_DATABRICKS
        self.compute = compute
        for schema in sorted({table.split(".")[0] for table in SOURCES}):
            self.execute(f"drop schema if exists {schema} cascade", f"create schema {schema}")

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.spark.sql(statement)

    def load(self, *rows_of_sources: Iterable[Row]) -> None:
        """Replace the contents of the sources by these rows, given in the order of SOURCES. Missing
        columns are null."""
        given = dict(zip(SOURCES, rows_of_sources))
        for table, columns in SOURCES.items():
            partitions = ["part_date"] if "part_date" in columns else []
            write_rows(self.spark, table, columns, given.get(table, ()), partitions)

    def rows(self, table: str = MART, order_by: str = "all") -> list[Row]:
        """All rows of a table without `run_timestamp`, in a fixed order."""
        assert order_by == "all"
        return [_without_run_timestamp(row) for row in self.query(f"select * from {table}")]

    def query(self, statement: str) -> list[Row]:
        """The rows of a query, in the order of DuckDB's `order by all`."""
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
        """Run a dbt command in this process."""
        self._note(arguments)
        return self.dbt_here(*arguments, **self.environment())

    def process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a dbt command as a separate process, with additional environment variables."""
        self._note(arguments)
        return super().process(*arguments, **{"DBT_TARGET": self.target} | environment)

    def _note(self, arguments: tuple[str, ...]) -> None:
        self.endpoint.record.command = f"dbt {' '.join(arguments)} ({self.compute.name})"

    def environment(self) -> dict[str, str]:
        """The environment variables with which a dbt command connects to the endpoint."""
        return self.endpoint.environment | {
            "DATABRICKS_HTTP_PATH": self.compute.http_path,
            "DBT_PROFILES_DIR": str(_profiles(self.folder)),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_USE_COLORS": "false",
        }

    def statements(self) -> list[Statement]:
        """The statements of the last dbt command."""
        return self.endpoint.record.of_command(self.endpoint.record.command)


def _without_run_timestamp(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "run_timestamp"}
