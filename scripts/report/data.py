"""The data of the report: its days, and the results of the analyses, which `dbt show` runs."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from scripts import engines, load_log

# Days of a page for which no first day is given.
MOST_DAYS = 28
# Number of days before the page in which an account must not appear to be new.
COMPARED_DAYS = 60
# Number of artists with their own row. All others share one row.
MOST_ARTISTS = 12
BUILD = "Build all tables (make run; on another target: dbt run) and try again."
# The last day that a source may have.
LAST_OF_ALL = "2999-12-31"


class ReportError(Exception):
    """The page could not be written; the message gives the reason and the remedy."""


class Period(NamedTuple):
    """The period of the report: the days from `first` to `last`, and those of them that are built,
    of all `built` days of the mart. `shown` is the last one, and `checked_to` the last day that is
    checked for changes."""

    first: str
    last: str
    days: list[str]
    built: list[str]
    checked_to: str

    @property
    def shown(self) -> str:
        return self.days[-1]

    @property
    def day_before(self) -> str:
        return before(self.shown, 1)

    def variables(self) -> str:
        """The variable of the analyses (dbt_project.yml)."""
        return json.dumps(
            {
                "report": {
                    "first_day": self.first,
                    "last_day": self.last,
                    "shown_day": self.shown,
                    "day_before": self.day_before,
                    "compared_from": before(self.first, COMPARED_DAYS),
                    "checked_to": self.checked_to,
                    "most_artists": MOST_ARTISTS,
                }
            }
        )


class Answer(NamedTuple):
    """A query and its result."""

    name: str
    sql: str
    columns: list[str]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row)) for row in self.rows]


class Warehouse:
    """What dbt reads on a target. `name` is that of the DuckDB file or of the target."""

    def __init__(self, target: str) -> None:
        self.path = load_log.database_path() if target == engines.DuckDB.target else None
        if self.path and not self.path.is_file():
            raise ReportError(
                f"There is no warehouse at {self.path}. Build one (make run), or name another"
                " (WS_DUCKDB_PATH=...)."
            )
        self.name = self.path.name if self.path else target
        self.environment = {"WS_DUCKDB_PATH": str(self.path)} if self.path else {}
        dbt = engines.Spark().dbt if target == engines.Spark.target else engines.dbt_on(target)
        # Otherwise dbt lists all tables of the schema first.
        self.dbt = dbt.with_flags("--no-write-json", "--no-populate-cache")

    def show(self, *arguments: str) -> list[Answer]:
        """The results of `dbt show`, and the queries as they were run."""
        done = self.dbt("show", "--limit", "-1", *arguments, **self.environment)
        if done.returncode:
            raise ReportError(self._reason(done.stdout))
        return [
            Answer(
                result.node.name,
                result.node.compiled_code.strip(),
                list(result.agate_table.column_names),
                [tuple(map(plain, row.values())) for row in result.agate_table.rows],
            )
            for result in done.result.results
        ]

    def _reason(self, said: str) -> str:
        """Why dbt failed. It writes an error on several lines, and twice."""
        lines = said.rpartition("Encountered an error:")[2].splitlines()
        error = " ".join(dict.fromkeys(line.strip() for line in lines if line.strip()))
        if self.path and (locked := load_log.locked(self.path, error)):
            return locked
        if failed := re.search(r"Error in \w+ (\w+) \([^)]*\) (.*)", error):
            query = failed[1].replace("inline_query", "of the built days")
            return f"The query {query} failed: {failed[2]} {BUILD}"
        return f"{self.path or self.name} cannot be read: {error.removeprefix('Runtime Error ')}"


def plain(value: Any) -> Any:
    """A value of dbt's result. All numbers but whole ones are decimals there."""
    return float(value) if isinstance(value, Decimal) else value


def before(day: str, days: int) -> str:
    """The day that is this number of days before another."""
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


def find_period(
    warehouse: Warehouse, first: str | None, last: str | None
) -> tuple[Period, datetime]:
    """The days of the report, and the time of the last build."""
    (answer,) = warehouse.show(
        "--inline", "select part_date, run_timestamp from {{ ref('ws_sess_daily_audit') }}"
    )
    built = sorted(day for day, _ in answer.rows)
    if not built:
        raise ReportError(f"{warehouse.path or warehouse.name} has no built day. {BUILD}")
    to = last or built[-1]
    since = first or before(min(to, built[-1]), MOST_DAYS - 1)
    days = [day for day in built if since <= day <= to]
    if not days:
        raise ReportError(
            f"{warehouse.path or warehouse.name} has no built day from {since} to {to}. It has"
            f" {load_log.counted(len(built), 'day')} from {built[0]} to {built[-1]}."
        )
    # Days before the mart begins are only shown if they are asked for.
    period = Period(first or max(since, built[0]), to, days, built, last or LAST_OF_ALL)
    return period, max(time for _, time in answer.rows)
