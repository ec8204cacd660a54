"""Test loading a user's log: what is loaded, what is replaced, and what stops it without
changes."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pytest
from pyarrow import parquet

from scripts.load_log import COLUMNS, Loaded, LoadError, load
from scripts.paths import ROOT

TABLE = "service_log.weplyapi_client_log"
HEADER = ",".join(COLUMNS)
A_DAY = "expected day as yyyy-MM-dd from 1970-01-01 to 2999-12-31"
A_TIME = "expected timestamp in UTC, or with Z, UTC, GMT or an offset up to 18:00 such as +09:00"

Row = dict[str, Any]


def line(id_of_line: str, day: str = "2024-01-14", **other: Any) -> Row:
    """A valid line of the log in the form of a CSV file."""
    return {
        **dict.fromkeys(COLUMNS, ""),
        "part_date": day,
        "log_id": id_of_line,
        "log_dt": f"{day} 10:00:00.123",
        "user_device_id": "b1",
        "ws_art_id": "101",
        **other,
    }


def write_csv(file: Path, rows: list[Row], columns: list[str] | None = None) -> Path:
    columns = columns or list(COLUMNS)
    file.parent.mkdir(parents=True, exist_ok=True)
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def write_parquet(file: Path, rows: list[Row], **of_columns: str) -> Path:
    """The rows with the types of the log, except columns for which SQL on the CSV text is given."""
    file.parent.mkdir(parents=True, exist_ok=True)
    source = write_csv(file.with_suffix(".source"), rows)
    columns = {
        column: f"cast({column} as {of_type})" for column, of_type in COLUMNS.items()
    } | of_columns
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {', '.join(f'{sql} as {name}' for name, sql in columns.items() if sql)}"
            f" from read_csv('{source}', all_varchar = true, hive_partitioning = false))"
            f" to '{file}' (format parquet)"
        )
    source.unlink()
    return file


def rewritten(file: Path, change: Callable[[bytes], bytes]) -> Path:
    """The file with its bytes changed."""
    file.write_bytes(change(file.read_bytes()))
    return file


def bit_flipped(place: int) -> Callable[[bytes], bytes]:
    """Change a bit of one byte, counted from the end if the place is negative."""

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[place] ^= 1
        return bytes(changed)

    return change


class Local:
    """A DuckDB file and the contents of its log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, log: object) -> Loaded:
        return load(str(log), self.path)

    def problems(self, log: object) -> list[str]:
        """The message of a load that fails. The file must stay identical."""
        before = self.path.read_bytes() if self.path.exists() else None
        with pytest.raises(LoadError) as stopped:
            self.load(log)
        assert (self.path.read_bytes() if self.path.exists() else None) == before
        return stopped.value.problems

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def ids(self) -> list[str]:
        return [row[0] for row in self.query(f"select log_id from {TABLE} order by 1")]

    def only(self, column: str) -> Any:
        ((value,),) = self.query(f"select {column} from {TABLE}")
        return value


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path / "ws shop.duckdb")


@pytest.fixture
def held(local: Local, tmp_path: Path) -> Local:
    """A database with one line on each of two days."""
    local.load(write_csv(tmp_path / "before.csv", [line("a"), line("b", "2024-01-15")]))
    return local


# ---------- loaded rows


def test_strings_stay_as_written(local: Local, tmp_path: Path) -> None:
    strings = {
        "log_id": "null",
        "user_device_id": " 007 ",
        "wv_device_id": "0",
        "s_user_id": "NaN",
        "s_wemember_id": 'a "b", c',
        "os": "두\nlines",
        "app_ver": "1.10",
    }
    local.load(write_csv(tmp_path / "log.csv", [line("", **strings)]))
    for column, value in strings.items():
        assert local.only(column) == value


