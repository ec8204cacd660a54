#!/usr/bin/env python3
"""Load a client log into service_log.weplyapi_client_log of the local DuckDB file.

    .venv/bin/python scripts/load_log.py LOG

LOG is a CSV file (UTF-8, comma-separated, with a header line; also .gz), a Parquet file, or a glob
of either (`'log/**/*.parquet'`, in quotes). Each file must have the 15 columns of the log (COLUMNS
below), in any order. Other columns are ignored.

All files are checked before anything is changed. Then, in one transaction, each day (part_date) of
the files replaces that day of the table. Other days stay.

Contents of the columns:
    part_date   a real day as yyyy-MM-dd on every line. In Parquet, a date column is accepted too,
                and a folder `part_date=2024-01-14` as written by Spark.
    log_dt      a day and a time. With an offset or time zone (CSV `...Z`, `...+09:00`; Parquet
                timestamptz) it is converted to UTC. Without one it is taken as UTC.
    ws_art_id   whole numbers (`101`; also `101.0`, as pandas writes a column with nulls).
    the others  strings, which are loaded exactly as written: `null`, `0`, `007`, spaces. The
                staging models clean them.
An empty CSV field is null.

Environment:
    WS_DUCKDB_PATH          the DuckDB file, default ws_shop.duckdb in the project folder
    WS_DUCKDB_MEMORY_LIMIT  default 4GB     } as in profiles.yml.example; data that does not fit
    WS_DUCKDB_THREADS       default 4       } into memory is spilled to <file>.tmp/
Exit codes: 0 loaded; 1 nothing was changed, every problem is listed on stderr; 2 wrong arguments.
Errors: no file, unreadable file, missing or mistyped column, part_date that is null or not a day,
no lines, table with other columns, DuckDB file open in another process.
"""

import argparse
import csv
import glob
import gzip
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
SCHEMA, TABLE = "service_log", "weplyapi_client_log"

# The log's columns and their DuckDB types (models/staging/service_log/_service_log__sources.yml).
COLUMNS = {
    "part_date": "VARCHAR",
    "log_id": "VARCHAR",
    "log_dt": "TIMESTAMP",
    "user_device_id": "VARCHAR",
    "wv_device_id": "VARCHAR",
    "s_device_type": "VARCHAR",
    "s_wemember_id": "VARCHAR",
    "s_user_id": "VARCHAR",
    "s_ctry": "VARCHAR",
    "s_lang": "VARCHAR",
    "ws_art_id": "BIGINT",
    "shop": "VARCHAR",
    "platform": "VARCHAR",
    "os": "VARCHAR",
    "app_ver": "VARCHAR",
}
EXPECTED = dict.fromkeys(COLUMNS, "string") | {
    "part_date": "day as yyyy-MM-dd",
    "log_dt": "timestamp",
    "ws_art_id": "whole number",
}

# Parquet types that are accepted for columns other than strings.
TIMESTAMP_TYPES = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
ZONED_TIMESTAMP_TYPES = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS WITH TIME ZONE"}
WHOLE_NUMBER_TYPES = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
}
# The type of a Parquet column in which every value is null.
NO_TYPE = '"NULL"'

MOST_PROBLEMS_SHOWN = 30

# Called with a description of the next step and its connection, whose `query_progress` can be read.
Watch = Callable[[str, duckdb.DuckDBPyConnection], None]


class LoadError(Exception):
    """Nothing was changed; `problems` lists the reasons."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Loaded:
    """The result of a load."""

    lines: dict[str, int]  # number of lines per day, in the order of days
    replaced: list[str]  # days that were already in the table
    files: int
    seconds: float


@dataclass
class Column:
    """How a column of a file is read: its SQL expression, and the condition for invalid values."""

    value: str
    is_bad: str | None = None


@dataclass
class LogFile:
    """A file of the log: the SQL that reads the file and each of its columns."""

    path: Path
    relation: str = ""
    is_csv: bool = False
    is_gzipped: bool = False
    names: list[str] = field(default_factory=list)  # the column names in the file
    columns: dict[str, Column] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


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


def text(value: object) -> str:
    """Quote a string for SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def name(column: str) -> str:
    """Quote a column name for SQL."""
    return '"' + column.replace('"', '""') + '"'


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


# ------------------------------------------------------------------ contents of the files


def find_files(log: str) -> list[Path]:
    """Find the files of LOG. An existing path is never interpreted as a glob."""
    given = os.path.expanduser(log)
    if os.path.isdir(given):
        raise LoadError([f"{log} is a folder. Name its files: LOG='{log.rstrip('/')}/*.parquet'"])
    if os.path.exists(given):
        return [Path(given)]
    if not glob.has_magic(given):
        raise LoadError([f"{log}: no such file"])
    found = sorted(Path(path) for path in glob.glob(given, recursive=True) if os.path.isfile(path))
    if not found:
        raise LoadError([f"{log}: no file matches"])
    return found


