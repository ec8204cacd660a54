#!/usr/bin/env python3
"""Measure `ws_sess_daily` on Spark with Delta Lake: time, shuffle and spill, beside other queries.

    make setup-spark
    .venv/bin/python -m benchmarks.spark --lines 1000000

The queries are those of run.py (ours, clean floor, page literal), whose docstring describes them.
dbt compiles them for the target `spark`. They run alternately in one session, on a Delta table with
a log of benchmarks/make_log.py. Their rows are discarded (`noop`), so that only the query is
measured. The result is printed as Markdown: the CPU seconds of Spark's tasks, which other processes
on the machine disturb least, and their ratio to the clean floor; seconds, planning included;
exchanges in the physical plan; and the bytes shuffled and spilled, in total and per log line. CPU
seconds and bytes come from Spark's stage metrics.

    --lines   lines per day, default 1000000
    --runs    runs of each query, after one that is not counted; default 3
    --work    folder for the log, tables and catalog; default: a temporary folder

Environment: WS_SPARK_MEMORY (default here: 4g) and WS_SPARK_IVY_DIR, as in profiles.yml.example.
Exit codes: 0 measured, 1 Spark did not start, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.run import DAY, ROOT, compile_command, compiled_query, profiles, succeeded

WAYS = ("ours", "clean floor", "page literal")


@dataclass
class Run:
    """One run of a query."""

    seconds: float
    cpu: float
    shuffled: int
    spilled_to_disk: int


def exchanges(session: Any, query: str) -> int:
    """Number of exchanges in the physical plan; one that is read several times counts once."""
    session.conf.set("spark.sql.adaptive.enabled", "false")
    plan = session.sql(query)._jdf.queryExecution().executedPlan().toString()
    session.conf.set("spark.sql.adaptive.enabled", "true")
    return sum(" Exchange " in f" {line.lstrip(' :+-')}" for line in plan.splitlines())


def measured(session: Any, query: str) -> Run:
    """Run a query and discard its rows."""
    before = {stage.stageId() for stage in _stages(session)}
    started = time.monotonic()
    session.sql(query).write.format("noop").mode("overwrite").save()
    seconds = time.monotonic() - started
    stages = [stage for stage in _stages(session) if stage.stageId() not in before]
    return Run(
        seconds,
        sum(stage.executorCpuTime() for stage in stages) / 1e9,
        sum(stage.shuffleWriteBytes() for stage in stages),
        sum(stage.diskBytesSpilled() for stage in stages),
    )


def _stages(session: Any) -> list[Any]:
    context = session.sparkContext
    no_quantiles = context._gateway.new_array(context._jvm.double, 0)
    no_tasks = context._jvm.java.util.ArrayList()
    listed = context._jsc.sc().statusStore().stageList(None, False, False, no_quantiles, no_tasks)
    return [listed.apply(place) for place in range(listed.size())]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    if given.lines < 1 or given.runs < 1:
        parser.error("--lines and --runs take whole numbers from 1")

    with tempfile.TemporaryDirectory() as folder:
        work = (given.work or Path(folder)).resolve()
        log = work / f"log_{given.lines}"
        if not log.exists():
            size = ("--lines", str(given.lines), "--days", "1", "--first-day", DAY)
            make = (sys.executable, "-m", "benchmarks.make_log", *size, "--out", log)
            subprocess.run(make, cwd=ROOT, check=True)
        os.environ.setdefault("WS_SPARK_MEMORY", "4g")
        os.environ.setdefault("WS_SPARK_IVY_DIR", str(ROOT / ".spark/ivy"))
        os.environ["WS_SPARK_DIR"] = str(work / "spark")
        os.environ["DBT_TARGET_PATH"] = str(work / "target")
        os.environ["DBT_PROFILES_DIR"] = str(profiles(work))

        from scripts.engines import Spark

        engine = Spark()
        engine.load(f"{log}/*.parquet", lambda *_: None)
        succeeded(engine.dbt("seed", "--select", "path:seeds/we_mart"))
        queries = {
            way: compiled_query(succeeded(engine.dbt(*compile_command(way)))) for way in WAYS
        }
        runs: dict[str, list[Run]] = {way: [] for way in WAYS}
        for _ in range(given.runs + 1):
            for way, query in queries.items():
                runs[way].append(measured(engine.session, query))

        version = engine.session.version
        print(f"\nSpark {version}, {os.cpu_count()} processors, {given.lines:,} lines.\n")
        print(
            "| query | task CPU seconds: min, median, max | ÷ clean floor | seconds"
            " | exchanges | shuffled | per line |"
        )
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
        floor = statistics.median(run.cpu for run in runs["clean floor"][1:])
        for way in WAYS:
            cpu = [run.cpu for run in runs[way][1:]]
            seconds = statistics.median(run.seconds for run in runs[way][1:])
            last = runs[way][-1]
            spread = ", ".join(f"{f(cpu):.1f}" for f in (min, statistics.median, max))
            print(
                f"| {way} | {spread} | {statistics.median(cpu) / floor:.2f} | {seconds:.1f}"
                f" | {exchanges(engine.session, queries[way])} | {last.shuffled / 1e6:,.0f} MB"
                f" | {last.shuffled / given.lines:.0f} bytes |"
            )
        spilled = {way: runs[way][-1].spilled_to_disk for way in WAYS}
        print("\nSpilled to disk: " + ", ".join(f"{w} {s:,} bytes" for w, s in spilled.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