def test_empty_field_is_null(local: Local, tmp_path: Path) -> None:
    local.load(write_csv(tmp_path / "log.csv", [line("", log_dt="", ws_art_id="", os="")]))
    assert local.query(f"select log_id, log_dt, ws_art_id, os from {TABLE}") == [(None,) * 4]


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-14 10:00:00.123456",
        "2024-01-14T10:00:00.123456Z",
        "2024-01-14T19:00:00.123456+09:00",
        "2024-01-14 10:00:00.123456 UTC",
        "2024-01-14 10:00:00.123456 GMT",
        "2024-01-14 19:00:00.123456 +0900",
        "2024-01-15 04:00:00.123456+18:00",
        "2024-01-13 16:00:00.123456-18",
        "2024-01-14 10:00:00.123456999",
        "2024-01-14T19:00:00.123456999+09:00",
    ],
)
def test_csv_times_become_utc(local: Local, tmp_path: Path, written: str) -> None:
    local.load(write_csv(tmp_path / "log.csv", [line("a", log_dt=written)]))
    assert local.only("log_dt") == datetime(2024, 1, 14, 10, 0, 0, 123456)


def test_order_of_columns_and_other_columns_do_not_matter(local: Local, tmp_path: Path) -> None:
    columns = ["other", *reversed(COLUMNS), "another"]
    local.load(write_csv(tmp_path / "log.csv", [line("a", other="x", another="y")], columns))
    assert local.query(f"select part_date, log_id, app_ver from {TABLE}") == [
        ("2024-01-14", "a", None)
    ]


def test_gzipped_csv(local: Local, tmp_path: Path) -> None:
    local.load(write_csv(tmp_path / "log.csv.gz", [line("a")]))
    assert local.ids() == ["a"]


def test_byte_order_mark_and_carriage_returns(local: Local, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "log.csv", [line("a"), line("b")])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    local.load(file)
    assert local.ids() == ["a", "b"]


def test_parquet(local: Local, tmp_path: Path) -> None:
    local.load(write_parquet(tmp_path / "log.parquet", [line("007"), line("", ws_art_id="")]))
    assert local.query(f"select log_id, ws_art_id, log_dt from {TABLE} order by 1") == [
        ("007", 101, datetime(2024, 1, 14, 10, 0, 0, 123000)),
        (None, None, datetime(2024, 1, 14, 10, 0, 0, 123000)),
    ]


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Seoul"])
@pytest.mark.parametrize("nanos", [1_709_683_199_999_999_999, -1])
def test_nanoseconds_in_parquet_are_cut(
    local: Local, tmp_path: Path, zone: str | None, nanos: int
) -> None:
    rows = parquet.read_table(write_parquet(tmp_path / "log.parquet", [line("a")]))
    times = pyarrow.array([nanos], pyarrow.timestamp("ns", zone))
    place = rows.column_names.index("log_dt")
    parquet.write_table(rows.set_column(place, "log_dt", times), tmp_path / "log.parquet")
    local.load(tmp_path / "log.parquet")
    day = datetime(2024, 3, 5) if nanos > 0 else datetime(1969, 12, 31)
    assert local.only("log_dt") == day.replace(hour=23, minute=59, second=59, microsecond=999_999)


def test_parquet_types_that_hold_the_same(local: Local, tmp_path: Path) -> None:
    file = write_parquet(
        tmp_path / "log.parquet",
        [line("a")],
        part_date="cast(part_date as date)",
        log_dt="cast('2024-01-14 10:00:00.123+09:00' as timestamptz)",
        ws_art_id="cast(ws_art_id as double)",
        os="null",
    )
    local.load(file)
    assert local.query(f"select part_date, log_dt, ws_art_id, os from {TABLE}") == [
        ("2024-01-14", datetime(2024, 1, 14, 1, 0, 0, 123000), 101, None)
    ]


def test_part_date_of_a_folder(local: Local, tmp_path: Path) -> None:
    for day in ("2024-01-14", "2024-01-15"):
        write_parquet(tmp_path / f"part_date={day}" / "0.parquet", [line(day, day)], part_date="")
    assert local.load(tmp_path / "*" / "*.parquet").lines == {"2024-01-14": 1, "2024-01-15": 1}


