"""Run Segment's sessionization (dbt-labs/segment) on the client log with DuckDB, and time it.

    git clone https://github.com/dbt-labs/segment SEGMENT
    git clone --branch 1.4.1 https://github.com/dbt-labs/dbt-utils DBT_UTILS
    .venv/bin/python -m benchmarks.run --segment SEGMENT --dbt-utils DBT_UTILS

Neither package is part of this project. (Segment needs macros of dbt-utils that this project's
subset lacks; tested: Segment 0.9.0 and the last commit of main, dbt-utils 1.4.1.) Both are copied
into a small dbt project, which is built with `dbt seed` and `dbt run --full-refresh`, one model at
a time.

Input of Segment: one page view per log line. `id` = `log_id` (a line without one is a separate page
view), `anonymous_id` = the browser by SPEC section 2 (`user_device_id`, else `wv_device_id`),
`user_id` = `s_wemember_id`, all three times = `log_dt`, `url` = the shop, `context_user_agent` =
the device type; the rest is null. Segment neither cleans nor rejects lines. The ids are therefore
cleaned beforehand, and lines without browser or time are left out. This work is not part of the
time, which favours Segment. Segment does not handle days, changing browser ids of one Weverse
device, several accounts in a session, artists, shops or memberships.

Changes for DuckDB and dbt 1.11:
  1. `segment_page_views_table` names the table with the mapped log.
  2. The line `partition_by = {…}` is removed from the copied models. It is meant for BigQuery, and
     dbt-duckdb fails on it. `sort`, `dist` and `cluster_by` stay, because dbt-duckdb ignores them.
  3. Segment's YAML uses `tests:` for data tests, which dbt 1.11 reports as deprecated. Deprecation
     warnings are errors in this project, but not here. Segment's tests are not run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

DBT = Path(sys.executable).with_name("dbt")
PACKAGES = {"segment": ("models", "macros", "seeds"), "dbt_utils": ("macros",)}
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


def seconds_of_models(
    log: str, work: Path, segment: Path, dbt_utils: Path, *, threads: int, memory: str
) -> float:
    """Build Segment for the log in the folder `work`. Return the seconds of its models."""
    shutil.rmtree(work, ignore_errors=True)
    project, database = work / "project", work / "clickstream.duckdb"
    for name, source in {"segment": segment, "dbt_utils": dbt_utils}.items():
        copy = project / "dbt_packages" / name
        copy.mkdir(parents=True)
        shutil.copy(source / "dbt_project.yml", copy)
        for folder in PACKAGES[name]:
            shutil.copytree(source / folder, copy / folder)
    for model in (project / "dbt_packages/segment/models").rglob("*.sql"):
        sql = model.read_text(encoding="utf-8")
        model.write_text(PARTITION_BY.sub("", sql), encoding="utf-8")
    (project / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    profile = PROFILE.format(path=database, threads=threads, memory_limit=memory)
    (project / "profiles.yml").write_text(profile, encoding="utf-8")

    ids = ",\n        ".join(
        f"case when lower(trim(both ' ' from {column})) not in ({NULL_IDS})"
        f" then trim(both ' ' from {column}) end as {column}"
        for column in IDS
    )
    settings = {"threads": threads, "memory_limit": memory}
    with duckdb.connect(str(database), config=settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema raw")
        connection.execute(PAGE_VIEWS.format(ids=ids), {"log": log})

    # The caller's dbt settings (paths, warnings as errors) must not apply to this project.
    environment = {name: v for name, v in os.environ.items() if not name.startswith("DBT_")}
    for command in (["seed"], ["run", "--full-refresh"]):
        done = subprocess.run(
            [DBT, "--no-use-colors", *command],
            cwd=project,
            env=environment | {"DBT_PROFILES_DIR": str(project)},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"Segment did not run.\n{done.stdout}{done.stderr}")
    results = json.loads((project / "target/run_results.json").read_text(encoding="utf-8"))
    return sum(result["execution_time"] for result in results["results"])
