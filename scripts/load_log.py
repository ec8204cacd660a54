#!/usr/bin/env python3
"""Load a client log into service_log.weplyapi_client_log of the local DuckDB file.

    .venv/bin/python -m scripts.load_log LOG

LOG is a CSV file (UTF-8, comma-separated, with a header line; also .gz), a Parquet file, or a glob
of either (`'log/**/*.parquet'`, in quotes). Each file must have the 15 columns of the log (COLUMNS
below), in any order. Other columns are ignored.

All files are checked before anything is changed. Then, in one transaction, each day (part_date) of
the files replaces that day of the table. Other days stay.

Contents of the columns:
    part_date   a real day as yyyy-MM-dd on every line, from 1970-01-01 to 2999-12-31. In Parquet, a
                date column is accepted too. A folder `part_date=2024-01-14`, as Spark writes it, is
                enough; a file in it that also has the column must have the same day on every line.
    log_dt      a day and a time. With an offset or time zone (CSV: an offset up to 18:00, Z, UTC or
                GMT; Parquet timestamptz) it is converted to UTC. Without one it is taken as UTC.
                What is finer than a microsecond is cut.
    ws_art_id   whole numbers (`101`; also `101.0`, as pandas writes a column with nulls).
    the others  strings, which are loaded exactly as written: `null`, `0`, `007`, spaces. The
                staging models clean them.
An empty CSV field is null.

Environment:
    WS_DUCKDB_PATH          the DuckDB file, default ws_shop.duckdb in the project folder
    WS_DUCKDB_MEMORY_LIMIT  default 4GB     } as in profiles.yml.example; data that does not fit
    WS_DUCKDB_THREADS       default 4       } into memory is spilled to <file>.tmp/
Exit codes: 0 loaded; 1 nothing was changed, every problem is listed on stderr; 2 wrong arguments.
Errors: no file, damaged file, another format, missing, repeated or mistyped column, part_date that
is null or not a day, no lines, table with other columns, DuckDB file that is read-only or open in
another process.
"""

import argparse
import glob
import locale
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scripts.log_columns import COLUMNS, text, texts
from scripts.log_files import (
    LoadError,
    LogFile,
    check,
    counted,
    describe,
    find_files,
    listed,
    said,
    stop_unless_utf_8,
)
from scripts.paths import ROOT

SCHEMA, TABLE = "service_log", "weplyapi_client_log"

# Called with a description of the next step and its connection, whose `query_progress` can be read.
Watch = Callable[[str, duckdb.DuckDBPyConnection], None]


@dataclass
class Loaded:
    """The result of a load."""

    lines: dict[str, int]  # number of lines per day, in the order of days
    replaced: list[str]  # days that were already in the table
    files: int
    seconds: float


def database_path() -> Path:
    """The path of the DuckDB file, as in profiles.yml.example."""
    return ROOT / os.environ.get("WS_DUCKDB_PATH", "ws_shop.duckdb")


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """Connect to an in-memory database with the limits of the profile. No file is opened."""
    connection = duckdb.connect(
        config={
            "memory_limit": os.environ.get("WS_DUCKDB_MEMORY_LIMIT", "4GB"),
            "threads": os.environ.get("WS_DUCKDB_THREADS", "4"),
            "temp_directory": f"{database}.tmp",
            "preserve_insertion_order": False,
        }
    )
    connection.execute("set TimeZone = 'UTC'")
    # DuckDB tracks the progress but does not print it.
    connection.execute("set enable_progress_bar = true")
    connection.execute("set enable_progress_bar_print = false")
    return connection


def locked(database: Path, error: duckdb.Error | str) -> str | None:
    """The message for a DuckDB file that another process has open; None for any other error."""
    if "lock" not in str(error).lower():
        return None
    # DuckDB names the process, for example `/usr/bin/python3 (PID 123)`.
    holder = re.search(r"held in (.+ \(PID \d+\))", str(error))
    program = holder[1] if holder else "another program"
    return f"{database} is open in {program}. Close it there and try again."


def check_table(connection: duckdb.DuckDBPyConnection, database: Path) -> bool:
    """Whether the log's table exists. Raises LoadError if it has other columns than the log."""
    where = f"{SCHEMA}.{TABLE} of {database}"
    rows = connection.execute(
        "select column_name, data_type, table_type from information_schema.columns"
        " join information_schema.tables using (table_catalog, table_schema, table_name)"
        f" where table_catalog = 'warehouse' and table_schema = '{SCHEMA}'"
        f" and table_name = '{TABLE}' order by ordinal_position"
    ).fetchall()
    if not rows:
        return False
    kind = rows[0][2]
    if kind != "BASE TABLE":
        raise LoadError(f"{where}: expected a table, found a {kind.lower()}")
    found = {column: of_type for column, of_type, _ in rows}
    problems = [
        f"{where}: {column}: expected {COLUMNS.get(column, 'no such column')},"
        f" found {found.get(column, 'no such column')}"
        for column in [*COLUMNS, *(column for column in found if column not in COLUMNS)]
        if COLUMNS.get(column) != found.get(column)
    ]
    if problems:
        raise LoadError(
            *problems,
            "The table and the log have different columns. Use another file (WS_DUCKDB_PATH=...) or"
            " drop the table.",
        )
    return True