@pytest.mark.parametrize(
    ("first", "second"), [("\n", "\r\n"), ("\r\n", "\n"), ("\r", "\n"), ("\r\r\n", "\r\n")]
)
@pytest.mark.parametrize("value", ["1.0", "a\r\nb", "a\nb", "a\rb", '5" "x'])
def test_several_kinds_of_line_ends(
    local: Local, tmp_path: Path, first: str, second: str, value: str
) -> None:
    quoted = '"' + value.replace('"', '""') + '"'
    lines = [f"2024-01-14,{number}{',' * 12},{quoted}" for number in range(3)]
    log = first.join([HEADER, lines[0]]) + second + first.join(lines[1:]) + second
    (tmp_path / "log.csv").write_text(log, newline="")
    local.load(tmp_path / "log.csv")
    assert local.query(f"select log_id, app_ver from {TABLE} order by 1") == [
        (str(number), value) for number in range(3)
    ]


def test_gzip_of_several_members_and_line_ends(local: Local, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "log.csv.gz", [line("a")])
    more = gzip.compress(f"2024-01-14,b{',' * 13}\n".encode())
    # `gzip -t` accepts zeros at the end too.
    local.load(rewritten(file, lambda content: content + more + bytes(512)))
    assert local.ids() == ["a", "b"]


def test_glob_of_files_that_differ(local: Local, tmp_path: Path) -> None:
    write_csv(tmp_path / "log" / "1.csv", [line("a")])
    write_csv(tmp_path / "log" / "deep" / "[2].csv", [line("b")], [*reversed(COLUMNS)])
    write_parquet(tmp_path / "log" / "3.parquet", [line("c")])
    loaded = local.load(tmp_path / "log" / "**" / "*.*")
    assert (loaded.files, loaded.lines, local.ids()) == (3, {"2024-01-14": 3}, ["a", "b", "c"])


def test_path_that_looks_like_a_glob(local: Local, tmp_path: Path) -> None:
    write_csv(tmp_path / "1.csv", [line("not this")])
    local.load(write_csv(tmp_path / "[1].csv", [line("a")]))
    assert local.ids() == ["a"]


# ---------- replaced days


def test_days_of_the_file_are_replaced_and_others_left(held: Local, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "log.csv",
        [line("c", "2024-01-15"), line("d", "2024-01-15"), line("e", "2024-01-16")],
    )
    loaded = held.load(file)
    assert loaded.lines == {"2024-01-15": 2, "2024-01-16": 1}
    assert loaded.replaced == ["2024-01-15"]
    assert held.ids() == ["a", "c", "d", "e"]
    held.load(file)
    assert held.ids() == ["a", "c", "d", "e"]


def test_table_with_its_columns_in_another_order(local: Local, tmp_path: Path) -> None:
    columns = ", ".join(f"{name} {of_type}" for name, of_type in reversed(COLUMNS.items()))
    local.query("create schema service_log")
    local.query(f"create table {TABLE} ({columns})")
    local.load(write_csv(tmp_path / "log.csv", [line("a")]))
    assert local.query(f"select log_id, part_date from {TABLE}") == [("a", "2024-01-14")]


# ---------- errors


@pytest.mark.parametrize(
    ("column", "written", "problem"),
    [
        ("part_date", "", f"part_date: {A_DAY}, found nothing (null) in line 3"),
        *(
            ("part_date", day, f'part_date: {A_DAY}, found "{day}" in line 3')
            for day in ("2024-02-30", "2024-1-14", "0000-01-01", "1969-12-31", "3000-01-01")
        ),
        *(
            ("log_dt", time, f'log_dt: {A_TIME}, found "{time}" in line 3')
            for time in ("not-a-time", "2024-01-14", "1705226400000", "infinity")
        ),
        *(
            ("log_dt", time, f'log_dt: {A_TIME}, found "{time}" in line 3')
            for zone in (
                *(" BST", " AST", " KST", " EST", " Asia/Seoul", " Etc/UTC", " UTC+9", "[UTC]"),
                *("+25:00", "+18:01", "-18:30", "+09:60", "+9", "+09:00 KST"),
            )
            for time in (f"2024-01-14 10:00:00{zone}",)
        ),
        ("ws_art_id", "x1", 'ws_art_id: expected whole number, found "x1" in line 3'),
        ("ws_art_id", "101.5", 'ws_art_id: expected whole number, found "101.5" in line 3'),
        ("ws_art_id", "9" * 19, f'expected whole number, found "{"9" * 19}" in line 3'),
    ],
)
def test_bad_value_in_csv(
    held: Local, tmp_path: Path, column: str, written: str, problem: str
) -> None:
    rows = [line("c"), line("d", **{column: written}), line("e")]
    (found,) = held.problems(write_csv(tmp_path / "log.csv", rows))
    assert found.endswith(problem)
    assert held.ids() == ["a", "b"]