def describe(path: Path, connection: duckdb.DuckDBPyConnection) -> LogFile:
    """Determine from its first bytes and header how to read a file, and record its problems."""
    file = LogFile(path)
    try:
        with open(path, "rb") as stream:
            start = stream.read(4)
        file.is_csv = start != b"PAR1"
        file.is_gzipped = start.startswith(b"\x1f\x8b")
        if file.is_csv:
            describe_csv(file)
        else:
            describe_parquet(file, connection)
    except OSError as error:
        file.problems.append(f"cannot be read: {error.strerror or error}")
    except UnicodeDecodeError:
        file.problems.append("is neither a Parquet file nor a CSV file in UTF-8")
    except (csv.Error, duckdb.Error) as error:
        file.problems.append(f"cannot be read: {said(error)}")
    return file


def open_csv(file: LogFile):
    """Open a CSV file in Python, to read its header or to find the line of an invalid value."""
    opener = gzip.open if file.is_gzipped else open
    return opener(file.path, "rt", encoding="utf-8-sig", newline="")


def describe_csv(file: LogFile) -> None:
    with open_csv(file) as stream:
        header = next((record for record in csv.reader(stream) if record), None)
    if header is None:
        file.problems.append("is empty: not even a header line")
        return
    file.names = [spelled.strip() for spelled in header]
    found = find_columns(file)

    # Every column is read as a string, exactly as written and under a generated name, so that
    # DuckDB does not interpret names or values. With the types of the table, it would load 101.5 as
    # 102 and ignore the offset of a time, and `store_rejects` would not list either.
    fields = {position: f"field_{position}" for position in range(len(header))}
    types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in fields.values())
    file.relation = (
        f"read_csv({text(glob.escape(str(file.path)))}, columns = {{{types}}}, header = true,"
        f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
        f" comment = '', skip = 0, strict_mode = true, encoding = 'utf-8',"
        f" compression = '{'gzip' if file.is_gzipped else 'none'}')"
    )
    for column, position in found.items():
        file.columns[column] = read_text(column, fields[position])


def describe_parquet(file: LogFile, connection: duckdb.DuckDBPyConnection) -> None:
    relation = f"read_parquet({text(glob.escape(str(file.path)))}, hive_partitioning = false)"
    described = connection.execute(f"describe select * from {relation}").fetchall()
    file.relation = relation
    file.names = [row[0] for row in described]
    found = find_columns(file)
    for column, position in found.items():
        found_type = described[position][1]
        file.columns[column] = read_typed(column, name(file.names[position]), found_type)
        if file.columns[column] is None:
            file.problems.append(f"{column}: expected {EXPECTED[column]}, found {found_type}")
            del file.columns[column]


def find_columns(file: LogFile) -> dict[str, int]:
    """Find the position of each column in a file. Missing and duplicate columns are problems."""
    lowered = [spelled.lower() for spelled in file.names]
    found = {column: lowered.index(column) for column in COLUMNS if column in lowered}
    missing = [column for column in COLUMNS if column not in found]
    # Spark and Hive write the partition column only into the name of the folder.
    folder = re.search("(?:^|/)part_date=([^/]*)/", file.path.as_posix())
    if "part_date" in missing and folder:
        missing.remove("part_date")
        file.columns["part_date"] = Column(text(folder.group(1)))
        if not is_real_day(folder.group(1)):
            file.problems.append(
                f"part_date: expected {EXPECTED['part_date']}, found {folder.group(0).strip('/')}"
            )
    for column in missing:
        file.problems.append(f"{column}: column missing, expected {EXPECTED[column]}")
    if missing:
        file.problems.append("the file has the columns " + ", ".join(file.names))
    for column in found:
        if lowered.count(column) > 1:
            file.problems.append(f"{column}: expected one column, found {lowered.count(column)}")
    return found


def read_text(column: str, source: str) -> Column:
    """How a column of a CSV file is read."""
    if column == "part_date":
        return Column(source, is_bad=f"not {is_day(source)}")
    if column == "log_dt":
        # Cast to timestamptz first, because a cast to timestamp would drop the offset.
        value = (
            f"case when regexp_matches({source},"
            " '^ *[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}')"
            f" then try_cast({source} as timestamptz) at time zone 'UTC' end"
        )
        return Column(value, is_bad=f"{source} is not null and ({value}) is null")
    if column == "ws_art_id":
        # The digits are extracted first, because a plain cast would round.
        digits = rf"regexp_extract({source}, '^ *([+-]?[0-9]+)(\.0*)? *$', 1)"
        value = f"try_cast({digits} as bigint)"
        return Column(value, is_bad=f"{source} is not null and {value} is null")
    return Column(source)


