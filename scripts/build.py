#!/usr/bin/env python3
"""Load a log into a warehouse on this machine, build all tables for its days, test and show them.

    .venv/bin/python scripts/build.py                   # the sample in seeds/
    .venv/bin/python scripts/build.py --log LOG         # a CSV or Parquet file, or a glob of them
    .venv/bin/python scripts/build.py --target spark    # either, on Spark with Delta Lake

`make run`, `make run LOG=path` and `make run-spark` call this. In order:
    1. load   The sample: `dbt seed`. A log: scripts/load_log.py (its days replaced, others left);
              of the other sources, those that are missing get the sample.
    2. build  `dbt run`, a run a day as an orchestrator does it; for more than MOST_SINGLE_DAYS
              days, a run for each unbroken stretch of days. `dbt snapshot`, once.
    3. test   `dbt test`, data tests of sources, marts and snapshots, over those days.
    4. show   What was built, for a person.

dbt is the one of the Python that runs this, on the target `local` or `spark`, whatever profiles.yml
names as its default: nothing here ever writes anywhere else.

Environment: WS_DUCKDB_PATH, WS_DUCKDB_MEMORY_LIMIT, WS_DUCKDB_THREADS (scripts/load_log.py says
what they are); WS_SPARK_DIR and others (profiles.yml.example does); DBT_PROFILES_DIR (default: this
project's folder), DBT_TARGET_PATH.
Exit codes: 0 built and tested; 1 the log was not loaded (every problem is listed on stderr and
nothing was touched) or the warehouse cannot be read; 2 wrong arguments; else the exit code of the
dbt command that failed (1 or 2), after all of its output.
"""

import argparse
import csv
import json
import sys
import time
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

import load_log
from engines import LOG_TABLE, ROOT, DuckDB, Engine, Spark

SAMPLE_LOG = ROOT / "seeds" / "service_log" / "weplyapi_client_log.csv"
OTHER_SOURCES = sorted(path.stem for path in (ROOT / "seeds" / "we_mart").glob("*.csv"))

# Tests of the steps between would run the steps once more each; `make data-test` has them.
TESTED = ["source:*", "path:models/marts", "path:snapshots", "path:tests"]
MART, AUDIT = "we_mart.ws_sess_daily", "we_mart.ws_sess_daily_audit"
MOST_SINGLE_DAYS = 7
ROWS_SHOWN = 10
FEW_ROWS, FEW_DAYS = 5, 3
ENGINES = {engine.target: engine for engine in (DuckDB, Spark)}

Table = list[list[str]]


# ------------------------------------------------------------------ dbt


def dbt(engine: Engine, *arguments: str) -> float:
    """Run a dbt command, silent unless it fails; the seconds it took. A failure ends the script."""
    started = time.monotonic()
    code, output = engine.dbt(*arguments)
    if code:
        print(output, file=sys.stderr)
        print(f"Failed: dbt {' '.join(arguments)}", file=sys.stderr)
        sys.exit(code)
    return time.monotonic() - started


# ------------------------------------------------------------------ 1. load


def load_sample(engine: Engine) -> list[str]:
    """Load the sample; its days. A log of one's own that is in the warehouse stays there."""
    with open(SAMPLE_LOG, encoding="utf-8", newline="") as stream:
        days = sorted({row["part_date"] for row in csv.DictReader(stream)})
    own_days = []
    if LOG_TABLE in engine.tables():
        own_days = engine.query(
            f"select distinct part_date from {LOG_TABLE}"
            f" where part_date not in ({', '.join(map(load_log.text, days))})"
        )
    if own_days:
        # `dbt seed` would empty the table first.
        load_own_log(engine, str(SAMPLE_LOG))
        print(f"{load_log.counted(len(own_days), 'other day')} in the log stayed as before.")
    else:
        seconds = dbt(engine, "seed")
        print(f"Loaded the sample of {load_log.counted(len(days), 'day')} in {seconds:.1f} s.")
    return days


def load_own_log(engine: Engine, log: str) -> list[str]:
    """Load a log; its days. Of the other sources, those that are missing get the sample."""
    try:
        loaded = engine.load(log)
    except load_log.LoadError as error:
        load_log.report(error)
        sys.exit(1)
    print(load_log.summary(loaded))
    there = engine.tables()
    missing = [source for source in OTHER_SOURCES if f"we_mart.{source}" not in there]
    if missing:
        dbt(engine, "seed", "--select", *missing)
        print(f"Sample rows stand in for sources that were missing: {', '.join(missing)}.")
    return list(loaded.lines)


# ------------------------------------------------------------------ 2. build and 3. test


def stretches(days: Sequence[str]) -> list[list[str]]:
    """Days in order, cut where a day is missing."""
    cut: list[list[str]] = []
    for day in days:
        if cut and date.fromisoformat(day) - date.fromisoformat(cut[-1][-1]) == timedelta(days=1):
            cut[-1].append(day)
        else:
            cut.append([day])
    return cut


def run_dates(days: Sequence[str]) -> dict[str, str]:
    """The variables that name a run's days."""
    return {"part_date": days[0]} | ({"part_date_to": days[-1]} if len(days) > 1 else {})