def test_line_is_that_of_the_file(held: Local, tmp_path: Path) -> None:
    rows = [line("c", os="two\nlines"), line("d"), line("e", log_dt="x"), line("f", log_dt="y")]
    (found,) = held.problems(write_csv(tmp_path / "log.csv", rows))
    assert found.endswith(f'log_dt: {A_TIME}, found "x" in line 5 (and 1 line more)')


def test_all_problems_at_once(held: Local, tmp_path: Path) -> None:
    write_csv(tmp_path / "1.csv", [line("c", part_date="", log_dt="x", ws_art_id="y")])
    columns = [column for column in COLUMNS if column not in ("part_date", "shop")] + ["day"]
    write_csv(tmp_path / "2.csv", [line("d", log_dt="z")], columns)
    found = [problem.split(f"{tmp_path}/")[1] for problem in held.problems(tmp_path / "[12].csv")]
    assert found == [
        f"1.csv: part_date: {A_DAY}, found nothing (null) in line 2",
        f'1.csv: log_dt: {A_TIME}, found "x" in line 2',
        '1.csv: ws_art_id: expected whole number, found "y" in line 2',
        f"2.csv: part_date: column missing, {A_DAY}",
        "2.csv: shop: column missing, expected string",
        "2.csv: the file has the columns " + ", ".join(columns),
        f'2.csv: log_dt: {A_TIME}, found "z" in line 2',
    ]


@pytest.mark.parametrize(
    ("column", "sql", "problem"),
    [
        ("log_dt", "log_dt", "log_dt: expected timestamp, found VARCHAR"),
        ("log_dt", "cast(part_date as date)", "log_dt: expected timestamp, found DATE"),
        ("ws_art_id", "ws_art_id", "ws_art_id: expected whole number, found VARCHAR"),
        ("ws_art_id", "'NaN'::double", 'ws_art_id: expected whole number, found "nan" in row 1'),
        ("ws_art_id", "101.5::double", 'ws_art_id: expected whole number, found "101.5" in row 1'),
        ("s_user_id", "7", "s_user_id: expected string, found INTEGER"),
        ("part_date", "20240114", f"part_date: {A_DAY}, found INTEGER"),
        ("part_date", "'2024-01-32'", f'{A_DAY}, found "2024-01-32" in row 1'),
        ("part_date", "date '1969-12-31'", f'{A_DAY}, found "1969-12-31" in row 1'),
        ("part_date", "null::date", f"{A_DAY}, found nothing (null) in row 1"),
        ("wv_device_id", "", "wv_device_id: column missing, expected string"),
    ],
)
def test_bad_column_in_parquet(
    held: Local, tmp_path: Path, column: str, sql: str, problem: str
) -> None:
    file = write_parquet(tmp_path / "log.parquet", [line("c")], **{column: sql})
    assert held.problems(file)[0].endswith(problem)


