#!/usr/bin/env python3
"""Load a log into a local warehouse, build and test all tables for its days, and print results.

    .venv/bin/python -m scripts.build                   # the sample in seeds/
    .venv/bin/python -m scripts.build --log LOG         # a CSV or Parquet file, or a glob of them
    .venv/bin/python -m scripts.build --target spark    # sample or log, on Spark with Delta Lake

`make run`, `make run LOG=path` and `make run-spark` call this script. Its steps are:
    1. load   The sample is loaded with `dbt seed`, which stops if it would replace other rows.
              A log is loaded with scripts/load_log.py, which replaces its days and leaves other
              days. Missing other sources get the sample. On Spark, the sample is loaded as a log.
    2. build  `dbt run` builds several days together, up to MOST_LINES lines. A larger day has its
              own run. Then `dbt snapshot` runs once.
    3. test   `dbt test` runs the data tests of sources, marts and snapshots for these days.
    4. show   The results are printed.

Each step prints a line when it starts and when it ends. On a terminal, a bar shows its progress.

The script uses the dbt of the Python that runs it, and only the targets `local` and `spark`,
whatever default profiles.yml has. It never writes to another target.

Environment: WS_DUCKDB_PATH, WS_DUCKDB_MEMORY_LIMIT, WS_DUCKDB_THREADS (see scripts/load_log.py);
WS_SPARK_DIR and others (see profiles.yml.example); DBT_PROFILES_DIR (default: the project folder);
DBT_TARGET_PATH.
Exit codes: 0 built and tested; 1 the log was not loaded (every problem is listed on stderr and
nothing was changed) or the warehouse cannot be read; 2 wrong arguments; otherwise the exit code of
the dbt command that failed (1 or 2), after its complete output.
"""

import argparse
import csv
import json
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from scripts import load_log
from scripts.engines import LOG_TABLE, DuckDB, Engine, Spark
from scripts.paths import ROOT, shown_path

SAMPLE_LOG = ROOT / "seeds" / "service_log" / "weplyapi_client_log.csv"
OTHER_SOURCES = sorted(path.stem for path in (ROOT / "seeds" / "we_mart").glob("*.csv"))

# Without tests of intermediate models, which would compute the models again for every test. These
# tests are part of `make data-test`.
TESTED = ["source:*", "path:models/marts", "path:snapshots", "path:tests"]
MART, AUDIT = "we_mart.ws_sess_daily", "we_mart.ws_sess_daily_audit"
# Lines per run: few enough to fit into DuckDB's 4 GB without spilling and to show progress.
MOST_LINES = 2_000_000
ROWS_SHOWN = 10
ENGINES = {engine.target: engine for engine in (DuckDB, Spark)}

# A file or a pipe has no width. The tables are narrower than this.
console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False)


# ------------------------------------------------------------------ steps