def build(engine: Engine, days: Sequence[str], allow_empty_day: bool) -> dict[str, float]:
    """Build all tables; the seconds of each run, by the last day of the run."""
    seconds = {}
    for run in [[day] for day in days] if len(days) <= MOST_SINGLE_DAYS else stretches(days):
        variables = run_dates(run) | {"allow_empty_day": allow_empty_day}
        seconds[run[-1]] = dbt(engine, "run", "--vars", json.dumps(variables))
        name = run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"
        print(f"Built {name} in {seconds[run[-1]]:.1f} s.", flush=True)
    print(f"Took the snapshots in {dbt(engine, 'snapshot'):.1f} s.", flush=True)
    return seconds


def test(engine: Engine, days: Sequence[str]) -> None:
    """Run the data tests of the sources and of what was built, over the days built."""
    seconds = dbt(
        engine,
        *("test", "--select", *TESTED, "--exclude", "test_type:unit"),
        *("--vars", json.dumps(run_dates(days))),
    )
    print(f"Data tests passed in {seconds:.1f} s.", flush=True)


# ------------------------------------------------------------------ 4. show


def width(value: str) -> int:
    """Columns of a terminal that a string takes: Korean letters take two."""
    return sum(
        0
        if unicodedata.combining(letter)
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in value
    )


def cut_to(value: str, columns: int) -> str:
    """A string in at most so many columns of a terminal."""
    if width(value) <= columns:
        return value
    while width(value) > columns - 1:
        value = value[:-1]
    return value + "…"


def print_table(table: Table, to_the_right: set[int], total: bool = False) -> None:
    """A table with a line under its header, and one above its last row where that is a total."""
    widths = [max(width(row[place]) for row in table) for place in range(len(table[0]))]
    rule = "  ".join("-" * columns for columns in widths)
    for number, row in enumerate(table):
        if number == 1 or (total and number == len(table) - 1):
            print(rule)
        cells = []
        for place, (value, columns) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (columns - width(value))
            cells.append(gap + value if place in to_the_right else value + gap)
        print("  ".join(cells).rstrip())


def show_days(engine: Engine, days: Sequence[str], seconds: dict[str, float]) -> None:
    """What was built, day by day and in all."""
    reasons = {
        "missing_log_dt": "no log_dt",
        "missing_device": "no device",
        "log_dt_out_of_range": "off the day",
    }
    counts = ["lines_read", "events_kept", "duplicates", "rejected"]
    counts += [f"rejected_{reason}" for reason in reasons]
    counts += ["devices", "sessions", "user_sessions", "mart_rows"]
    built = ", ".join(map(load_log.text, days))
    rows = engine.query(
        f"select part_date, {', '.join(counts)} from (select *, "
        + " + ".join(f"rejected_{reason}" for reason in reasons)
        + f" as rejected from {AUDIT}) where part_date in ({built}) order by part_date"
    )
    ((devices,),) = engine.query(
        f"select count(distinct device_id) from {MART} where part_date in ({built})"
    )
    totals = [sum(row[place] for row in rows) for place in range(1, len(counts) + 1)]
    totals[counts.index("devices")] = devices

    # A reason for which nothing was rejected takes no room.
    shown = [
        place
        for place, count in enumerate(counts)
        if totals[place] or not count.startswith("rejected_")
    ]
    labels = {"lines_read": "lines", "events_kept": "kept", "mart_rows": "rows"}
    labels |= {f"rejected_{reason}": label for reason, label in reasons.items()}
    header = [labels.get(counts[place], counts[place].replace("_", " ")) for place in shown]
    table = [["day", *header, "seconds"]]
    for day, *row in rows:
        took = f"{seconds[day]:.1f}" if day in seconds else ""
        table.append([day, *(f"{row[place]:,}" for place in shown), took])
    table.append(
        ["total", *(f"{totals[place]:,}" for place in shown), f"{sum(seconds.values()):.1f}"]
    )
    print("\nWhat was built\n")
    print_table(table, to_the_right=set(range(1, len(table[0]))), total=True)
    print("\nLines = kept + duplicates + rejected. Devices in the total: distinct over all days.")
    if any(counts[place].startswith("rejected_") for place in shown):
        labelled = [header[shown.index(p)] for p in shown if counts[p].startswith("rejected_")]
        print(f"Rejected lines stand again under their first reason ({', '.join(labelled)}).")
    if len(seconds) < len(days):
        print("Days in an unbroken row were built in one run; its seconds stand at its last day.")


