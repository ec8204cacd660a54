"""Test the scripts: dbt commands in one process, the days of a run, parts in parallel."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from scripts import build, parsed_project
from scripts.load_log import LoadError
from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT
from tests.support.changed_project import copied_project, edit
from tests.support.warehouse import NO_FILES, Warehouse, succeed

DAY = "2024-01-15"


# -- scripts/parsed_project.py ----------------------------------------------------------------


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with the sources and one line of one day."""
    warehouse = Warehouse(tmp_path)
    warehouse.load([{"part_date": DAY, "log_dt": f"{DAY} 10:00:00", "user_device_id": "browser"}])
    return warehouse


def test_variable_that_settings_read_is_parsed_by_the_command_that_has_it(
    warehouse: Warehouse,
) -> None:
    warehouse.run(DAY)
    done = warehouse.try_run(part_date=DAY, source_database="elsewhere")
    assert done.returncode != 0
    assert "elsewhere" in done.stdout
    warehouse.run(DAY)


def test_command_that_stops_in_a_hook_leaves_the_file_to_other_processes(
    warehouse: Warehouse,
) -> None:
    assert warehouse.try_run(part_date="2024-01-16").returncode == 1
    count = f"import duckdb; duckdb.connect({str(warehouse.path)!r}).sql('from we_mart.we_artist')"
    assert subprocess.run([sys.executable, "-c", count]).returncode == 0


def test_who_finds_the_file_open_is_told_in_one_line_which_process_has_it(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WS_DUCKDB_PATH", str(warehouse.path))
    holds = f"import duckdb; held = duckdb.connect({str(warehouse.path)!r}); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        told = re.compile(rf".*{warehouse.path}.* \(PID {holder.pid}\).*")
        done = warehouse.try_run(part_date=DAY)
        assert done.returncode != 0
        assert any(map(told.fullmatch, done.stdout.splitlines())), done.stdout
        with pytest.raises(SystemExit) as stopped:
            build.load_sample(build.DuckDB())
        assert told.fullmatch(stopped.value.code)
        with pytest.raises(LoadError) as failed:
            build.DuckDB().load(str(build.SAMPLE_LOG), lambda *_: None)
        assert told.fullmatch("\n".join(failed.value.problems))
        holder.stdin.close()
    warehouse.run(DAY)


def test_exit_codes_are_those_of_a_process(warehouse: Warehouse) -> None:
    # tests/e2e/test_runs.py shows the same for a process for the first two.
    for command, code in {
        ("run", "--select", "ws_sess_daily", "--vars", f"part_date: {DAY}"): 0,
        ("run", "--select", "ws_sess_daily", "--vars", "part_date: 2024-01-16"): 1,
        ("run", "--no-such-option"): 2,
    }.items():
        assert warehouse.dbt(*command).returncode == code, command
    assert warehouse.process("run", "--no-such-option").returncode == 2


def test_project_is_parsed_once(warehouse: Warehouse) -> None:
    warehouse.run(DAY)
    done = warehouse.dbt("parse")
    assert (done.returncode, done.stdout) == (0, "")


def test_next_process_parses_only_what_has_changed(
    warehouse: Warehouse,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parsed_project, "KEPT", tmp_path)

    def parsed_files(of: Warehouse) -> int:
        dbt = ParsedProject({"DBT_TARGET": "local"}, *NO_FILES)
        succeed(dbt("ls", "--select", "ws_sess_daily", **of.environment()))
        (file,) = tmp_path.glob("local/*/perf_info.json")
        return json.loads(file.read_text())["parsed_path_count"]

    other = Warehouse(tmp_path_factory.mktemp("other"))
    assert parsed_files(warehouse) > 100
    assert parsed_files(other) == 0
    # A process was killed while it wrote the file.
    (file,) = tmp_path.glob("local/*/partial_parse.msgpack")
    file.write_bytes(file.read_bytes()[:1000])
    assert parsed_files(other) > 100


def test_no_snapshot_is_lost_where_a_generic_test_has_changed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """dbt's partial parsing loses a snapshot that uses the test."""
    warehouse = Warehouse(tmp_path_factory.mktemp("snapshots"))
    warehouse.dbt("ls")
    project = copied_project(tmp_path)
    gaps = project / "tests" / "generic" / "ranges_neither_overlap_nor_leave_gaps.sql"
    edit(gaps, ("<> next_valid_from", "< next_valid_from"))
    dbt = ParsedProject({"DBT_TARGET": "local"}, *NO_FILES, project=project)
    done = dbt("ls", "--resource-type", "snapshot", **warehouse.environment())
    assert done.result == ["ws_shop.fc_membership_snapshot", "ws_shop.we_artist_snapshot"]


# -- profiles.yml.example ---------------------------------------------------------------------


def test_default_file_is_beside_the_profile(tmp_path: Path) -> None:
    for folder in ("project", "elsewhere"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "profiles.yml.example", tmp_path / "project" / "profiles.yml")
    environment = {**os.environ, "DBT_LOG_PATH": str(tmp_path), "DBT_TARGET": "local"}
    environment.pop("WS_DUCKDB_PATH", None)
    folders = ("--project-dir", ROOT, "--profiles-dir", tmp_path / "project")
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "debug", "--connection", *folders],
        cwd=tmp_path / "elsewhere",
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "project" / "ws_shop.duckdb").exists()
    assert list((tmp_path / "elsewhere").iterdir()) == []