class Step:
    """A step that takes a while, shown as a bar on a terminal, otherwise as a line at its start."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self.bar, self.task = bar, task

    def done(self, done: float, total: float) -> None:
        """Show the progress."""
        self.bar.update(self.task, completed=done, total=total)

    def watch(self, doing: str, connection: duckdb.DuckDBPyConnection) -> None:
        """Show what DuckDB does next; the bar reads the progress from the connection."""
        if self.bar.disable:
            say(f"{doing} …")
        self.bar.update(self.task, description=doing, connection=connection)


class DuckDBBar(BarColumn):
    """A bar that shows the progress of a query, if its task has a DuckDB connection."""

    def render(self, task):
        if connection := task.fields.get("connection"):
            try:
                percent = connection.query_progress()
            except duckdb.ConnectionException:  # closed, because the load has finished
                percent = 100
            task.total, task.completed = (100, percent) if percent >= 0 else (None, 0)
        return super().render(task)


@contextmanager
def step(doing: str) -> Iterator[Step]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), DuckDBBar(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        if not console.is_terminal:
            say(f"{doing} …")
        yield Step(bar, bar.add_task(doing, total=None))


def say(line: str) -> None:
    """Print a line immediately and without wrapping it."""
    console.print(line, soft_wrap=True)
    console.file.flush()


def dbt(engine: Engine, doing: str, *arguments: str) -> float:
    """Run a dbt command and return its seconds. Its output is printed only if it fails, which ends
    the script."""
    started = time.monotonic()
    with step(doing) as shown:
        done = engine.dbt(*arguments, progress=shown.done)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        print(f"Failed: dbt {' '.join(arguments)}", file=sys.stderr)
        sys.exit(done.returncode)
    return time.monotonic() - started


# ------------------------------------------------------------------ 1. load


def load_sample(engine: Engine) -> dict[str, int]:
    """Load the sample and return the number of lines per day. Other days of the log stay."""
    with open(SAMPLE_LOG, encoding="utf-8", newline="") as stream:
        lines = dict(sorted(Counter(row["part_date"] for row in csv.DictReader(stream)).items()))
    own_days = []
    if LOG_TABLE in engine.tables():
        days = load_log.texts(lines)
        own_days = engine.query(
            f"select distinct part_date from {LOG_TABLE} where part_date not in ({days})"
        )
    if isinstance(engine, DuckDB) and not own_days:
        seconds = dbt(engine, "Loading the sample", "seed")
        say(f"Loaded the sample of {load_log.counted(len(lines), 'day')} in {seconds:.1f} s.")
        return lines
    # Spark has no seeds, and `dbt seed` would empty the table first. So the sample is loaded like a
    # log. The days of the sample must not contain other rows.
    comparing = "Comparing the log with the sample"
    if isinstance(engine, DuckDB):
        given = {"seeds": [SAMPLE_LOG.stem], "days": list(lines)}
        look = ("run-operation", "stop_on_other_rows", "--args", json.dumps(given))
        dbt(engine, comparing, *look)
    else:
        with stopping(comparing):
            engine.stop_on_other_rows(lines)
    load_own_log(engine, str(SAMPLE_LOG))
    if own_days:
        say(f"{load_log.counted(len(own_days), 'other day')} in the log stayed as before.")
    return lines


def load_own_log(engine: Engine, log: str) -> dict[str, int]:
    """Load a log and return the number of lines per day. Missing other sources get the sample."""
    with stopping(f"Reading {log}") as shown:
        loaded = engine.load(log, shown.watch)
    say(load_log.summary(loaded))
    there = engine.tables()
    missing = [source for source in OTHER_SOURCES if f"we_mart.{source}" not in there]
    if missing:
        loading = "Loading sample rows of other sources"
        if isinstance(engine, DuckDB):
            dbt(engine, loading, "seed", "--select", *missing)
        else:
            with step(loading):
                for source in missing:
                    engine.create_from_sample("we_mart", source)
        say(f"Loaded sample rows for the sources that were missing: {', '.join(missing)}.")
    return loaded.lines


@contextmanager
def stopping(doing: str) -> Iterator[Step]:
    """A step of the load. If it fails, the script ends with the reasons."""
    try:
        with step(doing) as shown:
            yield shown
    except load_log.LoadError as error:
        load_log.report(error)
        sys.exit(1)


# ------------------------------------------------------------------ 2. build and 3. test


def runs(lines: dict[str, int]) -> list[list[str]]:
    """Group the days, in order, into runs with at most MOST_LINES lines."""
    cut: list[list[str]] = []
    for day in lines:
        if cut and sum(lines[before] for before in cut[-1]) + lines[day] <= MOST_LINES:
            cut[-1].append(day)
        else:
            cut.append([day])
    return cut


def is_range(days: Sequence[str]) -> bool:
    """Whether the days, in order, have no gap."""
    span = date.fromisoformat(days[-1]) - date.fromisoformat(days[0])
    return span.days + 1 == len(days)


def run_dates(days: Sequence[str]) -> dict[str, Any]:
    """The dbt variables for the days of a run, which can be any number."""
    most = {"max_run_days": len(days)}
    if is_range(days):
        return {"part_date": days[0], "part_date_to": days[-1]} | most
    return {"part_dates": list(days)} | most


def named(days: Sequence[str]) -> str:
    """The days of a run in words."""
    if len(days) == 1:
        return days[0]
    span = f"{days[0]} to {days[-1]}"
    return span if is_range(days) else f"{len(days)} days of {span}"


def build(engine: Engine, lines: dict[str, int], allow_empty_day: bool) -> None:
    """Build all tables."""
    for days in runs(lines):
        variables = run_dates(days) | {"allow_empty_day": allow_empty_day}
        done = dbt(engine, f"Building {named(days)}", "run", "--vars", json.dumps(variables))
        read = load_log.counted(sum(lines[day] for day in days), "line")
        say(f"Built {named(days)} ({read}) in {done:.1f} s.")
    say(f"Took the snapshots in {dbt(engine, 'Taking the snapshots', 'snapshot'):.1f} s.")


def test(engine: Engine, days: Sequence[str]) -> None:
    """Run the data tests of the sources and of the built tables, for the days that were built."""
    seconds = dbt(
        *(engine, "Testing the data"),
        *("test", "--select", *TESTED, "--exclude", "test_type:unit"),
        *("--vars", json.dumps(run_dates(days))),
    )
    say(f"Data tests passed in {seconds:.1f} s.")


# ------------------------------------------------------------------ 4. show


class Shown(NamedTuple):
    """Rows of a table to print under a title. In the SQL, {days} are the days that were built,
    {last_days} the last few of them, {day} the last one and {monday} the Monday of its week."""

    title: str
    columns: str
    rows: str  # `from …` and what follows


SHOWN = (
    Shown(
        "unusual days, the latest first",
        "part_date, measure, value, usual, days_compared",
        "from we_mart.ws_sess_daily_anomaly where part_date in ({days}) and is_anomaly = 1"
        " order by part_date desc, measure limit 10",
    ),
    Shown(
        "visits and payments by platform",
        "part_date, platform, au, pay_user, pay_krw, pay_qty",
        "from we_mart.stats_ws_d_ord_shop_integ_summary where part_date in ({last_days})"
        " order by part_date, platform",
    ),
    Shown(
        "accounts that paid most on {day}",
        "account_id, vst_type, vst_type_dtl, vst_platform, pay_qty, pay_krw, pay_order",
        "from we_mart.ws_platform_daily where part_date = '{day}'"
        " and pay_krw > 0 order by pay_krw desc, account_id nulls last, vst_platform limit 5",
    ),
    Shown(
        "largest groups of visitors on {day}",
        "vst_type, vst_type_dtl, is_ws_app, is_wv_app, is_ord, cnt_user",
        "from we_mart.stats_we_d_integ_visit where part_date = '{day}'"
        " order by cnt_user desc, vst_type, vst_type_dtl, is_ord limit 5",
    ),
    Shown(
        "largest groups of visitors in the week of {monday}",
        "vst_type, vst_type_dtl, is_ws_app, is_wv_app, is_ord, cnt_user",
        "from we_mart.stats_we_w_shop_integ_visit where part_date = '{monday}'"
        " order by cnt_user desc, vst_type, vst_type_dtl, is_ord limit 5",
    ),
)

# Rows of the mart, spread evenly over the days that were built.
ROWS_ORDER = "part_date, user_sess_start_dt, user_sess_id, ws_art_id nulls last, shop nulls last"
ROWS = Shown(
    "sample rows, spread over the days",
    "part_date, start, dur, device_id, account_id, ctry, platform, is_wv, artist, shop, is_fc",
    f"from (select *, row_number() over (partition by part order by {ROWS_ORDER}) as place from ("
    f"select *, ntile({ROWS_SHOWN}) over (order by {ROWS_ORDER}) as part,"
    " user_sess_start_dt as start, user_sess_dur as dur,"
    " user_ctry as ctry, we_art_name as artist"
    f" from {MART} where part_date in ({{days}})) as parts) as places"
    f" where place = 1 order by {ROWS_ORDER}",
)

REASONS = {
    "rejected_missing_log_dt": "no log_dt",
    "rejected_missing_device": "no device",
    "rejected_log_dt_out_of_range": "out of range",
}


def shown_as(value: object) -> Text:
    """Format a value for printing. Of times only the clock is printed; the day has a column."""
    if isinstance(value, datetime):
        return Text(f"{value:%H:%M:%S}")
    if isinstance(value, float):
        value = int(value) if value.is_integer() else f"{value:,.2f}"
    return Text("" if value is None else f"{value:,}" if isinstance(value, int) else str(value))


def print_table(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[object]], total: bool = False
) -> None:
    """Print rows under a title, numbers right-aligned. With `total` the last row is a total."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for header, column in zip(headers, zip(*rows), strict=True):
        is_number = {type(value) for value in column if value is not None} in ({int}, {float})
        table.add_column(
            header,
            justify="right" if is_number else "left",
            overflow="ellipsis",
            no_wrap=True,
            max_width=22,
        )
    for number, row in enumerate(rows, start=1):
        table.add_row(*map(shown_as, row), end_section=total and number == len(rows) - 1)
    say(f"\n{title}\n")
    console.print(table)


