"""Test the script of the report: its command line and its errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts import make_report
from scripts.paths import ROOT
from tests.support.report_page import Page, report
from tests.support.warehouse import Warehouse


def test_errors_say_what_to_do(copy: Warehouse, capsys: pytest.CaptureFixture[str]):
    def said(*arguments: str, **environment: str) -> str:
        capsys.readouterr()
        code, out = report(copy, *arguments, **environment)
        assert code == 1 and not out.exists()
        (line,) = capsys.readouterr().err.splitlines()
        return line

    nowhere = copy.folder / "nowhere.duckdb"
    assert said(WS_DUCKDB_PATH=str(nowhere)) == (
        f"There is no warehouse at {nowhere}. Build one (make run), or name another"
        " (WS_DUCKDB_PATH=...)."
    )
    assert not nowhere.exists()
    text = copy.folder / "text.duckdb"
    text.write_text("no database")
    assert said(WS_DUCKDB_PATH=str(text)).startswith(f"{text} cannot be read: IO Error: ")
    assert said("--from", "2024-02-01") == (
        f"{copy.path} has no built day from 2024-02-01 to 2024-01-16. It has 3 days from"
        " 2024-01-14 to 2024-01-16."
    )
    with held(copy.path):
        line = said()
        assert line.startswith(f"{copy.path} is open in ") and "Close it there" in line
    build = "Build all tables (make run; on another target: dbt run) and try again."
    copy.execute("drop table we_mart.ws_platform_daily")
    line = said()
    assert line.startswith("The query ") and line.endswith(build)
    assert " failed: Catalog Error: Table with name ws_platform_daily does not exist!" in line
    copy.execute("truncate we_mart.ws_sess_daily_audit")
    assert said() == f"{copy.path} has no built day. {build}"
    copy.execute("drop table we_mart.ws_sess_daily_audit cascade")
    assert said().startswith("The query of the built days failed: Catalog Error: ")


def test_the_script_reads_the_target_that_is_named(copy: Warehouse):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scripts.make_report", "--out", str(out), *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin"} | copy.environment(),
            capture_output=True,
            text=True,
        )

    out = copy.folder / "report.html"
    made = run()
    assert (made.returncode, made.stderr) == (0, "")
    assert f"{out}: 3 days from 2024-01-14 to 2024-01-16, " in made.stdout
    assert "ws_shop.duckdb" in Page(out.read_text(encoding="utf-8")).text
    unknown = run("--target", "unknown")
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("unknown cannot be read: The profile 'ws_shop' does not have")
    incomplete = run("--target", "prod")
    assert incomplete.returncode == 1
    assert "prod cannot be read: Parsing Error Env var required" in incomplete.stderr


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The warehouse open for writing in another process."""
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "open\n"
        yield
        process.communicate("\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", "2024-02-30"], '"2024-02-30" is not a day; expected yyyy-MM-dd'),
        (
            ["--from", "2024-01-16", "--to", "2024-01-14"],
            "--from 2024-01-16 is after --to 2024-01-14",
        ),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        make_report.main(arguments)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err
