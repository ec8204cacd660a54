"""The engine: Spark with real Delta Lake, acting as one catalog of a Databricks workspace.

Delta Lake does the storage and all writing. A statement is sent to Spark unchanged, unless a rule
in `kinds.py` answers it.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import BooleanType, DateType, NumericType, StringType

from tests.support.endpoint.holding import Hold
from tests.support.endpoint.kinds import Kind, kind_of
from tests.support.endpoint.record import without_comments
from tests.support.spark_settings import JVM_MEMORY, JVM_OPTIONS, SMALL_QUERIES

DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog"

# Settings with which the adapter opens sessions. Tags have no effect here but are recorded.
ACCEPTED_SETTINGS = {"QUERY_TAGS", "spark.thriftserver.arrowBasedRowSet.timestampAsString"}


# Types whose values `collect` gives as they are: no times, which have no zone in Python.
PLAIN_TYPES = (BooleanType, DateType, NumericType, StringType)


@dataclass(frozen=True)
class Compute:
    """A compute that an `http_path` names. `runtime` None is a SQL warehouse, which the adapter
    treats as newer than every runtime."""

    name: str
    http_path: str
    runtime: tuple[int, int] | None

    @property
    def is_warehouse(self) -> bool:
        return self.runtime is None

    def has(self, since: tuple[int, int]) -> bool:
        return self.is_warehouse or self.runtime >= since

    @property
    def is_ansi(self) -> bool:
        """The default of ANSI mode (Databricks: "ANSI compliance in Databricks Runtime")."""
        return self.has((17, 0))


WAREHOUSE = Compute("SQL warehouse", "/sql/1.0/warehouses/0123456789abcdef", None)
CLUSTER_17 = Compute("cluster 17.3", "/sql/protocolv1/o/1/0101-000000-dbr173ab", (17, 3))
CLUSTER_15 = Compute("cluster 15.4", "/sql/protocolv1/o/1/0101-000000-dbr154ab", (15, 4))
COMPUTES = {compute.http_path: compute for compute in (WAREHOUSE, CLUSTER_17, CLUSTER_15)}


class Engine:
    """One Spark with one catalog, from `__init__` to `stop`."""

    def __init__(self, catalog: str, folder: Path, *, packages: str, ivy: Path) -> None:
        if folder.exists() and any(folder.iterdir()):
            # The catalog is in memory, so tables of another engine are found by path, not by name.
            raise ValueError(f"{folder} is not empty.")
        self.catalog = catalog
        self.grants: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.hold: Hold | None = None
        self.lock = threading.Lock()
        settings = {
            "spark.jars.packages": packages,
            "spark.jars.ivy": str(ivy),
            "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
            "spark.sql.catalog.spark_catalog": DELTA_CATALOG,
            # The served name, see Session.__init__.
            f"spark.sql.catalog.{catalog}": DELTA_CATALOG,
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.local.dir": str(folder / "tmp"),
            # As on Databricks, tables are Delta tables by default, and SHOW SCHEMAS and
            # SHOW TABLES name their columns databaseName, database, tableName, isTemporary.
            "spark.sql.sources.default": "delta",
            "spark.sql.legacy.keepCommandOutputSchema": "true",
            "spark.sql.session.timeZone": "UTC",
            # The tests have a few hundred rows on two cores. Features for clusters only slow them
            # down.
            **SMALL_QUERIES,
            "spark.driver.memory": JVM_MEMORY,
            "spark.driver.extraJavaOptions": JVM_OPTIONS,
            "spark.databricks.delta.snapshotPartitions": "1",
            "spark.databricks.delta.properties.defaults.checkpointInterval": "1000",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            # No access from outside.
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
        }
        # Used to hold statements, see holding.py.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        if of_earlier_tests := SparkSession.getActiveSession():
            # Its JVM stays, with what it has compiled by now, and is used again.
            of_earlier_tests.stop()
        builder = SparkSession.builder.master("local[2]").appName("databricks endpoint")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.spark = builder.getOrCreate()
        self.spark.sparkContext.setLogLevel("OFF")

    def open(self, http_path: str, catalog: str, schema: str, settings: dict[str, str]) -> Session:
        if http_path not in COMPUTES:
            raise ValueError(f"There is no compute at {http_path}.")
        if catalog != self.catalog:
            raise ValueError(f"This endpoint serves {self.catalog} alone, not {catalog}.")
        if unknown := settings.keys() - ACCEPTED_SETTINGS:
            raise ValueError(f"Settings unknown to this endpoint: {', '.join(sorted(unknown))}.")
        return Session(self, COMPUTES[http_path], schema)

    def hold_of(self, kind: Kind, statement: str) -> Hold | None:
        """Return the hold for a statement and remove it, so that it holds no other statement."""
        with self.lock:
            if self.hold is None or not self.hold.is_of(kind.name, statement):
                return None
            hold, self.hold = self.hold, None
            return hold

    def message_of(self, error: Exception) -> str:
        """The message of a Spark error without the Java stack trace."""
        message = re.sub(r"^An error occurred while calling \S+\n: ", "", str(error))
        return re.split(r"\n\tat |\n\nJVM stacktrace", message)[0]

    def stop(self) -> None:
        self.spark.stop()


class Session:
    """One client's session, with its own settings and temporary views and shared tables."""

    def __init__(self, engine: Engine, compute: Compute, schema: str) -> None:
        self.engine = engine
        self.compute = compute
        self.spark = engine.spark.newSession()
        # `wev_prod.schema.table` is what Spark calls `spark_catalog.schema.table`: the session's
        # own Delta catalog under a second name. Spark makes a catalog with the settings of the
        # session that is active in the thread, so this one has to be.
        java = self.spark._jsparkSession
        self.spark._jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(java)
        catalogs = java.sessionState().catalogManager()
        catalogs.catalog(engine.catalog).setDelegateCatalog(catalogs.v2SessionCatalog())
        self.spark.conf.set("spark.sql.ansi.enabled", str(compute.is_ansi).lower())
        if self.spark.catalog.databaseExists(schema):
            self.spark.sql(f"use `{engine.catalog}`.`{schema}`")

    def kind_of(self, text: str) -> str:
        found = kind_of(without_comments(text), self.compute)
        return found[0].name if found else "(unknown)"

    def execute(self, text: str) -> tuple[Kind, pa.Table]:
        """Run a statement and return its kind and result."""
        statement = without_comments(text)
        found = kind_of(statement, self.compute)
        if found is None:
            raise ValueError(
                f"[PARSE_SYNTAX_ERROR] A {self.compute.name} of this endpoint knows no such"
                f" statement: {statement[:200]}"
            )
        kind, match = found
        answer = kind.rule(self, match) if kind.rule else statement
        if not isinstance(answer, str):
            return kind, answer
        hold = self.engine.hold_of(kind, statement)
        if hold is None:
            return kind, self.query(answer)
        result = self.query(hold.before(self.spark, answer))
        hold.after()
        return kind, result

    def query(self, statement: str) -> pa.Table:
        frame = self.spark.sql(statement)
        if not all(isinstance(field.dataType, PLAIN_TYPES) for field in frame.schema):
            return frame.toArrow()
        # For a few rows, `toArrow` takes twice as long or longer, because it starts a job even for
        # the result of a command.
        schema = to_arrow_schema(frame.schema)
        columns = list(zip(*frame.collect())) or [() for _ in schema]
        arrays = [pa.array(values, field.type) for values, field in zip(columns, schema)]
        return pa.Table.from_arrays(arrays, schema=schema)

    def rows(self, statement: str) -> list:
        return self.spark.sql(statement).collect()

    def properties(self, table: str) -> dict[str, str]:
        return {row.key: row.value for row in self.rows(f"show tblproperties {table}")}

    def table_names(self) -> list[tuple[str, str]]:
        """The schema and name of every table and view of the catalog."""
        schemas = [row.databaseName for row in self.rows("show schemas")]
        return [
            (schema, row.tableName)
            for schema in schemas
            for row in self.rows(f"show tables in `{schema}`")
            if not row.isTemporary
        ]

    def stored(self, schema: str, name: str):
        """The metadata of a table or view in Spark's catalog (a Java object, CatalogTable)."""
        jvm = self.spark._jvm
        identifier = jvm.org.apache.spark.sql.catalyst.TableIdentifier(
            name, jvm.scala.Option.apply(schema)
        )
        return self.spark._jsparkSession.sessionState().catalog().getTableMetadata(identifier)