def show_days(engine: Engine, days: Sequence[str]) -> None:
    """Print the counts of each day and their total."""
    headers = {
        "part_date": "day",
        "lines_read": "lines",
        "events_kept": "kept",
        "duplicates": "duplicates",
        "rejected": "rejected",
        **REASONS,
        "devices": "devices",
        "sessions": "sessions",
        "user_sessions": "user sessions",
        "mart_rows": "rows",
    }
    built = f"where part_date in ({load_log.texts(days)})"
    rows = engine.query(
        f"select {', '.join(headers)} from (select *, {' + '.join(REASONS)} as rejected"
        f" from {AUDIT}) as audited {built} order by part_date"
    )
    ((devices,),) = engine.query(f"select count(distinct device_id) from {MART} {built}")
    by_day = [dict(zip(headers, row, strict=True)) for row in rows]
    total = {name: sum(of_day[name] for of_day in by_day) for name in [*headers][1:]}
    total |= {"part_date": "total", "devices": devices}

    # Reasons without any rejected line are not shown.
    shown = [name for name in headers if total[name] or name not in REASONS]
    print_table(
        "What was built",
        [headers[name] for name in shown],
        [[of_day[name] for name in shown] for of_day in (*by_day, total)],
        total=True,
    )
    console.print()
    say("Lines = kept + duplicates + rejected. The total of devices is distinct over all days.")
    if reasons := [REASONS[name] for name in shown if name in REASONS]:
        say(f"Each rejected line is also counted under its first reason ({', '.join(reasons)}).")


