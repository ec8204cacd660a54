#!/usr/bin/env python3
"""Measure `ws_sess_daily` on DuckDB, as ratios to other queries that do the same or less.

    .venv/bin/python -m benchmarks.run                      # `make bench`: about an hour
    .venv/bin/python -m benchmarks.run --lines 1000000      # one size
    .venv/bin/python -m benchmarks.run --smoke              # `make bench-smoke`: a minute

The logs come from benchmarks/make_log.py: one day, about 20 lines per device. In the skewed log
one device has 1 % of all lines. Every query runs in its own process, on the same DuckDB file, with
the same threads and memory. Two queries that are compared run alternately (A B A B), and the ratio
is computed for each pair. These are compared:

    ours           the compiled query of ws_sess_daily
    bare floor     sql/bare_floor.sql: sessions of the raw browser id, with one chain of windows and
                   one aggregation
    clean floor    sql/clean_floor.sql: the same after cleaning all columns of the mart
    page literal   sql/page_literal.sql: every step of the contract as its own window over events,
                   with `select distinct` at the end. Its rows are compared with ours
    Polars         polars_mart.py: the whole specification written by hand, including the start of
                   Python and writing the Parquet file; only if Polars is installed
                   (the group `bench`)
    Segment        segment.py, only with --segment and --dbt-utils; its time is that of its models
    dbt run        the daily command, as a process

    --lines        lines per day, several allowed; default 1000000 3000000 10000000 30000000
    --runs         number of pairs, default 3
    --threads      threads of DuckDB, default: the number of processors
    --memory       memory of DuckDB, default 4GB
    --work         folder for logs and warehouses, 8 GB for the default sizes; default: a temporary
                   folder, which is removed at the end
    --out          text file for the table; if Matplotlib is installed, a picture is written
                   beside it as .svg. Default: print to the terminal
    --smoke        200,000 lines; exit code 1 if a ratio is above its bound (BOUNDS). Three rounds,
                   and four more to confirm if a bound is broken

The page-literal query and the bare floor are compared up to 3,000,000 lines. Above 10,000,000 lines
only ours runs, once, to show how its time grows. Ratios are of CPU seconds, which other processes
on the machine disturb least; the table has the wall-clock seconds beside them. (Segment's CPU
seconds are not known, so its ratio is of wall-clock seconds.) Memory is DuckDB's peak buffer
memory, and spill is the peak size of its temporary folder.
Exit codes: 0 measured, 1 a bound was broken or rows differ, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import segment
from benchmarks.results import (
    Comparison,
    Figures,
    exponent,
    gigabytes,
    medians,
    picture,
    spread,
    table,
)
from scripts.parsed_project import Done, ParsedProject
from scripts.paths import ROOT

BIN = Path(sys.executable).parent
DAY = "2024-01-15"
HISTORY_DAYS = 365
SMOKE_LINES = 200_000
# Above this size the page-literal query takes many minutes per run, and neither it nor the bare
# floor adds information.
MOST_LITERAL_LINES = 3_000_000
# Above this size only ours runs, once, to show how its time grows.
MOST_COMPARED_LINES = 10_000_000
# Name of a ratio -> the greatest value that --smoke accepts, in CPU seconds. (The page-literal
# query is the divisor of its pair, so that a smaller value is better for every ratio.)
BOUNDS = {
    "ours ÷ clean floor": 2.3,
    "ours ÷ page literal": 0.5,
    "skewed ÷ ours": 1.4,
}
FEW_ROUNDS, MANY_ROUNDS = 3, 7


class Bench:
    """The warehouses and queries of one call."""

    def __init__(self, work: Path, threads: int, memory: str, runs: int) -> None:
        self.work = work
        self.threads = threads
        self.memory = memory
        self.runs = runs
        self.comparisons: list[Comparison] = []
        self.queries: dict[str, str] = {}
        # For preparation, which is not measured. Measured commands run as processes.
        self._dbt = ParsedProject({})

    # -- Logs and warehouses --------------------------------------------------------------------

    def log(self, lines: int, days: int = 1, skew: float = 0.0) -> Path:
        """The folder of a log, which is generated if it does not exist."""
        folder = self.work / f"log_{lines}_{days}_{skew}"
        if not folder.exists():
            arguments = ["--lines", lines, "--days", days, "--first-day", DAY, "--out", folder]
            arguments += ["--skew", skew] if skew else []
            self.process(sys.executable, "-m", "benchmarks.make_log", *arguments)
        return folder

    def warehouse(self, lines: int, days: int = 1, skew: float = 0.0) -> Path:
        """A DuckDB file with that log and the sample's other sources, created if it does not exist.

        All files have the same name, because a compiled query contains the database name.
        """
        path = self.work / f"warehouse_{lines}_{days}_{skew}" / "ws_shop.duckdb"
        if not path.exists():
            log = self.log(lines, days, skew)
            path.parent.mkdir(parents=True)
            load = (sys.executable, "-m", "scripts.load_log", f"{log}/*.parquet")
            self.process(*load, warehouse=path)
            self.prepare("seed", "--select", "path:seeds/we_mart", warehouse=path)
        return path

    def prepare(self, *arguments: str, warehouse: Path) -> Done:
        """Run a dbt command in this process, which parses the project only once."""
        return succeeded(self._dbt(*arguments, **self.environment(warehouse)))

    def compile(self, warehouse: Path) -> None:
        """Compile the SQL queries with dbt for DuckDB, and keep them by name."""
        for way in ("ours", "bare floor", "clean floor", "page literal"):
            done = self.prepare(*compile_command(way), warehouse=warehouse)
            self.queries[way] = compiled_query(done)

    # -- Measuring ------------------------------------------------------------------------------

    def compare(
        self,
        name: str,
        lines: int,
        first: Callable[[], Figures],
        second: Callable[[], Figures],
        runs: int | None = None,
    ) -> Comparison:
        """Measure two queries alternately, after one run of each that is not counted."""
        first(), second()
        pairs = [(first(), second()) for _ in range(runs or self.runs)]
        comparison = Comparison(name, lines, [a for a, _ in pairs], [b for _, b in pairs])
        self.comparisons.append(comparison)
        print(f"{lines:>12,}  {name}: {spread(comparison.ratios())}", flush=True)
        return comparison

    def query(self, name: str, warehouse: Path) -> Callable[[], Figures]:
        sql = self.queries[name]

        def run() -> Figures:
            # In a new process, so that no run inherits memory from another.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                return pool.apply(_run_query, (str(warehouse), sql, self.threads, self.memory))

        return run

    def process(self, *command: Any, warehouse: Path | None = None) -> Figures:
        """Run a command as a process and measure the whole process."""
        started = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=os.environ | self.environment(warehouse),
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"Failed: {' '.join(map(str, command))}")
        return {
            "wall": time.monotonic() - started,
            "cpu": usage.ru_utime + usage.ru_stime,
            "memory": usage.ru_maxrss * 1024,
            "spill": 0,
        }

    def dbt_run(self, warehouse: Path) -> Figures:
        """Run the daily command; also read from its log the time without starting Python."""
        command = ("run", "--select", "ws_sess_daily", "--vars", f"part_date: {DAY}")
        figures = self.process(BIN / "dbt", "--quiet", *command, warehouse=warehouse)
        log = (self.work / "logs/dbt.log").read_text(encoding="utf-8")
        return figures | {"parse to finish": float(re.findall(r" after ([\d.]+) seconds", log)[-1])}

    def same_rows(self, warehouse: Path) -> bool:
        """Whether the page-literal query and ours give the same rows."""
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            for table, name in (("ours", "ours"), ("theirs", "page literal")):
                query = f"select * exclude (run_timestamp) from ({self.queries[name]})"
                connection.execute(f"create temp table {table} as {query}")
            differing = connection.execute(
                "select count(*) from ((from ours except all from theirs)"
                " union all (from theirs except all from ours))"
            ).fetchone()
        return differing == (0,)

    def environment(self, warehouse: Path | None) -> dict[str, str]:
        return {
            "WS_DUCKDB_PATH": str(warehouse or self.work / "ws_shop.duckdb"),
            "WS_DUCKDB_THREADS": str(self.threads),
            "WS_DUCKDB_MEMORY_LIMIT": self.memory,
            "DBT_TARGET": "local",
            "DBT_TARGET_PATH": str(self.work / "target"),
            "DBT_LOG_PATH": str(self.work / "logs"),
            "DBT_PROFILES_DIR": str(profiles(self.work)),
        }


def succeeded(done: Done) -> Done:
    """The result of a dbt command, which ends the program if it failed."""
    if done.returncode:
        sys.exit(f"Failed: dbt {' '.join(done.args)}\n{done.stdout}")
    return done


def compile_command(way: str) -> list[str]:
    """The dbt arguments that compile one of the queries."""
    selection = ["--select", "ws_sess_daily"]
    if way != "ours":
        file = ROOT / "benchmarks/sql" / f"{way.replace(' ', '_')}.sql"
        selection = ["--inline", file.read_text(encoding="utf-8")]
    return ["compile", *selection, "--vars", f"part_date: {DAY}"]


def compiled_query(done: Done) -> str:
    """The query that the command of `compile_command` compiled."""
    nodes = (result.node for result in done.result.results)
    return next(n.compiled_code for n in nodes if n.name in ("ws_sess_daily", "inline_query"))


def _run_query(warehouse: str, sql: str, threads: int, memory: str) -> Figures:
    """Write a query's rows into a temporary table; return what DuckDB's profile reports."""
    with tempfile.TemporaryDirectory(dir=Path(warehouse).parent) as folder:
        profile = Path(folder) / "profile.json"
        with duckdb.connect(warehouse, read_only=True) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.execute(f"set threads = {threads}")
            connection.execute(f"set memory_limit = '{memory}'")
            connection.execute("set preserve_insertion_order = false")
            connection.execute(f"set temp_directory = '{folder}/spill'")
            connection.execute("pragma enable_profiling = 'json'")
            connection.execute(f"pragma profiling_output = '{profile}'")
            before, started = time.process_time(), time.monotonic()
            connection.execute(f"create temp table result as {sql}")
            wall, cpu = time.monotonic() - started, time.process_time() - before
            connection.execute("pragma disable_profiling")
        system = json.loads(profile.read_text(encoding="utf-8"))["system"]
    return {
        "wall": wall,
        "cpu": cpu,
        "memory": system["peak_buffer_memory"],
        "spill": system["peak_temp_dir_size"],
    }


def profiles(work: Path) -> Path:
    """Use the committed example as profiles.yml, so that a user's own file has no effect."""
    folder = work / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "profiles.yml.example", folder / "profiles.yml")
    return folder


