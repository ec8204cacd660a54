"""The files of a log: what they are, how DuckDB reads their columns, and what is wrong in them.

`find_files` finds them. `describe` reads each file to its end, which shows damage, and determines
how DuckDB reads its columns. `check` counts the lines of each day and finds invalid values. Both
record problems in the LogFile, and `listed` puts those of all files together.
"""

import csv
import glob
import gzip
import os
import re
import shutil
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import pyarrow
from pyarrow import parquet

from scripts.log_columns import (
    COLUMNS,
    EXPECTED,
    FIRST_DAY,
    LAST_DAY,
    Column,
    is_real_day,
    name,
    read_text,
    read_typed,
    text,
)

# Files beside which such a list lies are loaded only if the list says so.
LISTS_OF_FILES = {
    "_delta_log": "a Delta table",
    "metadata/*.metadata.json": "an Iceberg table",
    ".hoodie": "a Hudi table",
    "_spark_metadata": "the output of a Spark stream",
    "../_temporary": "an output that Spark has not finished",
}
UTF_16 = "is text in UTF-16 or UTF-32, or not text. Convert it with iconv -f UTF-16 -t UTF-8"
GZIP = b"\x1f\x8b"
# What a file is that begins with these bytes, and what to do.
OTHER_FORMATS = {
    b"PAR1": "is a Parquet file in gzip. Unpack it with gunzip",
    GZIP: "is in gzip twice. Unpack it with gunzip",
    b"PK\x03\x04": "is a zip file or a workbook. Unpack it, or save it as CSV in UTF-8",
    b"BZh": "is compressed with bzip2. Unpack it, or use gzip",
    b"\xfd7zXZ": "is compressed with xz. Unpack it, or use gzip",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd. Unpack it, or use gzip",
    b"\xff\xfe": UTF_16,
    b"\xfe\xff": UTF_16,
}
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "vertical bars", " ": "spaces"}

csv.field_size_limit(sys.maxsize)

MOST_PROBLEMS_SHOWN = 30


