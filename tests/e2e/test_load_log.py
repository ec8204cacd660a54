"""Test loading a user's log: what is loaded, what is replaced, and what stops it without
changes."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from load_log import COLUMNS, Loaded, LoadError, load

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "load_log.py"
TABLE = "service_log.weplyapi_client_log"

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
            f" from read_csv('{source}', all_varchar = true)) to '{file}' (format parquet)"
        )
    source.unlink()
    return file


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
        ("part_date", "", "part_date: expected day as yyyy-MM-dd, found nothing (null) in line 3"),
        ("part_date", "2024-02-30", 'expected day as yyyy-MM-dd, found "2024-02-30" in line 3'),
        ("part_date", "2024-1-14", 'expected day as yyyy-MM-dd, found "2024-1-14" in line 3'),
        ("part_date", "0000-01-01", 'expected day as yyyy-MM-dd, found "0000-01-01" in line 3'),
        ("log_dt", "not-a-time", 'log_dt: expected timestamp, found "not-a-time" in line 3'),
        ("log_dt", "2024-01-14", 'log_dt: expected timestamp, found "2024-01-14" in line 3'),
        ("log_dt", "1705226400000", 'expected timestamp, found "1705226400000" in line 3'),
        ("log_dt", "infinity", 'log_dt: expected timestamp, found "infinity" in line 3'),
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
    assert found.endswith('log_dt: expected timestamp, found "x" in line 5 (and 1 line more)')


def test_all_problems_at_once(held: Local, tmp_path: Path) -> None:
    write_csv(tmp_path / "1.csv", [line("c", part_date="", log_dt="x", ws_art_id="y")])
    columns = [column for column in COLUMNS if column not in ("part_date", "shop")] + ["day"]
    write_csv(tmp_path / "2.csv", [line("d", log_dt="z")], columns)
    found = [problem.split(f"{tmp_path}/")[1] for problem in held.problems(tmp_path / "[12].csv")]
    assert found == [
        "1.csv: part_date: expected day as yyyy-MM-dd, found nothing (null) in line 2",
        '1.csv: log_dt: expected timestamp, found "x" in line 2',
        '1.csv: ws_art_id: expected whole number, found "y" in line 2',
        "2.csv: part_date: column missing, expected day as yyyy-MM-dd",
        "2.csv: shop: column missing, expected string",
        "2.csv: the file has the columns " + ", ".join(columns),
        '2.csv: log_dt: expected timestamp, found "z" in line 2',
    ]


@pytest.mark.parametrize(
    ("column", "sql", "problem"),
    [
        ("log_dt", "log_dt", "log_dt: expected timestamp, found VARCHAR"),
        ("log_dt", "cast(part_date as date)", "log_dt: expected timestamp, found DATE"),
        ("ws_art_id", "ws_art_id", "ws_art_id: expected whole number, found VARCHAR"),
        ("ws_art_id", "101.5::double", 'ws_art_id: expected whole number, found "101.5" in row 1'),
        ("s_user_id", "7", "s_user_id: expected string, found INTEGER"),
        ("part_date", "20240114", "part_date: expected day as yyyy-MM-dd, found INTEGER"),
        ("part_date", "'2024-01-32'", 'expected day as yyyy-MM-dd, found "2024-01-32" in row 1'),
        ("part_date", "null::date", "expected day as yyyy-MM-dd, found nothing (null) in row 1"),
        ("wv_device_id", "", "wv_device_id: column missing, expected string"),
    ],
)
def test_bad_column_in_parquet(
    held: Local, tmp_path: Path, column: str, sql: str, problem: str
) -> None:
    file = write_parquet(tmp_path / "log.parquet", [line("c")], **{column: sql})
    assert held.problems(file)[0].endswith(problem)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty: not even a header line"),
        (",".join(COLUMNS).encode() + b"\n", "no lines, so there is nothing to load"),
        (",".join(COLUMNS).encode() + b"\na,b\n", "line 2: expected 15 fields, found 2"),
        (",".join(COLUMNS).encode() + b'\n"a' + b"," * 14, "line 2: Value with unterminated quote"),
        (b"PAR1 and no more", "cannot be read"),
        (b"\xff\xfe\x00", "is neither a Parquet file nor a CSV file in UTF-8"),
        (b"log_id,log_id\na,b\n", "log_id: expected one column, found 2"),
    ],
)
def test_file_that_is_no_log(held: Local, tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    assert any(problem in found for found in held.problems(file))


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
    monkeypatch.setattr("load_log.check", lambda *_: {"2024-01-14": 3})
    with pytest.raises(LoadError, match="changed while they were read"):
        held.load(file)
    assert held.ids() == ["a", "b"]


def test_command(tmp_path: Path) -> None:
    def call(log: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, SCRIPT, log],
            env=os.environ | {"WS_DUCKDB_PATH": str(tmp_path / "w.duckdb")},
            capture_output=True,
            text=True,
        )

    bad = call(write_csv(tmp_path / "bad.csv", [line("a", log_dt="x")]))
    assert bad.returncode == 1
    assert "nothing was touched" in bad.stderr
    assert not (tmp_path / "w.duckdb").exists()
    good = call(write_csv(tmp_path / "good.csv", [line("a")]))
    assert good.returncode == 0
    assert good.stdout.startswith("Loaded 1 line of 1 day (2024-01-14; 0 of them replaced)")