# -- scripts/build.py -------------------------------------------------------------------------


def test_dbt_writes_the_file_that_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WS_DUCKDB_PATH", "other.duckdb")
    monkeypatch.setenv("DBT_PROFILES_DIR", "/elsewhere")
    assert build.DuckDB().dbt.environment["WS_DUCKDB_PATH"] == str(ROOT / "other.duckdb")


def test_read_only_file_stops_before_dbt_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WS_DUCKDB_PATH", str(tmp_path / "w.duckdb"))
    # tests/e2e/test_load_log.py shows the same for a folder that is read-only.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SystemExit, match=f"w.duckdb cannot be written, because {tmp_path} is"):
        build.DuckDB()


def test_terminal_that_cannot_print_korean(tmp_path: Path) -> None:
    """dbt, which the script calls first, reads some files in the encoding of the locale."""
    encoding = {"PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.build", "--log", tmp_path / "로그é.csv"],
        cwd=ROOT,
        env=os.environ
        | {"WS_DUCKDB_PATH": str(tmp_path / "w.duckdb"), "DBT_TARGET_PATH": str(tmp_path)}
        | encoding,
        capture_output=True,
    )
    assert done.returncode == 1
    assert b"?.csv: no such file" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        ({"2024-02-28": 1, "2024-02-29": 1, "2024-03-01": 1}, [[0, 1, 2]]),
        ({"2024-01-01": 1, "2024-01-02": 1, "2024-03-04": 1}, [[0, 1, 2]]),
        ({"2024-01-01": build.MOST_LINES - 1, "2024-01-02": 1, "2024-01-03": 1}, [[0, 1], [2]]),
        ({"2024-01-01": 1, "2024-01-02": build.MOST_LINES + 1, "2024-01-03": 1}, [[0], [1], [2]]),
    ],
    ids=["no day is missing", "a day is missing", "as many lines as may be", "a day of more lines"],
)
def test_days_of_a_run(lines: dict[str, int], runs: list[list[int]]) -> None:
    days = list(lines)
    assert build.runs(lines) == [[days[place] for place in run] for run in runs]


@pytest.mark.parametrize(
    ("days", "variables", "named"),
    [
        (["2024-02-29"], {"part_date": "2024-02-29", "part_date_to": "2024-02-29"}, "2024-02-29"),
        (
            ["2024-02-29", "2024-03-01"],
            {"part_date": "2024-02-29", "part_date_to": "2024-03-01"},
            "2024-02-29 to 2024-03-01",
        ),
        (
            ["2024-02-28", "2024-03-01"],
            {"part_dates": ["2024-02-28", "2024-03-01"]},
            "2 days of 2024-02-28 to 2024-03-01",
        ),
    ],
    ids=["a day", "a range", "a list"],
)
def test_variables_and_words_for_the_days_of_a_run(
    days: list[str], variables: dict[str, object], named: str
) -> None:
    assert build.run_dates(days) == variables | {"max_run_days": len(days)}
    assert build.named(days) == named


def test_accounts_that_paid_most_have_paid_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Engine:
        def query(self, sql: str) -> list[tuple]:
            return connection.execute(sql).fetchall()

    (shown,) = [shown for shown in build.SHOWN if "paid most" in shown.title]
    with duckdb.connect() as connection:
        connection.execute("create schema we_mart")
        connection.execute(
            "create table we_mart.ws_platform_daily as select part_date, account_id, pay_krw,"
            " 'WS' as vst_type, 'WEB' as vst_type_dtl, 'WEB' as vst_platform, 1 as pay_qty,"
            f" 1 as pay_order from (values ('{DAY}', 'paid', 100), ('{DAY}', 'nothing', 0),"
            f" ('{DAY}', 'refunded', -100)) as rows (part_date, account_id, pay_krw)"
        )
        build.show_rows(Engine(), shown, [DAY])
        said = capsys.readouterr().out
        assert "paid " in said and "nothing" not in said and "refunded" not in said
        connection.execute("update we_mart.ws_platform_daily set pay_krw = -1")
        build.show_rows(Engine(), shown, [DAY])
    assert capsys.readouterr().out == ""


# -- scripts/run_parts.py ---------------------------------------------------------------------


def test_parts_that_fail_are_shown_and_do_not_stop_the_others() -> None:
    run_parts = [sys.executable, "-m", "scripts.run_parts"]
    done = subprocess.run(
        [*run_parts, "no-such-target help", "help", "help"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no-such-target: FAILED (exit code 2)" in done.stdout
    assert "No rule to make target 'no-such-target'" in done.stdout
    assert done.stdout.count("help: passed in ") == 3
    assert subprocess.run([*run_parts, "help"], capture_output=True).returncode == 0
    assert subprocess.run(run_parts, capture_output=True).returncode == 2