# -- Measurements ---------------------------------------------------------------------------------


def measure(bench: Bench, sizes: Sequence[int], of_segment: Sequence[Path]) -> list[str]:
    """Run all comparisons; return notes on measurements that are not pairs."""
    notes = []
    bench.compile(bench.warehouse(sizes[0]))
    ours: dict[int, Figures] = {}
    for lines in sizes:
        warehouse = bench.warehouse(lines)
        mart = bench.query("ours", warehouse)
        clean, bare, literal = (
            bench.query(name, warehouse) for name in ("clean floor", "bare floor", "page literal")
        )
        if lines > MOST_COMPARED_LINES:
            run = mart()
            ours[lines] = run
            notes.append(
                f"Ours on {lines:,} lines, one run: {run['cpu']:.1f} CPU s, {run['wall']:.1f} s,"
                f" {gigabytes(run['memory'])} GB of memory, {gigabytes(run['spill'])} GB spilled."
            )
            continue
        compared = bench.compare("ours ÷ clean floor", lines, mart, clean)
        ours[lines] = medians(compared.first)
        if lines <= MOST_LITERAL_LINES:
            bench.compare("ours ÷ bare floor", lines, mart, bare)
            bench.compare("page literal ÷ ours", lines, literal, mart)
    if len(sizes) > 1:
        notes.append(
            f"Growth over {min(sizes):,} to {max(sizes):,} lines: exponent"
            f" {exponent(ours, 'cpu'):.3f} of the CPU seconds,"
            f" {exponent(ours, 'wall'):.3f} of the seconds."
        )

    lines = sizes[0]
    warehouse = bench.warehouse(lines)
    mart = bench.query("ours", warehouse)
    skewed = bench.query("ours", bench.warehouse(lines, skew=0.01))
    bench.compare("skewed ÷ even", lines, skewed, mart)
    few = 20_000
    history = bench.warehouse(few, days=HISTORY_DAYS)
    alone = bench.warehouse(few)
    for path in (history, alone):
        bench.dbt_run(path)
    bench.compare(
        f"day with {HISTORY_DAYS} days of log ÷ alone",
        few,
        *(bench.query("ours", path) for path in (history, alone)),
        runs=3 * bench.runs,
    )
    if importlib.util.find_spec("polars"):
        command = _polars_command(bench, lines)
        bench.compare("ours ÷ Polars", lines, mart, lambda: bench.process(*command))
    if of_segment:
        bench.compare("ours ÷ Segment", lines, mart, lambda: _segment(bench, lines, *of_segment))
    bench.compare("dbt run ÷ its query", lines, lambda: bench.dbt_run(warehouse), mart)
    notes.append(_dbt_alone(bench, alone, few))
    return notes


