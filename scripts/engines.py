"""The two engines on which scripts/build.py builds: DuckDB in one file, Spark with Delta Lake.

Both have the same methods: `dbt` runs a command, `query` and `tables` read the warehouse, `load`
puts a log into it. Times are UTC and have no zone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import load_log

ROOT = Path(__file__).resolve().parent.parent
LOG_TABLE = f"{load_log.SCHEMA}.{load_log.TABLE}"


class DuckDB:
    """The target `local`. dbt is a process and needs the file to itself, so nothing stays open."""

    target = "local"
    name = "DuckDB"

    def __init__(self) -> None:
        self.path = load_log.database_path()

    def dbt(self, *arguments: str) -> tuple[int, str]:
        """Run a dbt command; its exit code and all that it said."""
        done = subprocess.run(
            [
                *(Path(sys.executable).with_name("dbt"), "--no-use-colors", *arguments),
                *("--project-dir", ROOT, "--target", self.target),
            ],
            cwd=ROOT,
            env={"DBT_PROFILES_DIR": str(ROOT)} | os.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def query(self, sql: str) -> list[tuple]:
        """Rows from the warehouse."""
        try:
            with load_log.connect(self.path) as connection:
                connection.execute(f"attach {load_log.text(self.path)} as warehouse (read_only)")
                connection.execute("use warehouse")
                return connection.execute(sql).fetchall()
        except duckdb.IOException as error:
            sys.exit(f"{self.path} cannot be read: {error}")

    def tables(self) -> set[str]:
        """The tables and views of the warehouse, as schema.name."""
        if not self.path.exists():
            return set()
        rows = self.query(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_catalog = 'warehouse'"
        )
        return {row[0] for row in rows}

    def load(self, log: str) -> load_log.Loaded:
        """Load a log; each day that it holds replaces that day."""
        return load_log.load(log, self.path)


class Spark:
    """The target `spark`. dbt runs in this process, so that the JVM starts once for all commands.

    What the JVM says goes to `spark.log` in WS_SPARK_DIR.
    """

    target = "spark"
    name = "Spark with Delta Lake"

    def __init__(self) -> None:
        os.chdir(ROOT)
        os.environ.setdefault("DBT_PROFILES_DIR", str(ROOT))
        self.path = ROOT / os.environ.get("WS_SPARK_DIR", ".spark")
        # Spark wants it absolute.
        os.environ["WS_SPARK_DIR"] = str(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            sys.exit("PySpark is not installed. Run: make setup-spark")
        if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
            sys.exit("Spark needs Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless).")
        print("Starting Spark. The first time, it fetches Delta Lake.", flush=True)
        log = self.path / "spark.log"
        # The JVM inherits the file descriptor, not Python's stream.
        terminal = os.dup(2)
        with log.open("wb") as stream:
            os.dup2(stream.fileno(), 2)
        try:
            code, output = self.dbt("debug", "--connection")
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
        if code:
            sys.exit(f"{output}\nSpark did not start. {log} says why.")
        self.session = SparkSession.builder.getOrCreate()

    def dbt(self, *arguments: str) -> tuple[int, str]:
        """Run a dbt command; its exit code and all that it said."""
        from dbt.cli.main import dbtRunner

        said: list[str] = []

        def listen(event: Any) -> None:
            if event.info.level != "debug":
                said.append(event.info.msg)

        result = dbtRunner(callbacks=[listen]).invoke(
            [
                *("--quiet", "--log-level", "none", "--no-use-colors", *arguments),
                *("--project-dir", str(ROOT), "--target", self.target),
            ]
        )
        if result.exception is not None:
            return 2, "\n".join([*said, str(result.exception)])
        return 0 if result.success else 1, "\n".join(said)

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

    def load(self, log: str) -> load_log.Loaded:
        """Load a log; each day that it holds replaces that day."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.path) as folder:
            # Into DuckDB first, which checks the files, and out of it as instants.
            database, parquet = Path(folder) / "log.duckdb", Path(folder) / "log.parquet"
            loaded = load_log.load(log, database)
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
        is_loaded = f"part_date in ({', '.join(map(load_log.text, loaded.lines))})"
        if LOG_TABLE in self.tables():
            held = f"select distinct part_date from {LOG_TABLE} where {is_loaded} order by 1"
            loaded.replaced = [row[0] for row in self.query(held)]
        else:
            self.session.sql(f"create schema if not exists {load_log.SCHEMA}")
            frame.limit(0).write.format("delta").partitionBy("part_date").saveAsTable(LOG_TABLE)
        frame.createOrReplaceTempView("loaded_log")
        self.session.sql(
            f"insert into {LOG_TABLE} replace where {is_loaded}"
            f" select {', '.join(load_log.COLUMNS)} from loaded_log"
        )


Engine = DuckDB | Spark


def _without_zone(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