class LoadError(Exception):
    """Nothing was changed; the arguments are the reasons."""

    def __init__(self, *problems: str):
        super().__init__(*problems)
        self.problems = list(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


@dataclass
class LogFile:
    """A file of the log: the SQL that reads the file and each of its columns."""

    path: Path
    plain: Path | None = None  # of a CSV file, the file that DuckDB reads
    relation: str = ""
    names: list[str] = field(default_factory=list)  # the column names in the file
    columns: dict[str, Column] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def day_of_folder(self) -> str | None:
        """The day in the name of a folder, where Spark and Hive write the partition column."""
        days = re.findall("(?i)/part_date=([^/]*)(?=/)", os.path.abspath(self.path))
        return days[-1] if days else None


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


# ------------------------------------------------------------------ what the files are


def find_files(log: str) -> list[Path]:
    """Find the files of LOG. An existing path is never interpreted as a glob."""
    given = os.path.expanduser(log)
    if os.path.isdir(given):
        raise LoadError(f"{log} is a folder. Name its files: LOG='{log.rstrip('/')}/*.parquet'")
    if os.path.exists(given) or given.startswith(("/dev/", "/proc/")):
        if not os.path.isfile(given):
            raise LoadError(f"{log} is not a file. Write a pipe into a file first: … > log.csv")
        found = [Path(given)]
    elif glob.has_magic(given):
        paths = map(Path, glob.glob(given, recursive=True))
        found = sorted(path for path in paths if path.is_file())
    else:
        raise LoadError(f"{log}: no such file")
    if not found:
        raise LoadError(f"{log}: no file matches")
    for path in found:
        stop_unless_utf_8(path)
    return found


def stop_unless_utf_8(path: Path) -> None:
    """Raise LoadError if the name of a file is not UTF-8, which DuckDB needs."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise LoadError(f"{path}: the name is not UTF-8. Rename it") from error


def describe(path: Path, copy: Path, connection: duckdb.DuckDBPyConnection) -> LogFile:
    """Determine how to read a file, and record its problems. `copy` is where a CSV file that DuckDB
    does not read as it is gets copied to."""
    file = LogFile(path)
    try:
        if table := table_around(path.resolve().parent):
            raise LoadError(
                f"is part of {table}, in whose folders there are also removed or unfinished rows."
                " Write the rows of the table to files in another folder, and load those"
            )
        if first_bytes(path).startswith(b"PAR1"):
            describe_parquet(file, connection)
        else:
            file.plain = plain_text(path, copy)
            describe_csv(file)
    except LoadError as error:
        file.problems += error.problems
    except (OSError, csv.Error, duckdb.Error, pyarrow.ArrowException) as error:
        file.problems.append(f"cannot be read: {getattr(error, 'strerror', None) or said(error)}")
    return file


@cache
def table_around(folder: Path) -> str | None:
    """The table that a folder belongs to, if only a list tells which of its files count."""
    for parent in (folder, *folder.parents):
        for files, kind in LISTS_OF_FILES.items():
            if next(parent.glob(files), None):
                return f"{kind} ({parent})"
    return None


def first_bytes(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(8)


def plain_text(path: Path, copy: Path) -> Path:
    """Read a CSV file to its end and return it, or a copy that is unpacked and has one kind of line
    end. Raises LoadError if it is damaged, in another format or not UTF-8."""
    plain = path
    if first_bytes(path).startswith(GZIP):
        try:
            with gzip.open(path) as packed, open(copy, "wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            # The first bytes are gzip's, so these follow a complete member.
            is_longer = "Not a gzipped file" in str(error)
            raise LoadError(
                f"is damaged: {'other bytes follow its gzip data' if is_longer else error}."
                " `gzip -t` shows it. Get the file again"
            ) from error
        plain = copy
    start = first_bytes(plain)
    for other_start, problem in OTHER_FORMATS.items():
        if start.startswith(other_start):
            raise LoadError(problem)
    if b"\0" in start:
        raise LoadError(UTF_16)
    try:
        with open(plain, encoding="utf-8") as stream:
            while stream.read(1 << 20):
                pass
    except UnicodeDecodeError:
        with open(plain, encoding="utf-8", errors="surrogateescape") as stream:
            for line, content in enumerate(stream, start=1):
                if bad := re.search("[\udc80-\udcff]", content):
                    raise LoadError(
                        f"line {line:,}: byte 0x{ord(bad[0]) & 0xFF:02X} is not UTF-8. Convert the"
                        " file, for example with iconv -f CP949 -t UTF-8"
                    ) from None
    if isinstance(stream.newlines, tuple):
        return with_one_line_end(plain, copy.with_suffix(".lf"), stream.newlines)
    return plain


def with_one_line_end(path: Path, copy: Path, line_ends: tuple[str, ...]) -> Path:
    """Copy a CSV file with several kinds of line ends, of which DuckDB reads only one. Values that
    contain a line end keep it."""
    try:
        with open(copy, "w", encoding="utf-8", newline="") as normal:
            writer = csv.writer(normal, lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writerows(record for _, record in records(path))
    except LoadError as error:
        raise LoadError(
            f"{error}. Each of {', '.join(map(repr, line_ends))} ends a line in this file. Put"
            " values that contain one in quotes"
        ) from error
    return copy


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file from the header on, with the line at which each begins. Raises
    LoadError at the first one that is malformed."""
    line, fields = 1, 0
    with open(path, encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            for record in reader:
                fields = fields or len(record)
                if record and len(record) != fields:
                    raise LoadError(f"line {line:,}: expected {fields} fields, found {len(record)}")
                yield line, record
                line = reader.line_num + 1
        except csv.Error as error:
            raise LoadError(f"line {line:,}: {error} (see its quotes)") from error


def describe_csv(file: LogFile) -> None:
    with open(file.plain, encoding="utf-8-sig") as stream:
        if separator := other_separator(stream.readline().strip("\n")):
            raise LoadError(f"is separated by {separator}. Write it with commas")
    _, header = next(records(file.plain), (1, None))
    if not header:
        raise LoadError(
            "is empty: not even a header line"
            if header is None
            else "line 1: expected the names of the columns, found an empty line"
        )
    file.names = [spelled.strip() for spelled in header]
    found = find_columns(file)
    if not found:
        return

    # Every column is read as a string, exactly as written and under a generated name, so that
    # DuckDB does not interpret names or values. With the types of the table, it would load 101.5 as
    # 102 and ignore the offset of a time, and `store_rejects` would not list either.
    fields = [f"field_{position}" for position in range(len(header))]
    types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in fields)
    file.relation = (
        f"read_csv({text(glob.escape(str(file.plain)))}, columns = {{{types}}}, header = true,"
        f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
        f" comment = '', skip = 0, strict_mode = true, encoding = 'utf-8', compression = 'none')"
    )
    file.columns = {column: read_text(column, fields[place]) for column, place in found.items()}
    compare_with_folder(file)


def other_separator(header: str) -> str | None:
    """What a header is separated by, if that gives more of the log's columns than commas do."""

    def columns(separator: str) -> int:
        names = {spelled.strip("\"' ").lower() for spelled in header.split(separator)}
        return len(names & COLUMNS.keys())

    separator = max(re.findall(r"[^\w\"']+", header), key=columns, default=",")
    if columns(separator) > columns(","):
        return SEPARATORS.get(separator.strip() or separator, repr(separator))
    return None


def describe_parquet(file: LogFile, connection: duckdb.DuckDBPyConnection) -> None:
    with parquet.ParquetFile(file.path, page_checksum_verification=True) as opened:
        # DuckDB renames a column that is there twice.
        file.names = opened.schema_arrow.names
        found = find_columns(file)
        if not file.problems:
            # DuckDB does not compare the checksums that Spark writes.
            for _ in opened.iter_batches(columns=[file.names[place] for place in found.values()]):
                pass
    relation = f"read_parquet({text(glob.escape(str(file.path)))}, hive_partitioning = false)"
    described = connection.execute(f"describe select * from {relation}").fetchall()
    file.relation = relation
    for column, position in found.items():
        of_column, found_type = described[position][:2]
        read = read_typed(column, name(of_column), found_type)
        if read is None:
            file.problems.append(f"{column}: expected {EXPECTED[column]}, found {found_type}")
        else:
            file.columns[column] = read
    compare_with_folder(file)


def find_columns(file: LogFile) -> dict[str, int]:
    """Find the position of each column in a file. Missing and duplicate columns are problems."""
    lowered = [spelled.lower() for spelled in file.names]
    found = {column: lowered.index(column) for column in COLUMNS if column in lowered}
    missing = [column for column in COLUMNS if column not in found]
    if "part_date" in missing and file.day_of_folder is not None:
        missing.remove("part_date")
    for column in missing if found else []:
        file.problems.append(f"{column}: column missing, expected {EXPECTED[column]}")
    if missing:
        names = ", ".join(file.names)
        file.problems.append(
            f"the file has the columns {names}"
            if found
            else f"has none of the log's columns. A CSV file begins with their names; this one with"
            f" {names[:200]}"
        )
    for column in found:
        if lowered.count(column) > 1:
            file.problems.append(f"{column}: expected one column, found {lowered.count(column)}")
    return found


def compare_with_folder(file: LogFile) -> None:
    """Take part_date from the folder. If the file has the column too, they must agree."""
    day = file.day_of_folder
    if day is None:
        return
    if not (is_real_day(day) and FIRST_DAY <= day <= LAST_DAY):
        file.problems.append(f"part_date: expected {EXPECTED['part_date']}, found part_date={day}")
    if in_file := file.columns.get("part_date"):
        in_file.is_bad = f"{in_file.value} is distinct from {text(day)}"
        in_file.expected = f"{day} as in the name of its folder"
    else:
        file.columns["part_date"] = Column(text(day))


# ------------------------------------------------------------------ problems of the files


def check(file: LogFile, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Read the whole file once. Return the lines per day, and record problems in `file`."""
    checked = {column: read for column, read in file.columns.items() if read.is_bad}
    day = file.columns.get("part_date", Column("null"))
    counts = [f"count(*) filter (where {read.is_bad})" for read in checked.values()]
    # All columns are decoded, so that damage is found now and not during the load.
    decoded = [f"count({read.value})" for read in file.columns.values()]
    valid_day = f"case when not ({day.is_bad or 'false'}) then {day.value} end"
    selected = ", ".join([valid_day, "count(*)", *counts, *decoded])
    try:
        groups = connection.execute(f"select {selected} from {file.relation} group by 1").fetchall()
        for place, (column, read) in enumerate(checked.items(), start=2):
            bad = sum(group[place] for group in groups)
            if bad:
                file.problems.append(
                    f"{column}: expected {read.expected or EXPECTED[column]}, found "
                    + first_bad(file, column, read, connection)
                    + (f" (and {counted(bad - 1, 'line')} more)" if bad > 1 else "")
                )
        return {group[0]: group[1] for group in groups if group[0] is not None}
    except LoadError as error:
        file.problems += error.problems
    except duckdb.Error as error:
        file.problems.append(malformed(file) or said(error))
    return {}


def malformed(file: LogFile) -> str | None:
    """The first malformed record of a CSV file. DuckDB would not count the lines in quotes."""
    try:
        for _ in records(file.plain) if file.plain else ():
            pass
    except LoadError as error:
        return str(error)
    return None


def first_bad(
    file: LogFile, column: str, read: Column, connection: duckdb.DuckDBPyConnection
) -> str:
    """Describe the first invalid value of a column by its text and its line or row."""
    position = [spelled.lower() for spelled in file.names].index(column)
    if file.plain is None:
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
    for line, record in records(file.plain):
        if line > 1 and record and record[position] in values:
            return f"{quoted(record[position])} in line {line:,}"
    return quoted(min(values))  # not reached, unless Python and DuckDB read the file differently


def quoted(value: str | None) -> str:
    return f'"{value}"' if value else "nothing (null)"


def said(error: Exception) -> str:
    """The part of a DuckDB error message that describes the file."""
    message = str(error).split("Possible fixes:")[0].split("Possible Solution:")[0]
    parts = [part.strip() for part in message.splitlines() if part.strip()]
    return parts[0] if parts else str(error)


def listed(files: list[LogFile]) -> list[str]:
    """The problems of all files, one per line, with the name of the file."""
    lines = [f"{file.path}: {problem}" for file in files for problem in file.problems]
    if len(lines) > MOST_PROBLEMS_SHOWN:
        rest = len(lines) - MOST_PROBLEMS_SHOWN
        lines[MOST_PROBLEMS_SHOWN:] = [f"... and {counted(rest, 'problem')} more"]
    return lines
