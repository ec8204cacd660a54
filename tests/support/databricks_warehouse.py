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
from pathlib import Path

from scripts.parsed_project import Done, ParsedProject
from tests.support.endpoint.engine import WAREHOUSE, Compute
from tests.support.endpoint.record import Statement
from tests.support.endpoint.running import Endpoint
from tests.support.spark_rows import sorted_rows
from tests.support.spark_warehouse import SparkWarehouse
from tests.support.warehouse import NO_FILES, SOURCES, Row, folders

ON_DATABRICKS = ParsedProject({"DBT_TARGET": "prod"}, *NO_FILES)


class DatabricksWarehouse(SparkWarehouse):
    """The project's sources as Delta tables of the catalog, and dbt runs on them."""

    target = "prod"
    partitioned = [table for table, columns in SOURCES.items() if "part_date" in columns]

    def __init__(self, endpoint: Endpoint, folder: Path, compute: Compute = WAREHOUSE) -> None:
        self.endpoint = endpoint
        engine = endpoint.engine
        self.spark = engine.open(compute.http_path, engine.catalog, "default", {}).spark
        self.folder = folder
        self.dbt_here = ON_DATABRICKS
        self.compute = compute
        self.empty()

    def query(self, statement: str) -> list[Row]:
        """The rows of a query, in the order of DuckDB's `order by all`."""
        return sorted_rows(self.spark.sql(statement))

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
            **folders(self.folder),
        }

    def statements(self) -> list[Statement]:
        """The statements of the last dbt command."""
        return self.endpoint.record.of_command(self.endpoint.record.command)