def show_rows(engine: Engine, shown: Shown, days: Sequence[str]) -> None:
    """Print rows of a table. Nothing is printed if there are none."""
    day = date.fromisoformat(days[-1])
    names = {
        "days": load_log.texts(days),
        "last_days": load_log.texts(days[-3:]),
        "day": day,
        "monday": day - timedelta(days=day.weekday()),
    }
    rows = engine.query(f"select {shown.columns} {shown.rows.format(**names)}")
    if not rows:
        return
    relation = MART if shown is ROWS else shown.rows.split()[1]
    print_table(f"{relation}: {shown.title.format(**names)}", shown.columns.split(", "), rows)


def on_warehouse(engine: Engine, command: str) -> str:
    """A dbt command as it is typed in the project folder for this warehouse."""
    variable, default = "WS_DUCKDB_PATH", "ws_shop.duckdb"
    if isinstance(engine, Spark):
        variable, default = "WS_SPARK_DIR", ".spark"
        verb = " ".join(command.split()[:2])
        command = command.replace(verb, f"{verb} --target spark", 1)
    given = "" if engine.path == ROOT / default else f"{variable}={shlex.quote(str(engine.path))} "
    return f"{given}.venv/bin/{command}"


def show_state(engine: Engine) -> None:
    """Print the number of visits over all days, and the days that are not current, with their
    commands."""
    ((sessions, visits),) = engine.query(
        "select count(*), count(case when is_continued = 0 then 1 end) from we_mart.ws_sess_visit"
    )
    ((changed,),) = engine.query(
        "select count(*) from we_mart.ws_sess_daily_restatement where status <> 'current'"
    )
    say(
        f"\nwe_mart.ws_sess_visit: {load_log.counted(sessions, 'session')} over all days"
        f" {'forms' if sessions == 1 else 'form'} {load_log.counted(visits, 'visit')}."
    )
    if not changed:
        say("we_mart.ws_sess_daily_restatement: every day is current.")
        return
    days = f"{load_log.counted(changed, 'day')} {'is' if changed == 1 else 'are'} not current"
    say(f"we_mart.ws_sess_daily_restatement: {days}.")
    for line in engine.dbt("run-operation", "list_stale_days").printed:
        before, verb, options = line.partition("dbt run ")
        say(f"  {before}{on_warehouse(engine, verb + options) if verb else ''}")


def show(engine: Engine, days: Sequence[str]) -> None:
    """Print the results of a build."""
    show_days(engine, days)
    for shown in (ROWS, *SHOWN):
        show_rows(engine, shown, days)
    show_state(engine)
    make_run, make_report = "make run", "make report"
    if isinstance(engine, Spark):
        make_run, make_report = "make run-spark", "make report TARGET=spark"
    query = f"select * from {{{{ ref('ws_sess_daily') }}}} where part_date = '{days[-1]}'"
    dbt_show = on_warehouse(engine, f'dbt show --limit 20 --inline "{query}"')
    say(
        f"\nThe warehouse is {shown_path(engine.path)} ({engine.name}). Next steps:\n"
        f"  {dbt_show}\n"
        f"  {make_report:21} charts of its last 28 days on one HTML page\n"
        "  make docs             documentation of every table and column for the browser\n"
        f"  {make_run + ' LOG=path':21} the same for your own log"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--log", metavar="LOG", help="a CSV or Parquet file, or a glob")
    parser.add_argument("--target", choices=ENGINES, default="local", help="default: local")
    load_log.use_utf_8()
    given = parser.parse_args()

    engine = ENGINES[given.target]()
    seconds = dbt(engine, "Reading the project", "parse")
    say(f"Read the project in {seconds:.1f} s.")
    lines = load_own_log(engine, given.log) if given.log else load_sample(engine)
    # A user's log can have days without any accepted event. The printed results show them with 0
    # kept lines. A scheduled run would stop instead.
    build(engine, lines, allow_empty_day=bool(given.log))
    test(engine, list(lines))
    show(engine, list(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