def test_column_that_is_twice_in_parquet(held: Local, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "log.parquet", [line("c")])
    rows = parquet.read_table(file)
    for again in ("SHOP", "shop"):
        parquet.write_table(rows.append_column(again, rows.column("os")), file)
        assert held.problems(file) == [f"{file}: shop: expected one column, found 2"]
    twice = rows.append_column("other", rows.column("os")).append_column("OTHER", rows.column("os"))
    parquet.write_table(twice, file)
    held.load(file)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty: not even a header line"),
        (b"\n" + HEADER.encode(), "line 1: expected the names of the columns, found an empty"),
        (HEADER.encode() + b"\n", "no lines, so there is nothing to load"),
        (HEADER.encode() + b"\na,b\n", "line 2: expected 15 fields, found 2"),
        (HEADER.encode() + b'\n"a' + b"," * 14, "line 2: unexpected end of data"),
        (b"PAR1 and no more", "cannot be read"),
        (b"log_id,log_id\na,b\n", "log_id: expected one column, found 2"),
        (b'{"log_id": "a"}', "none of the log's columns. A CSV file begins with their names"),
        (HEADER.encode("utf-16"), "is text in UTF-16"),
        (HEADER.encode("utf-16-le"), "is text in UTF-16"),
        (gzip.compress(b"PAR1"), "is a Parquet file in gzip. Unpack it"),
        (gzip.compress(gzip.compress(b"a")), "is in gzip twice"),
        (b"PK\x03\x04...", "is a zip file"),
    ],
    # The content of a gzip file differs between two processes: it holds the time.
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_file_that_is_no_log(held: Local, tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    assert any(problem in found for found in held.problems(file))


@pytest.mark.parametrize(
    ("separator", "name"),
    [("\t", "tabs"), (";", "semicolons"), (" ; ", "semicolons"), ("|", "vertical bars")]
    + [("\x01", r"'\x01'"), ("||", "'||'"), ('";"', "semicolons")],
)
def test_columns_that_are_not_separated_by_commas(
    held: Local, tmp_path: Path, separator: str, name: str
) -> None:
    file = tmp_path / "log.csv"
    quote = '"' if '"' in separator else ""
    file.write_text(f"{quote}{separator.join(COLUMNS)}{quote}\r\n", newline="")
    assert held.problems(file) == [f"{file}: is separated by {name}. Write it with commas"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda content: content[:-9], "ended before the end-of-stream marker"),
        (lambda content: content[:10], "ended before the end-of-stream marker"),
        (bit_flipped(-1), "Incorrect length"),
        (bit_flipped(-6), "CRC check failed"),
        (lambda content: content[:12] + b"\xff" * 30 + content[42:], "while decompressing"),
        (lambda content: content + b"more", "other bytes follow its gzip data"),
        (lambda content: content + bit_flipped(-6)(gzip.compress(b"\n")), "CRC check failed"),
    ],
)
def test_damaged_gzip(
    held: Local, tmp_path: Path, change: Callable[[bytes], bytes], reason: str
) -> None:
    file = rewritten(write_csv(tmp_path / "log.csv.gz", [line("c")]), change)
    (found,) = held.problems(file)
    assert found.startswith(f"{file}: is damaged: ")
    assert reason in found and "`gzip -t` shows it" in found


def test_damaged_parquet(held: Local, tmp_path: Path) -> None:
    """Spark writes checksums of the pages."""
    file = write_parquet(tmp_path / "log.parquet", [line("c", user_device_id="the device")])
    rows = parquet.read_table(file)
    parquet.write_table(
        rows, file, write_page_checksum=True, use_dictionary=False, compression="none"
    )
    held.load(file)
    rewritten(file, lambda content: content.replace(b"the device", b"the Device"))
    (found,) = held.problems(file)
    assert "CRC checksum verification failed" in found


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bad", [b"\xbc,", b",\xbc", b"\xe3\x80"])
def test_line_of_a_byte_that_is_not_utf_8(
    held: Local, tmp_path: Path, name: str, line_end: str, bad: bytes
) -> None:
    """Also in a column that is not loaded, and within the last character."""
    lines = [f"other,{HEADER}", f'"a{line_end}b",2024-01-14,"한글{line_end}"{"," * 13}', ""]
    content = line_end.join(lines).encode() + bad
    file = tmp_path / name
    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    byte = f"0x{bad.strip(b',')[0]:02X}"
    (found,) = held.problems(file)
    assert found.startswith(f"{file}: line 5: byte {byte} is not UTF-8. Convert the file")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["2024-01-14,a\r,,,,,,,,,,,,,"], "line 2: expected 15 fields, found 2. "),
        (["2024-01-14,a,,,,,,,,,,,,,x\ry"], "line 3: expected 15 fields, found 1. "),
        (['2024-01-14,"a\r\n",,,,,,,,,,,,,', '2024-01-14,"b"c,,'], "line 4: ',' expected after '"),
    ],
)
def test_line_ends_that_are_ambiguous(
    held: Local, tmp_path: Path, lines: list[str], problem: str
) -> None:
    file = tmp_path / "log.csv"
    file.write_text("\n".join([HEADER, *lines]), newline="")
    (found,) = held.problems(file)
    assert found.startswith(f"{file}: {problem}")
    assert "Put values that contain one in quotes" in found


