"""Run every command of the Databricks job, in order, in the files that the CLI would deploy.

dbt-databricks is the unmodified one, with the job's own profile, and connects to the endpoint with
a token, as in a job. Each command is a process in the folder of the deployed project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.support.databricks_bundle import Bundle
from tests.support.databricks_warehouse import DatabricksWarehouse
from tests.support.endpoint.engine import WAREHOUSE
from tests.support.endpoint.running import Endpoint
from tests.support.warehouse import DBT, MART, Row

TOKEN = "given-by-databricks"
# A warning of dbt.
NOTHING_SELECTED = "does not match any enabled nodes"


def test_commands_of_the_deployed_job_succeed_in_order(endpoint: Endpoint, tmp_path: Path) -> None:
    # `freshness` compares the log with the current time.
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(1)
    warehouse = DatabricksWarehouse(endpoint, tmp_path)
    warehouse.load(*_sources_of(yesterday))

    bundle = Bundle(catalog=endpoint.engine.catalog, warehouse_id=Path(WAREHOUSE.http_path).name)
    deployed = bundle.deploy(tmp_path / "files")
    day = bundle.notebook_values("part_date", {"job.trigger.time.iso_date": str(today)})
    for task, project, command in bundle.dbt_commands(deployed, day):
        # Each task of a job gets its own copy of the files.
        shutil.rmtree(project / "target", ignore_errors=True)
        endpoint.record.command = f"{task}: {' '.join(command)}"
        profiles = project / bundle.task(task)["dbt_task"]["profiles_directory"]
        done = subprocess.run(
            command,
            cwd=project,
            env=_environment(endpoint) | {"DBT_PROFILES_DIR": str(profiles)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert NOTHING_SELECTED not in done.stdout, done.stdout

    assert {row["part_date"] for row in warehouse.rows(MART)} == {str(yesterday)}
    statuses = warehouse.rows("we_mart.ws_sess_daily_restatement")
    assert [(row["part_date"], row["status"]) for row in statuses] == [(str(yesterday), "current")]
    assert {f"we_mart.{name}_snapshot" for name in ("we_artist", "fc_membership")} <= (
        warehouse.tables()
    )


def _environment(endpoint: Endpoint) -> dict[str, str]:
    """What a task of the job has, and nothing of the settings of this machine."""
    endpoint.tokens.add(TOKEN)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    of_the_endpoint = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NO_PROXY")
    return (
        kept
        | {name: endpoint.environment[name] for name in of_the_endpoint}
        | {
            "PATH": f"{DBT.parent}:{os.environ['PATH']}",
            "DBT_HOST": endpoint.environment["DATABRICKS_HOST"],
            "DBT_ACCESS_TOKEN": TOKEN,
        }
    )


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
