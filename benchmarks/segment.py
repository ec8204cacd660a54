#!/usr/bin/env python3
"""Run Segment's sessionization (dbt-labs/segment) on the client log with DuckDB, and time it.

    git clone https://github.com/dbt-labs/segment SEGMENT
    git clone --branch 1.4.1 https://github.com/dbt-labs/dbt-utils DBT_UTILS
    .venv/bin/python -m benchmarks.segment --segment SEGMENT --dbt-utils DBT_UTILS \
        --log 'LOG/*.parquet' --work /tmp/segment

Neither package is part of this project. Both are copied into a small dbt project in the folder
--work, which is built with `dbt seed` and `dbt run --full-refresh`. The script prints the seconds
of each model, of all models and of the whole `dbt run` process, and the number of sessions.

    --segment     checkout of dbt-labs/segment (tested: 0.9.0 and the last commit of main)
    --dbt-utils   checkout of dbt-labs/dbt-utils, 1.x, which Segment needs (tested: 1.4.1); this
                  project's subset of dbt_utils lacks macros that Segment calls
    --log         Parquet file or glob with the columns of SPEC 1, of one day or several
    --work        folder for the dbt project, its logs and its DuckDB file. The files of an
                  earlier call are replaced; nothing else in the folder is touched

Environment: WS_DUCKDB_THREADS (default 4) and WS_DUCKDB_MEMORY_LIMIT (default 4GB), as for the
project itself. Models run one at a time, so that they do not slow each other down.
Exit codes: 0 built; 1 not built, stderr says why; 2 wrong arguments.

Input of Segment: one page view per log line. `id` = `log_id` (a line without one is a separate page
view), `anonymous_id` = the browser by SPEC section 2 (`user_device_id`, else `wv_device_id`),
`user_id` = `s_wemember_id`, all three times = `log_dt`, `url` = the shop, `context_user_agent` =
the device type; the rest is null. Segment neither cleans nor rejects lines. The ids are therefore
cleaned beforehand, and lines without browser or time are left out. This work is timed separately
and is not part of the total, which favours Segment. Segment does not handle days, changing browser
ids of one Weverse device, several accounts in a session, artists, shops or memberships.

Changes for DuckDB and dbt 1.11:
  1. `segment_page_views_table` names the table with the mapped log.
  2. The line `partition_by = {…}` is removed from the copied models. It is meant for BigQuery, and
     dbt-duckdb fails on it. `sort`, `dist` and `cluster_by` stay, because dbt-duckdb ignores them.
  3. Segment's YAML uses `tests:` for data tests, which dbt 1.11 reports as deprecated. Deprecation
     warnings are errors in this project, but not here. Segment's tests are not run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

DBT = Path(sys.executable).with_name("dbt")
PACKAGES = {"segment": ("models", "macros", "seeds"), "dbt_utils": ("macros",)}
DATABASE = "clickstream.duckdb"
PARTITION_BY = re.compile(r"^ *partition_by = \{.*\},\n", re.MULTILINE)

PROJECT = """\
name: segment_benchmark
profile: segment_benchmark
flags:
  send_anonymous_usage_stats: false
vars:
  segment:
    segment_page_views_table: raw.page_views
"""
PROFILE = """\
segment_benchmark:
  target: local
  outputs:
    local:
      type: duckdb
      path: "{path}"
      schema: segment
      threads: 1
      settings:
        threads: {threads}
        memory_limit: "{memory_limit}"
        preserve_insertion_order: false
        TimeZone: UTC
"""

PAGE_VIEWS = """\
create table raw.page_views as
with cleaned as (
    select
        cast(log_dt as timestamp) as log_dt,
        shop,
        s_device_type,
        {ids}
    from read_parquet($log)
),
identified as (
    select *, coalesce(user_device_id, wv_device_id) as browser_id from cleaned
)
select
    coalesce(log_id, 'line ' || row_number() over ()) as id,
    browser_id as anonymous_id,
    s_wemember_id as user_id,
    log_dt as received_at,
    log_dt as sent_at,
    log_dt as timestamp,
    'https://shop.example/' || shop as url,
    shop as path,
    cast(null as varchar) as title,
    cast(null as varchar) as search,
    cast(null as varchar) as referrer,
    cast(null as varchar) as context_campaign_source,
    cast(null as varchar) as context_campaign_medium,
    cast(null as varchar) as context_campaign_name,
    cast(null as varchar) as context_campaign_term,
    cast(null as varchar) as context_campaign_content,
    cast(null as varchar) as context_ip,
    s_device_type as context_user_agent