@pytest.mark.parametrize(
    ("listed", "name", "kind"),
    [
        ("_delta_log/00000000000000000000.json", "part-0.parquet", "a Delta table"),
        ("_delta_log/00000000000000000000.json", "part_date=2024-01-14/0.parquet", "a Delta table"),
        ("_delta_log/00000000000000000000.json", "_delta_log/0.parquet", "a Delta table"),
        ("metadata/v1.metadata.json", "data/0.parquet", "an Iceberg table"),
        (".hoodie/hoodie.properties", "2024/0.parquet", "a Hudi table"),
        ("_spark_metadata/0", "0.csv", "the output of a Spark stream"),
        ("_temporary/0/task/0.parquet", "_temporary/0/task/0.parquet", "an output that Spark has"),
    ],
)
def test_files_of_a_table_that_lists_them(
    held: Local, tmp_path: Path, listed: str, name: str, kind: str
) -> None:
    folder = tmp_path / "table"
    (folder / listed).parent.mkdir(parents=True)
    (folder / listed).touch()
    write = write_csv if name.endswith(".csv") else write_parquet
    write(folder / name, [line("c")])
    (found,) = held.problems(folder / "**" / Path(name).name)
    assert found.startswith(f"{folder / name}: is part of {kind}")


@pytest.mark.parametrize("name", ["part_date=2024-01-15/0.csv", "Part_Date=2024-01-15/0.parquet"])
def test_folder_of_another_day_than_its_file(held: Local, tmp_path: Path, name: str) -> None:
    write = write_csv if name.endswith(".csv") else write_parquet
    file = write(tmp_path / name, [line("c", "2024-01-15"), line("d")])
    (found,) = held.problems(file)
    assert found.startswith(
        f"{file}: part_date: expected 2024-01-15 as in the name of its folder,"
        ' found "2024-01-14" in '
    )


def test_folder_of_a_day_that_no_run_builds(held: Local, tmp_path: Path) -> None:
    for day in ("1969-12-31", "20240115", "__HIVE_DEFAULT_PARTITION__"):
        file = write_parquet(tmp_path / f"part_date={day}" / "0.parquet", [line("c")], part_date="")
        assert held.problems(file) == [f"{file}: part_date: {A_DAY}, found part_date={day}"]


def test_days_that_no_run_builds_stop_the_others(held: Local, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "log.csv", [line("c"), line("d", "1969-12-31")])
    assert held.problems(file) == [f'{file}: part_date: {A_DAY}, found "1969-12-31" in line 3']


