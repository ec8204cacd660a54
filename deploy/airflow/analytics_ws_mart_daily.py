"""The daily job of the session mart, `analytics_ws_mart_daily` on the table page, for Airflow.

One run builds one day, the one on which its data interval starts (UTC). The interval of a day ends
at 01:00 UTC of the next one, which is 10:00 in Korea, so that the day is over and its log has an
hour to arrive. A run that is repeated later builds the same day again and touches no other.

    freshness >> mart >> made_from_mart >> snapshots >> tests >> stale_days

    freshness       fails if the newest line of the log is too old (`dbt source freshness`)
    mart            `ws_sess_daily`
    made_from_mart  every table and view that is made from the mart
    snapshots       the histories of artists and memberships, as they are now
    tests           data tests of what was built, on the day
    stale_days      fails if one of the 30 days that end with this one must be built again, and
                    prints the command for each

One run goes at a time, so that a backfill and the schedule never meet in a table. Days that the
scheduler missed are caught up, oldest first; set `start_date` to the first day that is wanted. To
build days again:

    airflow backfill create --dag-id analytics_ws_mart_daily --from-date 2024-01-14 \\
        --to-date 2024-01-17 --max-active-runs 1 --reprocess-behavior completed

A run that is triggered by hand takes the day from its parameter `part_date`, if it is given one.

Environment of the scheduler and its workers:
    WS_SHOP_PROJECT   this project's folder, after `make setup`; default: the one this file is in
    WS_SHOP_DBT       the dbt to run; default: .venv/bin/dbt of the project
    DBT_PROFILES_DIR  the folder of profiles.yml; default: the project's
    DBT_TARGET        the target; default: prod. Its own variables stand in profiles.yml.example.
"""

import os
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param
from airflow.timetables.interval import CronDataIntervalTimetable
from cosmos import ProfileConfig
from cosmos.operators.local import (
    DbtRunLocalOperator,
    DbtRunOperationLocalOperator,
    DbtSnapshotLocalOperator,
    DbtSourceLocalOperator,
    DbtTestLocalOperator,
)
from pendulum import datetime

PROJECT = Path(os.environ.get("WS_SHOP_PROJECT", Path(__file__).resolve().parents[2]))
PART_DATE = "{{ params.part_date or (data_interval_start | ds) }}"
# The days that must be there. The log may already have lines of the day that goes on, which no run
# has built.
FIRST_DAY = "{{ macros.ds_add(params.part_date or (data_interval_start | ds), -29) }}"

DBT = {
    "project_dir": PROJECT,
    "profile_config": ProfileConfig(
        profile_name="ws_shop",
        target_name=os.environ.get("DBT_TARGET", "prod"),
        profiles_yml_filepath=Path(os.environ.get("DBT_PROFILES_DIR", PROJECT)) / "profiles.yml",
    ),
    "dbt_executable_path": os.environ.get("WS_SHOP_DBT", str(PROJECT / ".venv" / "bin" / "dbt")),
    # `make setup` installs the packages.
    "install_deps": False,
}

with DAG(
    "analytics_ws_mart_daily",
    description="위버스샵 일별 세션 마트 · The daily session mart of the Weverse Shop",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 1 * * *", timezone="UTC"),
    start_date=datetime(2024, 1, 1, 1),
    catchup=True,
    max_active_runs=1,
    params={
        "part_date": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-\d{2}-\d{2}$",
            description="The day to build, yyyy-MM-dd, UTC. Empty: the run's own day.",
        )
    },
    default_args={
        "owner": "박상민",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=3),
    },
    tags=["we_mart", "ws_shop", "dbt"],
) as dag:
    day = {"part_date": PART_DATE}

    freshness = DbtSourceLocalOperator(task_id="freshness", select="source:service_log", **DBT)
    mart = DbtRunLocalOperator(task_id="mart", select="ws_sess_daily", vars=day, **DBT)
    made_from_mart = DbtRunLocalOperator(
        task_id="made_from_mart",
        select="ws_sess_daily+",
        exclude="ws_sess_daily",
        vars=day,
        **DBT,
    )
    snapshots = DbtSnapshotLocalOperator(task_id="snapshots", **DBT)
    tests = DbtTestLocalOperator(
        task_id="tests",
        select="ws_sess_daily+ path:snapshots path:tests",
        exclude="test_type:unit",
        vars=day,
        **DBT,
    )
    stale_days = DbtRunOperationLocalOperator(
        task_id="stale_days",
        macro_name="stop_on_stale_days",
        vars={"part_date": FIRST_DAY, "part_date_to": PART_DATE},
        # The answer does not change by asking again.
        retries=0,
        **DBT,
    )

    freshness >> mart >> made_from_mart >> snapshots >> tests >> stale_days
