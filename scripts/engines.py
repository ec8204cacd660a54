"""The two engines of scripts/build.py: DuckDB in one file, and Spark with Delta Lake.

Both have the same methods: `dbt` runs a command in this process, `query` and `tables` read the
warehouse, and `load` loads a log into it. Times are UTC without a time zone. Seeds are DuckDB's, so
Spark also has methods for the sample.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from scripts import load_log
from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LOG_TABLE = f"{load_log.SCHEMA}.{load_log.TABLE}"


class DuckDB:
    """The target `local`. The file is closed between commands and queries."""

    target = "local"
    name = "DuckDB"

    def __init__(self) -> None:
        self.path = load_log.database_path()
        try:
            load_log.stop_if_read_only(self.path)
        except load_log.LoadError as error:
            sys.exit(str(error))
        # dbt writes the file that is loaded, wherever profiles.yml is.
        self.dbt = dbt_on(self.target, WS_DUCKDB_PATH=str(self.path))

    def query(self, sql: str) -> list[tuple]:
        """Rows from the warehouse."""
        try:
            with load_log.connect(self.path) as connection:
                connection.execute(f"attach {load_log.text(self.path)} as warehouse (read_only)")
                connection.execute("use warehouse")
                return connection.execute(sql).fetchall()
        except duckdb.IOException as error:
            locked = load_log.locked(self.path, error)
            sys.exit(locked or f"{self.path} cannot be read: {error}")

    def tables(self) -> set[str]:
        """The tables and views of the warehouse, as schema.name."""
        if not self.path.exists():
            return set()
        rows = self.query(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_catalog = 'warehouse'"
        )
        return {row[0] for row in rows}

    def load(self, log: str, watch: load_log.Watch) -> load_log.Loaded:
        """Load a log. Each day of the log replaces that day."""
        return load_log.load(log, self.path, watch)


class Spark:
    """The target `spark`. The JVM starts once for all commands, and its output goes to `spark.log`
    in WS_SPARK_DIR."""

    target = "spark"
    name = "Spark with Delta Lake"

    def __init__(self) -> None:
        os.chdir(ROOT)
        self.path = ROOT / os.environ.get("WS_SPARK_DIR", ".spark")
        # Spark needs an absolute path.
        os.environ["WS_SPARK_DIR"] = str(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            sys.exit("PySpark is not installed. Run: make setup-spark")
        if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
            sys.exit("Spark needs Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless).")
        print("Starting Spark. The first start downloads Delta Lake.", flush=True)
        log = self.path / "spark.log"
        # The JVM inherits the file descriptor, not Python's stream.
        terminal = os.dup(2)
        with log.open("wb") as stream:
            os.dup2(stream.fileno(), 2)
        self.dbt = dbt_on(self.target)
        try:
            done = self.dbt("debug", "--connection")
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
        if done.returncode:
            sys.exit(f"{done.stdout}\nSpark did not start. See {log} for the reason.")
        self.session = SparkSession.builder.getOrCreate()

    def query(self, sql: str) -> list[tuple]:
        """Rows from the warehouse."""
        return [
            tuple(map(_without_zone, row.values()))
            for row in self.session.sql(sql).toArrow().to_pylist()
        ]

    def tables(self) -> set[str]:
        """The tables and views of the warehouse, as schema.name."""
        return {
            f"{schema.namespace}.{table.tableName}"
            for schema in self.session.sql("show schemas").collect()
            for table in self.session.sql(f"show tables in {schema.namespace}").collect()
            if not table.isTemporary
        }

    def load(self, log: str, watch: load_log.Watch) -> load_log.Loaded:
        """Load a log. Each day of the log replaces that day."""
        started = time.monotonic()
        with load_log.working_folder(self.path / "log.duckdb") as folder:
            # Load into DuckDB first, which checks the files. Then export times as UTC instants.
            database, parquet = Path(folder) / "log.duckdb", Path(folder) / "log.parquet"
            loaded = load_log.load(log, database, watch)
            with duckdb.connect(str(database)) as connection:
                connection.execute("set TimeZone = 'UTC'")
                connection.execute(
                    f"copy (select * replace (cast(log_dt as timestamptz) as log_dt)"
                    f" from {LOG_TABLE}) to {load_log.text(parquet)}"
                )
            self._replace_days(parquet, loaded)
        loaded.seconds = time.monotonic() - started
        return loaded

    def _replace_days(self, parquet: Path, loaded: load_log.Loaded) -> None:
        frame = self.session.read.parquet(str(parquet))
        is_loaded = _is_one_of(loaded.lines)
        if LOG_TABLE in self.tables():
            held = f"select distinct part_date from {LOG_TABLE} where {is_loaded} order by 1"
            loaded.replaced = [row[0] for row in self.query(held)]
            expected, found = dict(frame.dtypes), dict(self.session.table(LOG_TABLE).dtypes)
            if found != expected:
                raise load_log.LoadError(
                    f"{LOG_TABLE}: expected the columns {expected}, found {found}. Use another"
                    " folder (WS_SPARK_DIR=...) or drop the table."
                )
        else:
            self.session.sql(f"create schema if not exists {load_log.SCHEMA}")
            frame.limit(0).write.format("delta").partitionBy("part_date").saveAsTable(LOG_TABLE)
        frame.createOrReplaceTempView("loaded_log")
        # Columns are matched by position.
        columns = ", ".join(self.session.table(LOG_TABLE).columns)
        self.session.sql(
            f"insert into {LOG_TABLE} replace where {is_loaded} select {columns} from loaded_log"
        )

    def stop_on_other_rows(self, days: Collection[str]) -> None:
        """Raise LoadError if the log holds rows of these days that are not the sample's."""
        if LOG_TABLE not in self.tables():
            return
        others = self.session.table(LOG_TABLE).where(_is_one_of(days))
        sample = self._sample(load_log.SCHEMA, load_log.TABLE)
        # In a table with other columns, no row can be one of the sample's.
        if others.dtypes == sample.dtypes:
            others = others.exceptAll(sample)
        if counts := others.groupBy("part_date").count().orderBy("part_date").collect():
            raise load_log.LoadError(
                *(
                    f"{LOG_TABLE}: {load_log.counted(rows, 'row')} of {day} that the sample does"
                    " not have"
                    for day, rows in counts
                ),
                "The sample would replace them. Load it into another warehouse (WS_SPARK_DIR=...)."
                " If the rows are those of an older sample, delete them first.",
            )

    def create_from_sample(self, schema: str, source: str) -> None:
        """Create the table of a source that is missing, with its rows of the sample."""
        self.session.sql(f"create schema if not exists {schema}")
        rows = self._sample(schema, source)
        rows.write.format("delta").saveAsTable(f"{schema}.{source}")

    def _sample(self, schema: str, source: str) -> DataFrame:
        """The rows of the sample for a source, with the types that the source declares."""
        (declared,) = (
            node
            for node in self.dbt.manifest.sources.values()
            if (node.source_name, node.name) == (schema, source)
        )
        types = (f"{column.name} {column.data_type}" for column in declared.columns.values())
        return self.session.read.options(
            header=True, enforceSchema=False, escape='"', mode="FAILFAST", timeZone="UTC"
        ).csv(f"file:{ROOT / 'seeds' / schema / source}.csv", schema=", ".join(types))


Engine = DuckDB | Spark


def dbt_on(target: str, **environment: str) -> ParsedProject:
    """dbt on one target, whatever default profiles.yml has."""
    profiles = os.environ.get("DBT_PROFILES_DIR", str(ROOT))
    given = {"DBT_TARGET": target, "DBT_PROFILES_DIR": profiles} | environment
    # The JSON artifacts are not read here, and writing them takes longer than most commands.
    return ParsedProject(given, "--no-write-json")


def _is_one_of(days: Collection[str]) -> str:
    return f"part_date in ({load_log.texts(days)})"


def _without_zone(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