def replace_days(
    files: list[LogFile],
    lines: dict[str, int],
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    watch: Watch,
) -> list[str]:
    """Load the files into the table in one transaction. Return the days that were replaced."""
    target = f"warehouse.{SCHEMA}.{TABLE}"
    days = texts(lines)
    connection.execute("begin")
    replaced = []
    if check_table(connection, database):
        held = connection.execute(
            f"select distinct part_date from {target} where part_date in ({days}) order by 1"
        ).fetchall()
        replaced = [row[0] for row in held]
        connection.execute(f"delete from {target} where part_date in ({days})").fetchall()
    else:
        types = ", ".join(f"{column} {of_type}" for column, of_type in COLUMNS.items())
        connection.execute(f"create schema if not exists warehouse.{SCHEMA}")
        connection.execute(f"create table {target} ({types})")
    inserted = 0
    for number, file in enumerate(files, start=1):
        watch(f"Loading {placed(file.path, number, len(files))}", connection)
        values = ", ".join(file.columns[column].value for column in COLUMNS)
        (count,) = connection.execute(
            f"insert into {target} ({', '.join(COLUMNS)}) select {values} from {file.relation}"
        ).fetchall()
        inserted += count[0]
    if inserted != sum(lines.values()):
        raise LoadError("The files changed while they were read. Nothing was touched.")
    connection.execute("commit")
    return replaced


def placed(path: Path, number: int, files: int) -> str:
    """The name of a file, with its number if there are several."""
    return path.name + (f" ({number:,} of {files:,})" if files > 1 else "")


def stop_if_read_only(database: Path) -> None:
    """Raise LoadError if the DuckDB file cannot be written."""
    stop_unless_utf_8(database)
    if not database.parent.is_dir():
        raise LoadError(f"{database}: there is no folder {database.parent}")
    for path in (database, database.parent):
        if path.exists() and not os.access(path, os.W_OK):
            raise LoadError(
                f"{database} cannot be written, because {path} is read-only. Change that, or use"
                " another file (WS_DUCKDB_PATH=...)."
            )


def working_folder(database: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder of this load beside the DuckDB file. Those of loads that were killed are removed."""
    prefix = f"{database.name}.load-"
    for folder in database.parent.glob(f"{glob.escape(prefix)}*-*"):
        process, _, _ = folder.name.removeprefix(prefix).partition("-")
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OverflowError, PermissionError):
            continue
    return tempfile.TemporaryDirectory(prefix=f"{prefix}{os.getpid()}-", dir=database.parent)


def load(log: str, database: Path, watch: Watch = lambda *_: None) -> Loaded:
    """Load LOG into the DuckDB file. If this fails, raise LoadError and change nothing."""
    started = time.monotonic()
    paths = find_files(log)
    stop_if_read_only(database)
    with (
        connect(database) as connection,
        working_folder(database) as folder,
    ):
        # Statistics of Parquet files leave out NaN, and DuckDB would find no NaN because of them.
        connection.execute("set disabled_optimizers = 'statistics_propagation'")
        files: list[LogFile] = []
        lines: dict[str, int] = {}
        for number, path in enumerate(paths, start=1):
            watch(f"Checking {placed(path, number, len(paths))}", connection)
            files.append(describe(path, Path(folder, f"{number}.csv"), connection))
            if files[-1].relation:
                for day, count in check(files[-1], connection).items():
                    lines[day] = lines.get(day, 0) + count
        problems = listed(files)
        if not problems and not lines:
            problems = [f"{log}: no lines, so there is nothing to load"]
        if problems:
            raise LoadError(*problems)
        lines = dict(sorted(lines.items()))
        try:
            connection.execute(f"attach {text(database)} as warehouse")
            replaced = replace_days(files, lines, connection, database, watch)
        except duckdb.Error as error:
            raise LoadError(locked(database, error) or f"{database}: {said(error)}") from error
    return Loaded(lines, replaced, len(files), time.monotonic() - started)


def summary(loaded: Loaded) -> str:
    """Describe the result of a load in one line."""
    days = list(loaded.lines)
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return (
        f"Loaded {counted(sum(loaded.lines.values()), 'line')} of {counted(len(days), 'day')}"
        f" ({span}; {len(loaded.replaced)} of them replaced) from"
        f" {counted(loaded.files, 'file')} in {loaded.seconds:.1f} s."
    )


def use_utf_8() -> None:
    """Read files as UTF-8, also in dbt, which reads dbt_project.yml in the encoding of the locale.
    Python has to be started again for this. Print `?` for what the terminal cannot show."""
    if locale.getpreferredencoding(False).upper() not in ("UTF-8", "UTF8"):
        os.environ["PYTHONUTF8"] = "1"
        os.environ["PYTHONIOENCODING"] = sys.stdout.encoding
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")


def report(error: LoadError) -> None:
    """Print to stderr why nothing was loaded."""
    print("The log was not loaded; nothing was touched:", file=sys.stderr)
    for problem in error.problems:
        print(f"  {problem}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("log", metavar="LOG", help="a CSV or Parquet file, or a glob")
    use_utf_8()
    given = parser.parse_args()
    try:
        print(summary(load(given.log, database_path())))
    except LoadError as error:
        report(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