def show_rows(engine: Engine, days: Sequence[str]) -> None:
    """Some rows of the mart, spread evenly over what was built."""
    built = ", ".join(map(load_log.text, days))
    columns = {
        "part_date": "part_date",
        "start": "user_sess_start_dt",
        "dur": "user_sess_dur",
        "device_id": "device_id",
        "account_id": "account_id",
        "ctry": "user_ctry",
        "platform": "platform",
        "is_wv": "is_wv",
        "artist": "we_art_name",
        "shop": "shop",
        "is_fc": "is_fc",
    }
    order = "part_date, user_sess_start_dt, user_sess_id, ws_art_id nulls last, shop nulls last"
    parts = (
        f"select *, ntile({ROWS_SHOWN}) over (order by {order}) as part"
        f" from {MART} where part_date in ({built})"
    )
    places = f"select *, row_number() over (partition by part order by {order}) as place"
    rows = engine.query(
        f"select {', '.join(columns.values())} from ({places} from ({parts}) as parts) as places"
        f" where place = 1 order by {order}"
    )
    if not rows:
        print(f"\n{MART} has no row for these days.")
        return
    table = [list(columns)]
    for day, start, *row in rows:
        cells = [day, f"{start:%H:%M:%S}", *("" if value is None else str(value) for value in row)]
        table.append([cut_to(cell, 20) for cell in cells])
    print(f"\n{load_log.counted(len(rows), 'row')} of {MART}, spread over its days\n")
    print_table(table, to_the_right={2})


def show_table(title: str, columns: str, rows: Sequence[tuple], to_the_right: set[int]) -> None:
    """Rows as they are, under a title; nothing where there is none."""
    if rows:
        table = [columns.split(", ")]
        for row in rows:
            table.append([cut_to("" if value is None else str(value), 24) for value in row])
        print(f"\n{title}\n")
        print_table(table, to_the_right)


def show_visits(engine: Engine, days: Sequence[str]) -> None:
    """A little of what is built from the mart: of the last few days, the last one, its week."""
    day = days[-1]
    monday = str(date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday()))

    columns = "part_date, platform, au, pay_user, pay_krw, pay_qty"
    table = "we_mart.stats_ws_d_ord_shop_integ_summary"
    last_days = ", ".join(map(load_log.text, days[-FEW_DAYS:]))
    rows = engine.query(
        f"select {columns} from {table} where part_date in ({last_days})"
        " order by part_date, platform"
    )
    show_table(f"{table}: visits and payments by platform", columns, rows, {2, 3, 4, 5})

    columns = "account_id, vst_type, vst_type_dtl, vst_platform, pay_qty, pay_krw, pay_order"
    table = "we_mart.ws_platform_daily"
    rows = engine.query(
        f"select {columns} from {table} where part_date = '{day}'"
        f" order by pay_krw desc, account_id nulls last, vst_platform limit {FEW_ROWS}"
    )
    show_table(f"{table}: who paid most on {day}", columns, rows, {4, 5, 6})

    columns = "vst_type, vst_type_dtl, is_ws_app, is_wv_app, is_ord, cnt_user"
    for table, part_date, period in (
        ("we_mart.stats_we_d_integ_visit", day, day),
        ("we_mart.stats_we_w_shop_integ_visit", monday, f"the week of {monday}"),
    ):
        rows = engine.query(
            f"select {columns} from {table} where part_date = '{part_date}'"
            f" order by cnt_user desc, vst_type, vst_type_dtl, is_ord limit {FEW_ROWS}"
        )
        show_table(f"{table}: most visitors of {period}", columns, rows, {2, 3, 4, 5})

    ((sessions, visits),) = engine.query(
        "select count(*), count(case when is_continued = 0 then 1 end) from we_mart.ws_sess_visit"
    )
    ((changed,),) = engine.query(
        "select count(*) from we_mart.ws_sess_daily_restatement where status <> 'current'"
    )
    print(
        f"\nwe_mart.ws_sess_visit: {load_log.counted(sessions, 'session')} of all days"
        f" {'is' if sessions == 1 else 'are'} {load_log.counted(visits, 'visit')}."
    )
    print(
        "we_mart.ws_sess_daily_restatement: "
        + (f"{load_log.counted(changed, 'day')} to build again" if changed else "nothing to mend")
        + " (dbt run-operation stop_on_stale_days)."
    )


def show(engine: Engine, days: Sequence[str], seconds: dict[str, float]) -> None:
    """Everything that a person wants to see after a build."""
    show_days(engine, days, seconds)
    show_rows(engine, days)
    show_visits(engine, days)
    path = engine.path
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    dbt_show, make_run = "dbt show", "make run"
    if isinstance(engine, Spark):
        dbt_show, make_run = "dbt show --target spark", "make run-spark"
    print(
        f"\nThe warehouse is {shown} ({engine.name}). Go on with\n"
        f"  .venv/bin/{dbt_show} --limit 20 --inline"
        " \"select * from {{ ref('ws_sess_daily') }}"
        f" where part_date = '{days[-1]}'\"\n"
        "  make docs             every table and column, to read in a browser\n"
        f"  {make_run + ' LOG=path':21} the same for a log of yours"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--log", metavar="LOG", help="a CSV or Parquet file, or a glob")
    parser.add_argument("--target", choices=ENGINES, default="local", help="default: local")
    given = parser.parse_args()

    engine = ENGINES[given.target]()
    days = load_own_log(engine, given.log) if given.log else load_sample(engine)
    # A log of one's own may hold days without one accepted event. Who runs this looks at the
    # result, which shows them with 0 kept; a scheduled run stops there instead.
    seconds = build(engine, days, allow_empty_day=bool(given.log))
    test(engine, days)
    show(engine, days, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
