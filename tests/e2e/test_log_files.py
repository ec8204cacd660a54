"""Files that are not loaded: damaged, ambiguous, of another format, or with invalid values.

The database stays identical, and the message names the file, the line and the remedy.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import parquet

from scripts.load_log import COLUMNS
from tests.support.log_files import HEADER, Local, line, with_two_days, write_csv, write_parquet

A_DAY = "expected day as yyyy-MM-dd from 1970-01-01 to 2999-12-31"
A_TIME = "expected timestamp in UTC, or with Z, UTC, GMT or an offset up to 18:00 such as +09:00"


@pytest.fixture
def held(tmp_path: Path) -> Local:
    return with_two_days(tmp_path)


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


def test_pipe(held: Local, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for log in (tmp_path / "pipe", "/dev/fd/1000"):
        (found,) = held.problems(log)
        assert found.startswith(f"{log} is not a file. Write a pipe into a file first")


def test_no_file(held: Local, tmp_path: Path) -> None:
    assert held.problems(tmp_path / "log.csv") == [f"{tmp_path}/log.csv: no such file"]
    assert held.problems(tmp_path / "*.gz") == [f"{tmp_path}/*.gz: no file matches"]
    assert "is a folder" in held.problems(tmp_path)[0]
