"""The daily job of the session mart, `analytics_ws_mart_daily` in the data contract, for Airflow.

One run builds one day: the UTC day on which its data interval starts. The interval ends at 01:00
UTC of the next day, which is 10:00 KST. The day is then over, and its log has had an hour to
arrive. A run that is repeated later builds the same day again and touches no other day.

    freshness >> mart >> made_from_mart >> snapshots >> tests
        >> late_days >> late_build >> late_tests >> stale_days

    freshness       fails if the newest line of the log is too old (`dbt source freshness`)
    mart            `ws_sess_daily`
    made_from_mart  all downstream tables and views of the mart
    snapshots       the snapshots of artists and memberships
    tests           data tests of the tables that were built, for the day
    late_days       the days whose sources changed after they were built, at most `max_late_days`;
                    if there are none, the next two tasks are skipped
    late_build      these days again: the mart and all that is made from it, in one command
    late_tests      data tests of these days
    stale_days      fails if one of the 30 days that end with this day must be rebuilt, and prints
                    the command for each

Only one task runs at a time, so that a backfill and the schedule never write the same table at
once (`max_active_runs` does not count the runs of a backfill). This takes a pool with one slot.
Create it before the first run, because Airflow starts no task whose pool is missing:

    airflow pools set ws_shop 1 "One task of the session mart at a time"

The scheduler catches up on missed days, oldest first. Set `start_date` to the first day that you
need. To rebuild days, up to the day before `--to-date`:

    airflow backfill create --dag-id analytics_ws_mart_daily --from-date 2024-01-14 \\
        --to-date 2024-01-17 --max-active-runs 1 --reprocess-behavior completed

A run that is triggered by hand builds the day of its parameter `part_date`. Always give it, because
`--logical-date` does not choose the day: Airflow derives the data interval of such a run from the
current time.

    airflow dags trigger analytics_ws_mart_daily --conf '{"part_date": "2024-01-15"}'

Environment variables of the scheduler and its workers:
    WS_SHOP_PROJECT   folder of this project, after `make setup`; default: the project of this file
    WS_SHOP_DBT       dbt executable; default: .venv/bin/dbt of the project
    DBT_PROFILES_DIR  folder of profiles.yml; default: the project folder
    DBT_TARGET        target; default: prod. Its own variables are listed in profiles.yml.example.
    DBT_TARGET_PATH   folder in which dbt keeps the parsed project from one task to the next. If it
                      is not set, every task parses the project.
"""

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, TriggerRule, task
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
# The check covers given days only. The log may already have lines of the current day, which is not
# built yet and would be reported as missing.
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
            description="The day to build (UTC), yyyy-MM-dd. Give it in a run by hand.",
        )
    },
    default_args={
        "owner": "위버스샵 데이터팀",
        "pool": "ws_shop",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=3),
    },
    tags=["we_mart", "ws_shop", "dbt"],
) as dag:
    # `freshness` and `snapshots` do not depend on the day. They get it too, because dbt reuses the
    # parsed project of the previous task only if the variables are the same.
    day = {"part_date": PART_DATE}

    freshness = DbtSourceLocalOperator(
        task_id="freshness", select="source:service_log", vars=day, **DBT
    )
    mart = DbtRunLocalOperator(task_id="mart", select="ws_sess_daily", vars=day, **DBT)
    made_from_mart = DbtRunLocalOperator(
        task_id="made_from_mart",
        select="ws_sess_daily+",
        exclude="ws_sess_daily",
        vars=day,
        **DBT,
    )
    snapshots = DbtSnapshotLocalOperator(task_id="snapshots", vars=day, **DBT)
    tests = DbtTestLocalOperator(task_id="tests", selector="tests_of_a_day", vars=day, **DBT)

    # Cosmos does not hand on what a command prints. This task skips only what waits for its list;
    # stale_days runs in any case.
    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def late_days(part_date: str) -> list[str]:
        profile = DBT["profile_config"]
        done = subprocess.run(
            [
                *(DBT["dbt_executable_path"], "--quiet", "run-operation", "late_days"),
                *("--vars", json.dumps({"part_date": part_date})),
                *("--project-dir", PROJECT, "--target", profile.target_name),
                *("--profiles-dir", profile.profiles_yml_filepath.parent),
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        print(done.stdout)
        done.check_returncode()
        return json.loads(done.stdout or "[]")

    late = {"part_dates": "{{ ti.xcom_pull(task_ids='late_days') | join(', ') }}"}
    late_build = DbtRunLocalOperator(
        task_id="late_build", select="ws_sess_daily+", vars=late, **DBT
    )
    late_tests = DbtTestLocalOperator(
        task_id="late_tests", selector="tests_of_a_day", vars=late, **DBT
    )
    stale_days = DbtRunOperationLocalOperator(
        task_id="stale_days",
        macro_name="stop_on_stale_days",
        vars={"part_date": FIRST_DAY, "part_date_to": PART_DATE},
        # Also if late_build and late_tests were skipped.
        trigger_rule=TriggerRule.NONE_FAILED,
        # Repeating the check does not change its result.
        retries=0,
        **DBT,
    )

    freshness >> mart >> made_from_mart >> snapshots >> tests
    tests >> late_days(PART_DATE) >> late_build >> late_tests >> stale_days
