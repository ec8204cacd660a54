"""Run the Airflow DAG for a day of the sample on DuckDB, after another day was built.

`airflow dags test` runs the tasks of a DAG one after the other in one process, with a metadata
database (here SQLite) and the real operators, which call dbt as a process.
"""

from __future__ import annotations

import json
import os
import re
import select
import shlex
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scripts.paths import ROOT
from tests.support.warehouse import LOG, Warehouse, succeed

COMMANDS = Path(__file__).with_name("airflow_commands.py")
TIMEOUT_SECONDS = 900
DAG = "analytics_ws_mart_daily"
SUNDAY, MONDAY, TUESDAY = "2024-01-14", "2024-01-15", "2024-01-16"
# The time of all runs, which are therefore of TUESDAY. dbt parses again only for other variables.
WEDNESDAY = "2024-01-17"
WEDNESDAY_MORNING = f"{WEDNESDAY}T01:00:00+00:00"
BUILD = ["freshness", "mart", "made_from_mart", "snapshots", "tests", "late_days"]
LATE = ["late_build", "late_tests"]
# `airflow tasks test` exits with 0 even if the task fails.
NOT_DONE = "dbt command failed. The command returned a non-zero exit code"
# In the log of dbt.
PARSED_ANEW = "Unable to do partial parsing"
TABLES = (
    "we_mart.ws_sess_daily",
    "we_mart.ws_sess_daily_audit",
    "we_mart.ws_platform_daily",
    "we_mart.stats_we_w_shop_integ_visit",
)


