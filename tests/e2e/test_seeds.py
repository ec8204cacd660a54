"""Check that the sample is never loaded over rows that are not part of it."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import build
from tests.support.warehouse import LOG, Row, Warehouse, succeed

ORDERS, ARTISTS = "we_mart.ws_order", "we_mart.we_artist"
OWN_LINE = f"insert into {LOG} (part_date, log_id, log_dt, user_device_id) values" + (
    " ('{day}', 'own', '{day} 10:00:00', 'own')"
)
OWN_ORDER = f"insert into {ORDERS} (ord_sheet_number, part_date) values ('own', '2024-02-01')"


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("sampled"))
    succeed(warehouse.dbt("seed"))
    return warehouse


@pytest.fixture
def warehouse(sampled: Warehouse, tmp_path: Path) -> Warehouse:
    """A warehouse with the sample."""
    return Warehouse(tmp_path, copy_of=sampled)


def held(warehouse: Warehouse) -> dict[str, list[Row]]:
    return {table: warehouse.rows(table) for table in sorted(warehouse.tables())}


def refused(warehouse: Warehouse, *command: str) -> str:
    """The message of a command that must fail without changes."""
    before = held(warehouse)
    done = warehouse.dbt(*command)
    assert done.returncode != 0
    assert "Nothing was touched." in done.stdout
    assert held(warehouse) == before
    return done.stdout


def test_sample_is_loaded_again_over_itself(warehouse: Warehouse) -> None:
    before = held(warehouse)
    for command in (("seed",), ("seed", "--full-refresh"), ("build", "--resource-type", "seed")):
        succeed(warehouse.dbt(*command))
        assert held(warehouse) == before
    # A part of the sample in any order may be replaced, and so may an empty table.
    warehouse.execute(f"delete from {LOG} where shop = 'JP'", f"truncate {ORDERS}")
    succeed(warehouse.dbt("seed"))
    assert held(warehouse) == before


@pytest.mark.parametrize("flags", [(), ("--full-refresh",)], ids=["", "full refresh"])
def test_own_rows_beside_the_sample_s_stop_it_before_any_table_is_touched(
    warehouse: Warehouse, flags: tuple[str, ...]
) -> None:
    # Tables that would be loaded before these, and one without other rows.
    warehouse.execute(
        OWN_LINE.format(day="2024-02-01"),
        OWN_LINE.format(day="2024-02-01"),
        OWN_LINE.format(day="2024-01-14"),
        OWN_ORDER,
        f"insert into {ARTISTS} values (1, 2, 'own')",
        "truncate we_mart.ws_fc_user_history",
    )
    said = refused(warehouse, "seed", *flags)
    assert f"- {LOG}: 3, of 2024-01-14, 2024-02-01\n" in said
    assert f"- {ORDERS}: 1, of 2024-02-01\n" in said
    assert f"- {ARTISTS}: 1\n" in said
    assert "wv_sess_daily:" not in said and "ws_fc_user_history:" not in said
    assert "--exclude-resource-type seed" in said and "WS_DUCKDB_PATH" in said


@pytest.mark.parametrize(
    "change",
    [
        f"update {LOG} set os = 'x' where rowid = (select min(rowid) from {LOG})",
        f"insert into {LOG} select * from {LOG} limit 1",
        f"update {ARTISTS} set we_art_name = null where ws_art_id = 101",
        f"alter table {ARTISTS} add column own int",
        f"alter table {ORDERS} alter ord_dt type timestamptz",
    ],
    ids=["a value", "a line once more", "a null", "a column", "a type"],
)
def test_rows_that_differ_from_the_sample_are_not_its_own(
    warehouse: Warehouse, change: str
) -> None:
    warehouse.execute(change)
    refused(warehouse, "seed")


def test_own_log_alone_stops_build_and_is_built_without_seeds(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.execute(*(OWN_LINE.format(day=f"2024-02-{day:02}") for day in range(1, 14)))
    day = ("--vars", "part_date: 2024-02-01")
    said = refused(warehouse, "build", *day)
    assert f"- {LOG}: 13, of 2024-02-01, " in said and "2024-02-10 and 3 more days" in said
    without = ("--exclude-resource-type", "seed", "unit_test", "test")
    succeed(warehouse.dbt("build", *without, *day))
    assert warehouse.value("select count(*) from we_mart.ws_sess_daily") == 1


def test_only_the_seeds_of_the_command_are_looked_at(warehouse: Warehouse) -> None:
    warehouse.execute(OWN_ORDER)
    succeed(warehouse.dbt("seed", "--exclude", "ws_order"))
    refused(warehouse, "seed", "--select", "ws_order", "we_artist")


# -- make run ---------------------------------------------------------------------------------


@pytest.fixture
def make_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """`make run` in this process. Returns its output; SystemExit is raised if it fails."""

    def run(warehouse: Warehouse) -> str:
        for name, value in warehouse.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["build.py"])
        assert build.main() == 0
        return capsys.readouterr().out

    return run


def test_sample_after_an_own_log_leaves_its_days(
    make_run: Callable[..., str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    warehouse = Warehouse(tmp_path)

    def lines(where: str = "true") -> Any:
        return warehouse.value(f"select count(*) from {LOG} where {where}")

    # Years apart from the sample, and tested in the same command.
    own_days = ["2022-02-01", "2023-02-01", "2024-02-01"]
    # The Tuesdays before the last day of the sample.
    own_days += ["2023-12-26", "2024-01-02", "2024-01-09"]
    warehouse.execute(*(OWN_LINE.format(day=day) for day in own_days))
    succeed(warehouse.dbt("run", "--vars", json.dumps({"part_dates": own_days})))
    # Two days changed since they were built, however long ago, and one has no line any more.
    warehouse.execute(
        f"update {LOG} set os = 'x' where part_date in ('2022-02-01', '2024-02-01')",
        f"delete from {LOG} where part_date = '2023-02-01'",
    )
    said = make_run(warehouse)
    assert "5 other days in the log stayed as before." in said
    assert (lines(), lines("log_id = 'own'")) == (2038, 5)
    assert "we_mart.ws_sess_daily_restatement: 3 days are not current.\n" in said
    for told in ("2022-02-01  stale  ", "2024-02-01  stale  ", "2023-02-01  gone\n"):
        assert f"\n  {told}" in said
    # The data tests warn of a day that is not as usual, and do not fail.
    unusual = re.findall(r"^ *2024-01-1\d +(\w+) +([\d.,]+) +(\S+) +3 *$", said, re.M)
    assert ("lines_read", "658", "1") in unusual
    assert ("rows_per_user_session", "2.32", "1") in unusual
    for day, told in (("2024-01-16", f"WARN {len(unusual)} "), ("2024-01-15", "PASS ")):
        variables = json.dumps({"part_date": day})
        done = warehouse.dbt("test", "--select", "assert_days_are_as_usual", "--vars", variables)
        assert done.returncode == 0 and f"{told}assert_days_are_as_usual" in done.stdout
    (command,) = re.findall("^  All in one run: (.*)$", said, re.M)
    place, dbt, *arguments = shlex.split(command)
    assert (place, dbt) == (f"WS_DUCKDB_PATH={warehouse.path}", ".venv/bin/dbt")
    succeed(warehouse.dbt(*arguments))
    statuses = "select list(distinct status order by status) from we_mart.ws_sess_daily_restatement"
    assert warehouse.value(statuses) == ["current", "gone"]

    warehouse.execute(OWN_LINE.format(day="2024-01-14"))
    before = held(warehouse)
    with pytest.raises(SystemExit) as stopped:
        make_run(warehouse)
    assert stopped.value.code != 0
    assert f"- {LOG}: 1, of 2024-01-14\n" in capsys.readouterr().err
    assert held(warehouse) == before


def test_operation_looks_at_the_days_given(warehouse: Warehouse) -> None:
    warehouse.execute(OWN_LINE.format(day="2024-02-01"))

    def stops(*days: str) -> bool:
        given = json.dumps({"seeds": ["weplyapi_client_log"], "days": days})
        done = warehouse.dbt("run-operation", "stop_on_other_rows", "--args", given)
        return done.returncode != 0

    assert stops("2024-02-01") and stops() and not stops("2024-01-14", "2024-01-15")
