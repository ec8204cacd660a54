"""Test loading a user's log: what is loaded, what is replaced, which databases stop it."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from scripts.load_log import COLUMNS, LoadError, load
from scripts.paths import ROOT
from tests.support.log_files import (
    HEADER,
    TABLE,
    Local,
    line,
    with_two_days,
    write_csv,
    write_parquet,
)


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path / "ws shop.duckdb")


@pytest.fixture
def held(tmp_path: Path) -> Local:
    return with_two_days(tmp_path)


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
    file.write_bytes(file.read_bytes() + more + bytes(512))
    local.load(file)
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


# ---------- the database and the command


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