from identified
where log_dt is not null and browser_id is not null
"""
IDS = ("log_id", "user_device_id", "wv_device_id", "s_wemember_id")
NULL_IDS = "'', 'null', 'undefined', 'none', 'nan', '0', '00000000-0000-0000-0000-000000000000'"


class SegmentError(Exception):
    """Segment could not be built; the message gives the reason."""


def make_project(packages: dict[str, Path], work: Path, settings: dict[str, str]) -> Path:
    """Create a dbt project in `work` with copies of the packages and a profile. Returns its folder.

    Raises SegmentError if a folder is not the expected package.
    """
    project = work / "project"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    for name, source in packages.items():
        if not (source / "dbt_project.yml").is_file():
            raise SegmentError(f"{source} is not a checkout of {name}: it has no dbt_project.yml")
        copy = project / "dbt_packages" / name
        copy.mkdir(parents=True)
        shutil.copy(source / "dbt_project.yml", copy)
        for folder in PACKAGES[name]:
            if not (source / folder).is_dir():
                raise SegmentError(f"{source} is not a checkout of {name}: it has no {folder}/")
            shutil.copytree(source / folder, copy / folder)
    # Change 2 of the docstring: remove the line on which dbt-duckdb fails.
    for model in (project / "dbt_packages" / "segment" / "models").rglob("*.sql"):
        sql = model.read_text(encoding="utf-8")
        model.write_text(PARTITION_BY.sub("", sql), encoding="utf-8")
    (project / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    profile = PROFILE.format(path=work / DATABASE, **settings)
    (project / "profiles.yml").write_text(profile, encoding="utf-8")
    return project


def load(log: str, database: Path, settings: dict[str, str]) -> tuple[int, float]:
    """Map the log into raw.page_views of a new DuckDB file. Returns its rows and the seconds."""
    database.unlink(missing_ok=True)
    ids = ",\n        ".join(
        f"case when lower(trim(both ' ' from {column})) not in ({NULL_IDS})"
        f" then trim(both ' ' from {column}) end as {column}"
        for column in IDS
    )
    started = time.perf_counter()
    with duckdb.connect(str(database), config=settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        connection.execute(PAGE_VIEWS.format(ids=ids), {"log": log})
        rows = connection.execute("select count(*) from raw.page_views").fetchall()[0][0]
    return rows, time.perf_counter() - started


def dbt(project: Path, *arguments: str) -> float:
    """Run dbt in the project. Returns the seconds of the process.

    Raises SegmentError with the output of dbt if it fails.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [DBT, "--no-use-colors", *arguments],
        cwd=project,
        # The caller's dbt settings (paths, warnings as errors) must not apply to this project.
        env={k: v for k, v in os.environ.items() if not k.startswith("DBT_")}
        | {"DBT_PROFILES_DIR": str(project)},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SegmentError(f"dbt {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


def model_seconds(project: Path) -> dict[str, float]:
    """The seconds of each model in the last `dbt run`, in the order of execution."""
    text = (project / "target" / "run_results.json").read_text(encoding="utf-8")
    return {
        result["unique_id"].split(".")[-1]: result["execution_time"]
        for result in json.loads(text)["results"]
    }


def count_sessions(database: Path) -> int:
    """The number of sessions that Segment found."""
    with duckdb.connect(str(database), read_only=True) as connection:
        query = "select count(*) from segment.segment_web_sessions"
        return connection.execute(query).fetchall()[0][0]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--segment", required=True, type=Path, metavar="DIR")
    parser.add_argument("--dbt-utils", required=True, type=Path, metavar="DIR")
    parser.add_argument("--log", required=True, metavar="LOG")
    parser.add_argument("--work", required=True, type=Path, metavar="DIR")
    given = parser.parse_args()
    work = given.work.resolve()
    settings = {
        "threads": os.environ.get("WS_DUCKDB_THREADS", "4"),
        "memory_limit": os.environ.get("WS_DUCKDB_MEMORY_LIMIT", "4GB"),
    }
    try:
        packages = {"segment": given.segment, "dbt_utils": given.dbt_utils}
        project = make_project(packages, work, settings)
        rows, load_seconds = load(given.log, work / DATABASE, settings)
        dbt(project, "seed")
        run_seconds = dbt(project, "run", "--full-refresh")
        seconds = model_seconds(project)
        sessions = count_sessions(work / DATABASE)
    except (SegmentError, OSError, duckdb.Error) as error:
        print(f"Segment was not built: {error}", file=sys.stderr)
        return 1
    print(f"mapped  {load_seconds:9.2f} s  the cleaned log, without Segment: {rows:,} page views")
    for model, model_time in seconds.items():
        print(f"model   {model_time:9.2f} s  {model}")
    print(f"models  {sum(seconds.values()):9.2f} s  all models")
    print(f"dbt run {run_seconds:9.2f} s  the whole process")
    print(f"sessions {sessions:,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
