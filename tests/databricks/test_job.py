"""Run every command of the Databricks job, in order, in the files that the CLI would deploy.

dbt-databricks is the unmodified one, with the job's own profile, and connects to the endpoint with
a token, as in a job. The command that builds the mart is a process in the folder of the deployed
project. The others run in this process, where the deployed project is parsed once.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.parsed_project import ParsedProject
from tests.support.build_logs import RESTATEMENT
from tests.support.databricks_bundle import Bundle
from tests.support.databricks_warehouse import DatabricksWarehouse
from tests.support.endpoint.engine import WAREHOUSE
from tests.support.endpoint.running import Endpoint
from tests.support.warehouse import DBT, LOG, MART, NO_FILES, Row, succeed

TOKEN = "given-by-databricks"
# A warning of dbt.
NOTHING_SELECTED = "does not match any enabled nodes"


def test_deployed_job_builds_its_day_and_the_days_that_are_late(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A task of the job has nothing of the settings of this machine.
    for name in [name for name in os.environ if name.startswith("DBT_")]:
        monkeypatch.delenv(name)
    # `freshness` compares the log with the current time.
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(1)
    warehouse = DatabricksWarehouse(endpoint, tmp_path)
    lines, artists, _, orders, wv_sessions = _sources_of(yesterday)
    warehouse.load(lines, artists, [], orders, wv_sessions)

    job = Job(endpoint, warehouse, tmp_path / "files")
    assert job.run(today) == [*BUILD, "stale_days"]
    assert job.late_days == {"day_count": 0, "part_dates": ""}
    assert {row["part_date"] for row in warehouse.rows(MART)} == {str(yesterday)}
    statuses = warehouse.rows(RESTATEMENT)
    assert [(row["part_date"], row["status"]) for row in statuses] == [(str(yesterday), "current")]
    assert {f"we_mart.{name}_snapshot" for name in ("we_artist", "fc_membership")} <= (
        warehouse.tables()
    )

    # Until the next night, a line, an order and a membership of yesterday come late, and the line
    # of a day that was never built. The log of another day, which was built, goes.
    never, gone = today - timedelta(4), today - timedelta(3)
    noon = "timestamp '{0} 12:00', '{0}'"
    line = f"insert into {LOG} (user_device_id, log_dt, part_date) values ('late', {noon})"
    warehouse.execute(line.format(gone))
    succeed(warehouse.build_days(str(gone), str(gone), "ws_sess_daily"))
    warehouse.execute(
        f"delete from {LOG} where part_date = '{gone}'",
        line.format(never),
        line.format(yesterday),
        "insert into we_mart.ws_fc_user_history (we_member_id, we_art_id, fc_start_date)"
        f" values ('m1', 10, date '{yesterday}')",
        "insert into we_mart.ws_order (ord_sheet_number, ord_item_number, account_id,"
        " ord_item_amt_krw, ord_dt, part_date)"
        f" values ('s2', 1, 'm1', 1, {noon.format(yesterday)})",
    )
    operation = ("run-operation", "late_days", "--vars", f"part_date: {today}")
    assert json.loads(*warehouse.dbt(*operation).printed) == [str(yesterday), str(never)]
    # The first run has shown the tasks of the run's own day.
    with pytest.raises(AssertionError, match=f"{gone}  gone") as failure:
        job.run(today + timedelta(1), done_before=BUILD)
    assert str(failure.value).startswith("stale_days")
    assert job.done == ["late_build", "late_tests"]
    assert job.late_days["day_count"] == 2
    assert sorted(job.late_days["part_dates"].split(", ")) == [str(never), str(yesterday)]
    assert {(row["part_date"], row["status"]) for row in warehouse.rows(RESTATEMENT)} == {
        (str(gone), "gone"),
        *((str(day), "current") for day in (never, yesterday)),
    }
    mart = [row for row in warehouse.rows(MART) if row["part_date"] == str(yesterday)]
    assert {row["device_id"] for row in mart} == {"d1", "d2", "late"}
    assert {row["is_fc"] for row in mart if row["account_id"]} == {1}
    paid = [row for row in warehouse.rows("we_mart.ws_platform_daily") if row["pay_order"] == 2]
    assert {row["part_date"] for row in paid} == {str(yesterday)}


BUILD = ["freshness", "mart", "made_from_mart", "snapshots", "tests"]


class Job:
    """Runs of the deployed job, one after the other."""

    def __init__(self, endpoint: Endpoint, warehouse: DatabricksWarehouse, files: Path) -> None:
        self.endpoint = endpoint
        self.warehouse = warehouse
        self.bundle = Bundle(
            catalog=endpoint.engine.catalog, warehouse_id=Path(WAREHOUSE.http_path).name
        )
        self.deployed = self.bundle.deploy(files)
        self.environment = _environment(endpoint)
        self.dbt = ParsedProject(self.environment, *NO_FILES, project=self.deployed)
        self.done: list[str] = []
        # The row that the SQL task of the last run has found.
        self.late_days: dict[str, Any] = {}

    def run(self, triggered: date, done_before: Container[str] = ()) -> list[str]:
        """The dbt tasks that a run on this day does. Fails with the output of one that fails."""
        self.done = []
        references = {"job.trigger.time.iso_date": str(triggered)}
        day = self.bundle.notebook_values("part_date", references)
        for task, project, command in self.bundle.dbt_commands(self.deployed, day, self._first_row):
            if task in done_before:
                continue
            self.endpoint.record.command = f"{task}: {' '.join(command)}"
            profiles = project / self.bundle.task(task)["dbt_task"]["profiles_directory"]
            environment = {"DBT_PROFILES_DIR": str(profiles)}
            if task == "mart":
                done = subprocess.run(
                    command,
                    cwd=project,
                    env=os.environ | self.environment | environment,
                    capture_output=True,
                    text=True,
                )
            else:
                dbt, *arguments = command
                assert (dbt, project) == ("dbt", self.deployed)
                done = self.dbt(*arguments, **environment)
            assert done.returncode == 0, f"{task}: {done.stdout}{done.stderr}"
            assert NOTHING_SELECTED not in done.stdout, done.stdout
            self.done.append(task)
        return self.done

    def _first_row(self, query: str, parameters: dict[str, str]) -> dict[str, Any]:
        """As an SQL warehouse runs the file of a task."""
        spark = self.warehouse.spark
        # In Spark 4.1, the parser of Delta Lake leaves other parameters as they are.
        spark.conf.set("spark.sql.legacy.parameterSubstitution.constantsOnly", True)
        self.late_days = spark.sql(query, args=parameters).first().asDict()
        return self.late_days


def _environment(endpoint: Endpoint) -> dict[str, str]:
    """What a task of the job has."""
    endpoint.tokens.add(TOKEN)
    of_the_endpoint = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NO_PROXY")
    return {name: endpoint.environment[name] for name in of_the_endpoint} | {
        "PATH": f"{DBT.parent}:{os.environ['PATH']}",
        "DBT_HOST": endpoint.environment["DATABRICKS_HOST"],
        "DBT_ACCESS_TOKEN": TOKEN,
    }


def _sources_of(day: date) -> list[list[Row]]:
    """One visit with an order, and one without an account."""
    noon = datetime.combine(day, time(12))
    line = {
        "part_date": str(day),
        "log_dt": noon,
        "user_device_id": "d1",
        "s_device_type": "MOBILE",
        "ws_art_id": 1,
        "shop": "KR",
        "platform": "APP",
    }
    order = {
        "ord_sheet_number": "s1",
        "ord_item_number": 1,
        "ord_dt": noon + timedelta(minutes=1),
        "account_id": "m1",
        "we_art_id": 10,
        "shop": "KR",
        "sale_id": 100,
        "goods_id": 1000,
        "goods_cat": "ALBUM",
        "logi_cat": "ALBUM",
        "album_qty": 1,
        "ord_item_qty": 1,
        "ord_item_amt_krw": 20_000,
        "part_date": str(day),
    }
    wv_session = {
        "key_date": day,
        "we_member_id": "m1",
        "sess_id": "w1",
        "we_art_id": 10,
        "we_art_name": "a",
        "platform": "APP",
        "part_date": str(day),
    }
    return [
        [line | {"s_wemember_id": "m1", "s_user_id": "u1"}, line | {"user_device_id": "d2"}],
        [{"ws_art_id": 1, "we_art_id": 10, "we_art_name": "a"}],
        [{"we_member_id": "m1", "we_art_id": 10, "fc_start_date": day - timedelta(30)}],
        [order],
        [wv_session],
    ]