def _dbt_alone(bench: Bench, warehouse: Path, lines: int) -> str:
    """The time that dbt adds to the query of a small log, with the project already parsed."""
    mart = bench.query("ours", warehouse)
    runs = [bench.dbt_run(warehouse) for _ in range(bench.runs)]
    query = statistics.median(mart()["wall"] for _ in range(bench.runs))
    process = statistics.median(run["wall"] for run in runs)
    own = [run["parse to finish"] - query for run in runs]
    return (
        f"`dbt run --select ws_sess_daily`, {lines:,} lines: {process:.1f} s as a process, its"
        f" query {query:.1f} s. Parse to finish without the query: {spread(own)} s."
    )


def _polars_command(bench: Bench, lines: int) -> list[Any]:
    seeds = ROOT / "seeds/we_mart"
    return [
        *(sys.executable, "-m", "benchmarks.polars_mart", f"{bench.log(lines)}/*.parquet"),
        *(seeds / "we_artist.csv", seeds / "ws_fc_user_history.csv", DAY),
        bench.work / "mart.parquet",
    ]


def _segment(bench: Bench, lines: int, *packages: Path) -> Figures:
    log, work = f"{bench.log(lines)}/*.parquet", bench.work / "segment"
    seconds = segment.seconds_of_models(
        log, work, *packages, threads=bench.threads, memory=bench.memory
    )
    return {"wall": seconds, "cpu": math.nan, "memory": math.nan, "spill": math.nan}