def test_pipe(local: Local, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for log in (tmp_path / "pipe", "/dev/fd/1000"):
        (found,) = local.problems(log)
        assert found.startswith(f"{log} is not a file. Write a pipe into a file first")


def test_no_file(local: Local, tmp_path: Path) -> None:
    assert local.problems(tmp_path / "log.csv") == [f"{tmp_path}/log.csv: no such file"]
    assert local.problems(tmp_path / "*.csv") == [f"{tmp_path}/*.csv: no file matches"]
    assert "is a folder" in local.problems(tmp_path)[0]


def test_table_of_another_shape(local: Local, tmp_path: Path) -> None:
    columns = {**COLUMNS, "log_dt": "VARCHAR", "extra": "INTEGER"}
    del columns["shop"]
    local.query("create schema service_log")
    local.query(f"create table {TABLE} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
    with pytest.raises(LoadError) as stopped:
        local.load(write_csv(tmp_path / "log.csv", [line("a")]))
    *found, advice = stopped.value.problems
    assert [problem.split(f"{local.path}: ")[1] for problem in found] == [
        "log_dt: expected TIMESTAMP, found VARCHAR",
        "shop: expected VARCHAR, found no such column",
        "extra: expected no such column, found INTEGER",
    ]
    assert "different columns" in advice
    assert local.query(f"select count(*) from {TABLE}") == [(0,)]


def test_failure_while_loading_leaves_nothing_half_written(
    held: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_csv(tmp_path / "log.csv", [line("c"), line("d")])
    # The file had three lines when it was checked.
    monkeypatch.setattr("scripts.load_log.check", lambda *_: {"2024-01-14": 3})
    with pytest.raises(LoadError, match="changed while they were read"):
        held.load(file)
    assert held.ids() == ["a", "b"]


def called(log: Path, database: Path, *prefix: str, **environment: str) -> Any:
    return subprocess.run(
        [*prefix, sys.executable, "-m", "scripts.load_log", log],
        cwd=ROOT,
        env=os.environ | {"WS_DUCKDB_PATH": str(database)} | environment,
        capture_output=True,
    )


def test_command(tmp_path: Path) -> None:
    bad = called(write_csv(tmp_path / "bad.csv", [line("a", log_dt="x")]), tmp_path / "w.duckdb")
    assert bad.returncode == 1
    assert b"nothing was touched" in bad.stderr
    assert not (tmp_path / "w.duckdb").exists()
    good = called(write_csv(tmp_path / "good.csv", [line("a")]), tmp_path / "w.duckdb")
    assert good.returncode == 0
    assert good.stdout.startswith(b"Loaded 1 line of 1 day (2024-01-14; 0 of them replaced)")
    assert {file.name for file in tmp_path.iterdir()} == {"bad.csv", "good.csv", "w.duckdb"}


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ({"PYTHONIOENCODING": "cp949"}, "로그?.csv".encode("cp949")),
        ({"PYTHONIOENCODING": "ascii"}, b"???.csv"),
        ({"PYTHONUTF8": "0", "LC_ALL": "C"}, b"???.csv"),
    ],
)
def test_terminal_that_cannot_print_a_name(
    tmp_path: Path, encoding: dict[str, str], said: bytes
) -> None:
    file = write_csv(tmp_path / "로그é.csv", [line("a", log_dt="x")])
    done = called(file, tmp_path / "w.duckdb", **encoding)
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert said in done.stderr


@pytest.mark.parametrize("exists", [False, True])
def test_folder_of_the_database_is_read_only(tmp_path: Path, exists: bool) -> None:
    log, database = write_csv(tmp_path / "log.csv", [line("a")]), tmp_path / "w.duckdb"
    if exists:
        load(str(log), database)
    tmp_path.chmod(0o555)
    # Without this, root may write everywhere.
    as_user = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
    done = called(log, database, *as_user)
    tmp_path.chmod(0o755)
    assert done.returncode == 1
    assert f"{database} cannot be written, because {tmp_path} is read-only" in str(done.stderr)
    assert database.exists() == exists


def test_folder_of_the_database_is_missing(tmp_path: Path) -> None:
    database = tmp_path / "no" / "w.duckdb"
    problems = Local(database).problems(write_csv(tmp_path / "log.csv", [line("a")]))
    assert problems == [f"{database}: there is no folder {tmp_path}/no"]


def test_folders_of_loads_that_were_killed_are_removed(held: Local, tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    killed, going_on, other = (
        tmp_path / f"ws shop.duckdb.load-{name}"
        for name in (f"{process.pid}-a", f"{os.getpid()}-b", "mine-c")
    )
    for folder in (killed, going_on, other):
        folder.mkdir()
        (folder / "1.csv").touch()
    held.load(write_csv(tmp_path / "log.csv", [line("c")]))
    assert sorted(tmp_path.glob("*.load-*")) == sorted([going_on, other])