def read_typed(column: str, source: str, found_type: str) -> Column | None:
    """How a column of a Parquet file is read, or None if its type is not accepted."""
    value = f"cast({source} as {COLUMNS[column]})"
    if column == "part_date" and found_type == "DATE":
        value = f"strftime({source}, '%Y-%m-%d')"
    if column == "part_date" and found_type in ("DATE", "VARCHAR", NO_TYPE):
        return Column(value, is_bad=f"not {is_day(value)}")
    if found_type == NO_TYPE:
        return Column(value)
    if column == "log_dt":
        if found_type in ZONED_TIMESTAMP_TYPES:
            value = f"cast({source} at time zone 'UTC' as timestamp)"
        elif found_type not in TIMESTAMP_TYPES:
            return None
        return Column(value, is_bad=f"not isfinite({source})")
    if column == "ws_art_id":
        value = f"try_cast({source} as bigint)"
        if found_type in WHOLE_NUMBER_TYPES:
            return Column(value, is_bad=f"{source} is not null and {value} is null")
        # pandas stores whole numbers with nulls as doubles.
        if found_type in ("DOUBLE", "FLOAT") or found_type.startswith("DECIMAL"):
            return Column(
                value,
                is_bad=f"{source} is not null and ({value} is null or {value} <> {source})",
            )
        return None
    return Column(source) if found_type == "VARCHAR" else None


def is_real_day(value: str) -> bool:
    """Whether a string is a real day as yyyy-MM-dd."""
    try:
        return datetime.strptime(value, "%Y-%m-%d").strftime("%Y-%m-%d") == value
    except ValueError:
        return False


def is_day(source: str) -> str:
    """SQL for the check of is_real_day; false for null."""
    return (
        rf"coalesce(regexp_full_match({source}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        f" and {source} >= '0001' and try_cast({source} as date) is not null, false)"
    )


# ------------------------------------------------------------------ problems of the files