def smoke(bench: Bench) -> list[str]:
    """Run a few comparisons on a small log; return the bounds that were broken."""
    even, skewed = bench.warehouse(SMOKE_LINES), bench.warehouse(SMOKE_LINES, skew=0.01)
    bench.compile(even)
    broken = []
    if not bench.same_rows(even):
        broken.append("The page-literal query gives other rows than ws_sess_daily.")
    ways = {
        "ours": bench.query("ours", even),
        "clean floor": bench.query("clean floor", even),
        "page literal": bench.query("page literal", even),
        "skewed": bench.query("ours", skewed),
    }
    return broken + beyond_bounds(lambda: {way: run()["cpu"] for way, run in ways.items()})


def beyond_bounds(round_of: Callable[[], dict[str, float]]) -> list[str]:
    """Return the ratios whose median is above its bound. `round_of` runs every query once, and all
    ratios share these runs. If three rounds keep the bounds, they are enough. Otherwise more rounds
    decide, because other work on the machine can disturb only a few of them."""
    round_of()  # not counted
    rounds = [round_of() for _ in range(FEW_ROUNDS)]
    if broken := _beyond_bounds(rounds):
        print("Measured again, with more rounds:", *broken, sep="\n", flush=True)
        rounds += [round_of() for _ in range(MANY_ROUNDS - FEW_ROUNDS)]
    for name in BOUNDS:
        print(f"{name}: {spread(_ratios(name, rounds))}", flush=True)
    return _beyond_bounds(rounds)


def _beyond_bounds(rounds: list[dict[str, float]]) -> list[str]:
    found = {name: statistics.median(_ratios(name, rounds)) for name in BOUNDS}
    return [
        f"{name} is {median:.2f} in CPU seconds; the bound is {BOUNDS[name]}."
        for name, median in found.items()
        if median > BOUNDS[name]
    ]


def _ratios(name: str, rounds: list[dict[str, float]]) -> list[float]:
    first, second = name.split(" ÷ ")
    return [taken[first] / taken[second] for taken in rounds]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = [1_000_000, 3_000_000, 10_000_000, 30_000_000]
    parser.add_argument("--lines", type=int, nargs="+", default=sizes)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--segment", type=Path)
    parser.add_argument("--dbt-utils", type=Path)
    parser.add_argument("--smoke", action="store_true")
    given = parser.parse_args()
    if bool(given.segment) != bool(given.dbt_utils):
        parser.error("--segment and --dbt-utils go together")
    if min(given.lines) < 1 or given.runs < 1:
        parser.error("--lines and --runs take whole numbers from 1")

    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(given.work or Path(folder), given.threads, given.memory, given.runs)
        if given.smoke:
            broken = smoke(bench)
            print("\n".join(broken) or "Every ratio is within its bound.")
            return 1 if broken else 0
        of_segment = (given.segment, given.dbt_utils) if given.segment else ()
        notes = measure(bench, sorted(given.lines), of_segment)
        text = table(bench.comparisons, notes, bench.threads, bench.memory)
        if given.out:
            given.out.write_text(text, encoding="utf-8")
            picture(bench.comparisons, given.out.with_suffix(".svg"))
        else:
            print(f"\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
