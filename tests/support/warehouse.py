"""A local warehouse for one test: a DuckDB file that contains only the sources, or a copy of
another warehouse.

    warehouse = Warehouse(tmp_path)
    warehouse.load(lines, artists, memberships)
    warehouse.run("2024-01-15")              # dbt run --select ws_sess_daily --vars …
    warehouse.rows("we_mart.ws_sess_daily")

dbt runs in the process of the test, where the project is parsed once for all warehouses. `process`
runs dbt as a separate process, as an orchestrator does. Each warehouse has its own `target` folder,
so that tests can run in parallel. Times are UTC without a time zone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from scripts.parsed_project import Done, ParsedProject
from scripts.paths import ROOT

DBT = Path(sys.executable).with_name("dbt")

Row = dict[str, Any]

SOURCES = {
    "service_log.weplyapi_client_log": {
        "part_date": "string",
        "log_id": "string",
        "log_dt": "timestamp",
        "user_device_id": "string",
        "wv_device_id": "string",
        "s_device_type": "string",
        "s_wemember_id": "string",
        "s_user_id": "string",
        "s_ctry": "string",
        "s_lang": "string",
        "ws_art_id": "bigint",
        "shop": "string",
        "platform": "string",
        "os": "string",
        "app_ver": "string",
    },
    "we_mart.we_artist": {"ws_art_id": "bigint", "we_art_id": "int", "we_art_name": "string"},
    "we_mart.ws_fc_user_history": {
        "we_member_id": "string",
        "we_art_id": "int",
        "fc_start_date": "date",
        "fc_end_date": "date",
    },
    "we_mart.ws_order": {
        "ord_sheet_number": "string",
        "ord_item_number": "int",
        "ord_dt": "timestamp",
        "account_id": "string",
        "we_art_id": "int",
        "shop": "string",
        "sale_id": "bigint",
        "goods_id": "bigint",
        "goods_cat": "string",
        "logi_cat": "string",
        "album_qty": "int",
        "ord_item_qty": "int",
        "ord_item_amt_krw": "bigint",
        "part_date": "string",
    },
    "we_mart.wv_sess_daily": {
        "key_date": "date",
        "we_member_id": "string",
        "sess_id": "string",
        "we_art_id": "int",
        "we_art_name": "string",
        "platform": "string",
        "part_date": "string",
    },
}
LOG = "service_log.weplyapi_client_log"
MART = "we_mart.ws_sess_daily"

# No test reads the artifacts or logs of these commands, and writing them takes most of the time.
NO_FILES = ("--no-write-json", "--log-level-file", "none")
LOCAL = ParsedProject({"DBT_TARGET": "local"}, *NO_FILES)


class Warehouse:
    """One DuckDB file under `folder`, and dbt runs on it."""

    target = "local"

    def __init__(self, folder: Path, copy_of: Warehouse | None = None) -> None:
        self.folder = folder
        self.path = folder / "ws_shop.duckdb"
        self.dbt_here = LOCAL
        if copy_of:
            shutil.copy(copy_of.path, self.path)
            return
        self.execute(
            "create schema service_log",
            "create schema we_mart",
            *(
                f"create table {table} ({', '.join(f'{c} {t}' for c, t in columns.items())})"
                for table, columns in SOURCES.items()
            ),
        )

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to this warehouse alone. All warehouses share one DuckDB, because starting
        one takes six times as long as opening a file in it."""
        connection, name = _duckdb(), self.path.stem
        connection.execute(f"attach '{self.path}' as {name}")
        try:
            connection.execute(f"use {name}")
            yield connection
        finally:
            connection.execute("use memory")
            connection.execute(f"detach {name}")

    def execute(self, *statements: str) -> None:
        with self.connection() as connection:
            for statement in statements:
                connection.execute(statement)

    def load(
        self,
        lines: Iterable[Row],
        artists: Iterable[Row] = (),
        memberships: Iterable[Row] = (),
        orders: Iterable[Row] = (),
        wv_sessions: Iterable[Row] = (),
    ) -> None:
        """Replace the contents of the sources by these rows. Missing columns are null."""
        given = (lines, artists, memberships, orders, wv_sessions)
        for table, rows in zip(SOURCES, given, strict=True):
            self.replace(table, rows)

    def replace(self, table: str, rows: Iterable[Row]) -> None:
        """Replace the contents of one source."""
        # Values are passed as text, and DuckDB casts them to the types of the columns.
        schema = pyarrow.schema([(column, pyarrow.string()) for column in SOURCES[table]])
        texts = [{column: _text(row.get(column)) for column in SOURCES[table]} for row in rows]
        with self.connection() as connection:
            connection.register("given", pyarrow.Table.from_pylist(texts, schema=schema))
            connection.execute(f"truncate {table}")
            connection.execute(f"insert into {table} select * from given")
            connection.unregister("given")

    def rows(self, table: str = MART, order_by: str = "all") -> list[Row]:
        """All rows of a table without `run_timestamp`, in a fixed order."""
        with self.connection() as connection:
            relation = connection.sql(f"select * from {table} order by {order_by}")
            columns = relation.columns
            return [
                {c: v for c, v in zip(columns, row, strict=True) if c != "run_timestamp"}
                for row in relation.fetchall()
            ]

    def tables(self) -> set[str]:
        """The tables and views of the warehouse, as schema.name."""
        names = "select table_schema || '.' || table_name from information_schema.tables"
        return {name for (name,) in self.answer(names)}

    def value(self, query: str) -> Any:
        return self.answer(query)[0][0]

    def answer(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, in its order."""
        with self.connection() as connection:
            return connection.execute(query).fetchall()

    def run(self, part_date: str, part_date_to: str | None = None, **variables: Any) -> None:
        """Run the daily command for a day or a range. It must succeed."""
        dates = {"part_date": part_date} | ({"part_date_to": part_date_to} if part_date_to else {})
        succeed(self.try_run(**dates, **variables))

    def try_run(self, *arguments: str, **variables: Any) -> Done:
        """Run the daily command with any variables, and return the result even if it failed."""
        return self.dbt(
            "run", "--select", "ws_sess_daily", "--vars", json.dumps(variables), *arguments
        )

    def build_days(self, first: str, last: str, *selected: str, **variables: Any) -> Done:
        """Run the selected models, or all models, for a range of days."""
        selection = ("--select", *selected) if selected else ()
        given = json.dumps({"part_date": first, "part_date_to": last} | variables)
        return self.dbt("run", *selection, "--vars", given)

    def dbt(self, *arguments: str, **options: Any) -> Done:
        """Run a dbt command in this process. Options: additional environment variables, and
        `progress` (scripts/parsed_project.py)."""
        return self.dbt_here(*arguments, **self.environment() | options)

    def use_project(self, project: Path) -> None:
        """Run the commands in this process with another project."""
        self.dbt_here = ParsedProject({"DBT_TARGET": self.target}, *NO_FILES, project=project)

    def process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a dbt command as a separate process, which parses the project and writes artifacts
        and logs."""
        return subprocess.run(
            [DBT, *arguments],
            cwd=ROOT,
            env=os.environ | self.environment() | environment,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def environment(self) -> dict[str, str]:
        """The environment variables with which a dbt command uses this warehouse."""
        return {
            "WS_DUCKDB_PATH": str(self.path),
            **folders(self.folder),
        }


def folders(folder: Path) -> dict[str, str]:
    """The environment variables with which dbt reads and writes nothing outside a folder. The
    committed example is its profiles.yml, so that a user's own file has no effect on tests."""
    profiles = folder / "profiles"
    if not profiles.exists():
        profiles.mkdir()
        shutil.copy(ROOT / "profiles.yml.example", profiles / "profiles.yml")
    return {
        "DBT_PROFILES_DIR": str(profiles),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_USE_COLORS": "false",
    }


def of_days(rows: Iterable[Row], *part_dates: str) -> list[Row]:
    return [row for row in rows if row["part_date"] in part_dates]


def succeed(done: Any) -> Any:
    """The result of a command, which must have succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