def check(file: LogFile, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Read the whole file once. Return the lines per day, and record problems in `file`."""
    checked = {column: read for column, read in file.columns.items() if read.is_bad}
    day = file.columns.get("part_date", Column("null"))
    counts = ", ".join(f"count(*) filter (where {read.is_bad})" for read in checked.values())
    # All columns are decoded, so that damage is found now and not during the load.
    decoded = ", ".join(f"count({read.value})" for read in file.columns.values())
    try:
        groups = connection.execute(
            f"select case when not ({day.is_bad or 'false'}) then {day.value} end, count(*)"
            f"{', ' if counts else ''}{counts}{', ' if decoded else ''}{decoded}"
            f" from {file.relation} group by 1 order by 1"
        ).fetchall()
        for place, (column, read) in enumerate(checked.items(), start=2):
            bad = sum(group[place] for group in groups)
            if bad:
                file.problems.append(
                    f"{column}: expected {EXPECTED[column]}, found "
                    + first_bad(file, column, read, connection)
                    + (f" (and {counted(bad - 1, 'line')} more)" if bad > 1 else "")
                )
    except duckdb.Error as error:
        file.problems.append(said(error))
        return {}
    return {group[0]: group[1] for group in groups if group[0] is not None}


def first_bad(
    file: LogFile, column: str, read: Column, connection: duckdb.DuckDBPyConnection
) -> str:
    """Describe the first invalid value of a column by its text and its line or row."""
    position = [spelled.lower() for spelled in file.names].index(column)
    if not file.is_csv:
        value, row = connection.execute(
            f"select cast({name(file.names[position])} as varchar), file_row_number + 1"
            f" from {file.relation} where {read.is_bad} order by 2 limit 1"
        ).fetchall()[0]
        return f"{quoted(value)} in row {row:,}"
    bad = connection.execute(
        f"select distinct coalesce(field_{position}, '') from {file.relation}"
        f" where {read.is_bad} limit 1000"
    ).fetchall()
    values = {row[0] for row in bad}
    with open_csv(file) as stream:
        csv.field_size_limit(sys.maxsize)
        reader, line = csv.reader(stream), 1
        for number, record in enumerate(reader):
            if number and record and record[position] in values:
                return f"{quoted(record[position])} in line {line:,}"
            line = reader.line_num + 1
    return quoted(min(values))  # not reached, unless Python and DuckDB read the file differently


def quoted(value: str | None) -> str:
    return f'"{value}"' if value else "nothing (null)"


def said(error: Exception) -> str:
    """The part of a DuckDB error message that describes the file."""
    message = str(error).split("Possible fixes:")[0].split("Possible Solution:")[0]
    line = re.search(r"CSV Error on Line: (\d+)", message)
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if line and fields:
        return (
            f"line {int(line.group(1)):,}: expected {fields.group(1)} fields,"
            f" found {fields.group(2)}"
        )
    parts = [part.strip() for part in message.splitlines() if part.strip()]
    if line:
        reasons = [part for part in parts[1:] if not part.startswith("Original Line")]
        return f"line {int(line.group(1)):,}: {reasons[-1] if reasons else parts[0]}"
    return parts[0] if parts else str(error)


def listed(files: list[LogFile]) -> list[str]:
    """The problems of all files, one per line, with the name of the file."""
    lines = [f"{file.path}: {problem}" for file in files for problem in file.problems]
    if len(lines) > MOST_PROBLEMS_SHOWN:
        rest = len(lines) - MOST_PROBLEMS_SHOWN
        lines[MOST_PROBLEMS_SHOWN:] = [f"... and {counted(rest, 'problem')} more"]
    return lines


# ------------------------------------------------------------------ loading


def check_table(connection: duckdb.DuckDBPyConnection, database: Path) -> bool:
    """Whether the log's table exists. Raises LoadError if it has other columns than the log."""
    where = f"{SCHEMA}.{TABLE} of {database}"
    kinds = connection.execute(
        "select table_type from information_schema.tables where table_catalog = 'warehouse'"
        f" and table_schema = '{SCHEMA}' and table_name = '{TABLE}'"
    ).fetchall()
    if not kinds:
        return False
    if kinds[0][0] != "BASE TABLE":
        raise LoadError([f"{where}: expected a table, found a {kinds[0][0].lower()}"])
    found = dict(
        connection.execute(
            "select column_name, data_type from information_schema.columns"
            f" where table_catalog = 'warehouse' and table_schema = '{SCHEMA}'"
            f" and table_name = '{TABLE}'"
        ).fetchall()
    )
    problems = [
        f"{where}: {column}: expected {COLUMNS.get(column, 'no such column')},"
        f" found {found.get(column, 'no such column')}"
        for column in [*COLUMNS, *(column for column in found if column not in COLUMNS)]
        if COLUMNS.get(column) != found.get(column)
    ]
    if problems:
        raise LoadError(
            [
                *problems,
                "The table and the log have different columns. Use another file"
                " (WS_DUCKDB_PATH=...) or drop the table.",
            ]
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
    days = ", ".join(text(day) for day in lines)
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
        watch(f"Loading {placed(file, number, len(files))}", connection)
        values = ", ".join(file.columns[column].value for column in COLUMNS)
        (count,) = connection.execute(
            f"insert into {target} ({', '.join(COLUMNS)}) select {values} from {file.relation}"
        ).fetchall()
        inserted += count[0]
    if inserted != sum(lines.values()):
        raise LoadError(["The files changed while they were read. Nothing was touched."])
    connection.execute("commit")
    return replaced


def placed(file: LogFile, number: int, files: int) -> str:
    """The name of a file, with its number if there are several."""
    return file.path.name + (f" ({number:,} of {files:,})" if files > 1 else "")


def load(log: str, database: Path, watch: Watch = lambda *_: None) -> Loaded:
    """Load LOG into the DuckDB file. If this fails, raise LoadError and change nothing."""
    started = time.monotonic()
    paths = find_files(log)
    with connect(database) as connection:
        files = [describe(path, connection) for path in paths]
        lines: dict[str, int] = {}
        for number, file in enumerate(files, start=1):
            if file.relation:
                watch(f"Checking {placed(file, number, len(files))}", connection)
                for day, count in check(file, connection).items():
                    lines[day] = lines.get(day, 0) + count
        problems = listed(files)
        if not problems and not lines:
            problems = [f"{log}: no lines, so there is nothing to load"]
        if problems:
            raise LoadError(problems)
        lines = dict(sorted(lines.items()))
        try:
            connection.execute(f"attach {text(database)} as warehouse")
            replaced = replace_days(files, lines, connection, database, watch)
        except duckdb.Error as error:
            if "lock" in str(error).lower():
                # DuckDB names the process, for example `/usr/bin/python3 (PID 123)`.
                holder = re.search(r"held in (.+ \(PID \d+\))", str(error))
                program = holder[1] if holder else "another program"
                raise LoadError(
                    [f"{database} is open in {program}. Close it there and try again."]
                ) from error
            raise LoadError([f"{database}: {said(error)}"]) from error
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
    given = parser.parse_args()
    try:
        print(summary(load(given.log, database_path())))
    except LoadError as error:
        report(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