class Airflow:
    """A separate Airflow in a folder, whose DAG builds a DuckDB warehouse. airflow_commands.py runs
    its commands."""

    def __init__(self, bin: Path, folder: Path, warehouse: Warehouse) -> None:
        self.home = folder
        self.output = folder / "output.txt"
        environment = (
            os.environ
            | warehouse.environment()
            | {
                "AIRFLOW_HOME": str(folder / "airflow"),
                "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "deploy" / "airflow"),
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
                # No requests to other hosts.
                "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
                "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
                "DBT_TARGET": "local",
            }
        )
        self.commands = subprocess.Popen(
            [bin / "python", COMMANDS],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.call("db", "migrate")
        self.call("dags", "reserialize")
        self.call(*self.shown("pools set"))

    @staticmethod
    def shown(command: str) -> list[str]:
        """The arguments of a command in the DAG's docstring, unchanged."""
        text = (ROOT / "deploy" / "airflow" / f"{DAG}.py").read_text(encoding="utf-8")
        (found,) = re.findall(rf"airflow ({command} .*?)\n\n", text, re.DOTALL)
        return shlex.split(found.replace("\\\\\n", " "))

    def call(self, *arguments: str) -> str:
        done = self.try_call(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def answer(self, *arguments: str) -> dict[str, Any]:
        """The one object that a command prints as JSON, below messages of its log."""
        (answer,) = json.loads(self.call(*arguments, "--output", "json").splitlines()[-1])
        return answer

    def try_call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        print(json.dumps([str(self.output), *arguments]), file=self.commands.stdin, flush=True)
        ended, _, _ = select.select([self.commands.stdout], [], [], TIMEOUT_SECONDS)
        if not ended:
            os.killpg(self.commands.pid, signal.SIGKILL)
            pytest.fail(f"airflow {' '.join(arguments)} takes longer than {TIMEOUT_SECONDS} s.")
        code = self.commands.stdout.readline()
        assert code, "Airflow could not be imported."
        return subprocess.CompletedProcess(arguments, int(code), self.output.read_text("utf-8"))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("job"))
    succeed(warehouse.dbt("seed"))
    # No run builds this day, so the last task would name it.
    warehouse.execute(f"delete from {LOG} where part_date < '{MONDAY}'")
    return warehouse


@pytest.fixture(scope="module")
def airflow(
    jobs_bin: Path, warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Airflow]:
    airflow = Airflow(jobs_bin, tmp_path_factory.mktemp("home"), warehouse)
    yield airflow
    airflow.commands.communicate()


def test_old_log_stops_the_job_before_it_builds(airflow: Airflow, warehouse: Warehouse) -> None:
    done = airflow.try_call("tasks", "test", DAG, "freshness", WEDNESDAY_MORNING)
    assert "ERROR STALE" in done.stdout
    assert NOT_DONE in done.stdout
    assert "we_mart.ws_sess_daily" not in warehouse.tables()


def test_run_of_a_day_after_another_builds_what_one_run_of_both_does(
    airflow: Airflow, warehouse: Warehouse, tmp_path: Path
) -> None:
    at_once = Warehouse(tmp_path, copy_of=warehouse)
    for built, last in ((at_once, TUESDAY), (warehouse, MONDAY)):
        succeed(built.build_days(MONDAY, last))

    # A line of the current day, as in a real log. No run builds this day.
    now = datetime.now(UTC).replace(tzinfo=None)
    warehouse.execute(
        f"insert into {LOG} (part_date, log_dt, user_device_id)"
        f" values ('{now:%Y-%m-%d}', '{now}', 'd')"
    )
    log = warehouse.folder / "logs" / "dbt.log"
    before = log.read_text(encoding="utf-8")
    done = airflow.call("dags", "test", DAG, WEDNESDAY_MORNING)
    assert [task for task in ended(done) if task not in LATE] == [*BUILD, "stale_days"]
    assert "part_dates" not in done
    assert "state=success" in done
    # late_days does not get the project that Cosmos keeps, and stale_days has other variables.
    parsed = log.read_text(encoding="utf-8").removeprefix(before).count(PARSED_ANEW)
    assert parsed == 2

    for table in TABLES:
        assert warehouse.rows(table) == at_once.rows(table), table
    statuses = warehouse.answer(
        "select part_date, status from we_mart.ws_sess_daily_restatement"
        f" where part_date in ('{MONDAY}', '{TUESDAY}') order by part_date"
    )
    assert statuses == [(MONDAY, "current"), (TUESDAY, "current")]
    assert "we_mart.we_artist_snapshot" in warehouse.tables()


def test_late_days_are_built_again_and_the_others_are_named(
    airflow: Airflow, warehouse: Warehouse, tmp_path: Path
) -> None:
    # Monday has a line, an order and a membership more, and Sunday's log is gone.
    sunday = f"insert into {LOG} (part_date, log_dt, user_device_id) values ('{{0}}', '{{0}}', 'd')"
    warehouse.execute(sunday.format(SUNDAY))
    succeed(warehouse.build_days(SUNDAY, SUNDAY))
    (account, artist) = warehouse.answer(
        "select account_id, we_art_id from we_mart.ws_sess_daily"
        f" where part_date = '{MONDAY}' and is_fc = 0 and account_id is not null"
        " and we_art_id is not null order by all"
    )[0]
    warehouse.execute(
        f"delete from {LOG} where part_date = '{SUNDAY}'",
        sunday.format(MONDAY),
        "insert into we_mart.ws_fc_user_history (we_member_id, we_art_id, fc_start_date)"
        f" values ('{account}', {artist}, '{MONDAY}')",
        "insert into we_mart.ws_order (ord_sheet_number, ord_item_number, account_id, ord_dt,"
        " ord_item_amt_krw, part_date)"
        f" values ('late', 1, '{account}', '{MONDAY} 23:00', 77, '{MONDAY}')",
    )
    expected = Warehouse(tmp_path, copy_of=warehouse)
    succeed(expected.build_days(MONDAY, TUESDAY))

    # The test before has run the tasks of the run's own day.
    own_day = "--mark-success-pattern", "|".join(BUILD[:-1])
    done = airflow.try_call("dags", "test", *own_day, DAG, WEDNESDAY_MORNING)
    assert ended(done.stdout)[-4:] == ["late_days", *LATE, "stale_days"]
    assert f"{SUNDAY}  gone" in done.stdout and "state=failed" in done.stdout
    for table in TABLES:
        assert warehouse.rows(table) == expected.rows(table), table
    days = f"part_date = '{MONDAY}' and "
    for late in (
        f"ws_sess_daily where {days} device_id = 'd'",
        f"ws_sess_daily where {days} we_member_id = '{account}' and we_art_id = {artist}",
        f"ws_platform_daily where {days} pay_krw % 100 = 77 and account_id = '{account}'",
        f"ws_sess_daily where part_date = '{SUNDAY}'",
    ):
        assert warehouse.value(f"select count(*) from we_mart.{late}") > 0, late


def ended(output: str) -> list[str]:
    """The tasks that were done, in their order."""
    return re.findall(r"end task task_id=(\w+)", output)


def test_day_to_build_again_fails_the_last_task(airflow: Airflow, warehouse: Warehouse) -> None:
    warehouse.execute(f"update {LOG} set shop = 'JP' where part_date = '{MONDAY}'")
    last = airflow.try_call("tasks", "test", DAG, "stale_days", WEDNESDAY_MORNING)
    assert NOT_DONE in last.stdout
    assert f"{MONDAY}  stale  dbt run --select ws_sess_daily+" in last.stdout


def test_backfill_makes_a_run_a_day_up_to_the_day_before_its_last_date(airflow: Airflow) -> None:
    command = airflow.shown("backfill create")
    assert command[command.index("--to-date") + 1] == WEDNESDAY
    planned = airflow.call(*command, "--dry-run")
    assert re.findall(r"^\| (\S+) 01:00:00", planned, re.MULTILINE) == [
        "2024-01-14",
        MONDAY,
        TUESDAY,
    ]


def test_run_by_hand_builds_the_day_of_its_parameter(airflow: Airflow) -> None:
    """The day of a run without the parameter would be the one of its data interval."""
    command = airflow.shown("dags trigger")
    assert airflow.answer(*command)["conf"] == {"part_date": MONDAY}
    dated = airflow.answer(*command, "--logical-date", f"{TUESDAY}T01:00:00+00:00")
    assert dated["data_interval_start"][:10] > WEDNESDAY


def test_no_two_tasks_run_at_once(airflow: Airflow) -> None:
    """All tasks need a slot of the pool, which has one."""
    assert airflow.answer("pools", "get", "ws_shop")["slots"] == "1"
    with sqlite3.connect(airflow.home / "airflow" / "airflow.db") as database:
        ((dag,),) = database.execute("select data from serialized_dag")
    pools = {task["__var"].get("pool") for task in json.loads(dag)["dag"]["tasks"]}
    assert pools == {"ws_shop"}


def test_part_date_that_is_no_day_is_refused(airflow: Airflow) -> None:
    done = airflow.try_call(
        *("dags", "test", DAG, WEDNESDAY_MORNING, "--conf", '{"part_date": "15.1.2024"}')
    )
    assert done.returncode != 0
    assert "part_date" in done.stdout
