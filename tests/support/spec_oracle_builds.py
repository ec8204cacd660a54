"""The oracle of `ws_sess_daily_build` and `ws_sess_daily_restatement`: SPEC section 6 on the build
log, in plain Python.

It was written only from SPEC, without looking at the SQL, so that the two can be compared. It is
slow and simple on purpose. Do not optimize it.

    log = BuildLog()
    log.run([MART, *MADE_FROM_MART], ["2024-01-15"], Sources(lines, orders, wv_sessions), "run 1")
    log.rows()                                       # what `ws_sess_daily_build` holds
    log.restatement(Sources(lines_now, orders_now, wv_sessions_now, memberships_now))
    log.late_days(Sources(…), "2024-01-15")          # what a job builds again, what it leaves

`Sources` are the contents of the sources that the build log tracks at one moment. A run can
get one `Sources` for all its tables or one per table, because the sources can change during the
run: "of what was there **before** the run read the source". `run_timestamp` is any value that
distinguishes two runs.

Instead of checksums the oracle has the contents themselves (`contents`), and instead of times the
`run_timestamp` that it was given. Two values of the table must be equal exactly if those of the
oracle are equal: `alike` returns which of several values are equal.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.support import spec_oracle
from tests.support.spec_oracle import Line, Row
from tests.support.spec_oracle_downstream import in_key_order, monday_of, of_day

MART = "ws_sess_daily"
WEEKLY = "stats_we_w_shop_integ_visit"


@dataclass(frozen=True)
class Reads:
    """The sources that a table reads in addition to the mart (SPEC 5)."""

    orders: bool = False
    wv_sessions: bool = False


# "Every incremental table that is made from" the mart.
MADE_FROM_MART = {
    "ws_sess_daily_audit": Reads(),
    "ws_platform_daily": Reads(orders=True, wv_sessions=True),
    "stats_ws_d_ord_shop_integ": Reads(orders=True, wv_sessions=True),
    "stats_we_d_integ_visit": Reads(orders=True, wv_sessions=True),
    WEEKLY: Reads(orders=True, wv_sessions=True),
    "stats_wv_user_ws_visit": Reads(wv_sessions=True),
}

# Without `mart_builds`, whose contents are an internal way to decide whether a table "was built
# after" the mart.
BUILD_COLUMNS = (
    "table_name", "part_date", "run_timestamp", "lines_read", "log_checksum", "orders_checksum",
    "wv_sessions_checksum", "session_timeout_minutes", "max_clock_skew_hours",
    "memberships_checksum",
)  # fmt: skip
RESTATEMENT_COLUMNS = (
    "part_date", "status", "lines_then", "lines_now", "checksum_then", "checksum_now", "built_at",
    "unfinished_tables", "rerun_command",
)  # fmt: skip


@dataclass
class Sources:
    """All rows of the sources that the build log tracks, at one moment."""

    lines: list[Line] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    wv_sessions: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)


@dataclass
class Build:
    """A row of the build log, with contents instead of checksums."""

    run_timestamp: Hashable
    lines_read: int | None = None
    log_contents: tuple | None = None
    orders_contents: tuple | None = None
    wv_sessions_contents: tuple | None = None
    session_timeout_minutes: int | None = None
    max_clock_skew_hours: int | None = None
    # None also "in rows from before the column was there", which a test must set.
    memberships_contents: frozenset | None = None
    # Whether the mart's day was "built from accepted events".
    has_events: bool | None = None
    # The runs that had built the days of the mart when the table was built from them.
    mart_builds: dict[str, Hashable] | None = None


class MartIsMissing(Exception):
    """SPEC 6: "A run of a table that is made from the mart stops before it writes where the build
    log has no row of the mart for one of the run's days"."""

    def __init__(self, part_dates: list[str]) -> None:
        super().__init__(", ".join(part_dates))
        self.part_dates = part_dates


class BuildLog:
    """The build log after a sequence of runs."""

    def __init__(self) -> None:
        self.builds: dict[tuple[str, str], Build] = {}

    def run(
        self,
        tables: Iterable[str],
        part_dates: Iterable[str],
        sources: Sources | Mapping[str, Sources],
        run_timestamp: Hashable,
        *,
        session_timeout_minutes: int = 30,
        max_clock_skew_hours: int = 24,
    ) -> None:
        """Run some tables for some days, the mart first if it is among them.

        `sources` by table are the contents before that table was built. A killed run is a run of
        the tables that it finished.
        """
        tables, part_dates = set(tables), sorted(set(part_dates))
        assert tables <= {MART, *MADE_FROM_MART}, tables
        for table in [MART, *sorted(MADE_FROM_MART)]:
            if table not in tables:
                continue
            there = sources if isinstance(sources, Sources) else sources[table]
            if table == MART:
                for part_date in part_dates:
                    lines = of_day(there.lines, part_date)
                    self.builds[MART, part_date] = Build(
                        run_timestamp,
                        lines_read=len(lines),
                        log_contents=contents(lines),
                        session_timeout_minutes=session_timeout_minutes,
                        max_clock_skew_hours=max_clock_skew_hours,
                        memberships_contents=memberships_contents(part_date, there),
                        has_events=has_events(lines, max_clock_skew_hours),
                    )
            else:
                self.run_made_from_mart(table, part_dates, there, run_timestamp)

    def run_made_from_mart(
        self, table: str, part_dates: list[str], sources: Sources, run_timestamp: Hashable
    ) -> None:
        """Build one downstream table for some days, or for the weeks that they touch.

        The weekly table requires only the days of the run, because the rest of the week may be
        built later.
        """
        missing = [day for day in part_dates if (MART, day) not in self.builds]
        if missing:
            raise MartIsMissing(missing)
        for written in sorted({written_day(table, part_date) for part_date in part_dates}):
            days = days_of(table, written)
            self.builds[table, written] = Build(
                run_timestamp,
                orders_contents=orders_contents(table, written, sources),
                wv_sessions_contents=wv_sessions_contents(table, written, sources),
                mart_builds=self.mart_builds(days),
            )

    def mart_builds(self, part_dates: Iterable[str]) -> dict[str, Hashable]:
        """The run that built each day of the mart, for the days that it has."""
        return {
            day: self.builds[MART, day].run_timestamp
            for day in part_dates
            if (MART, day) in self.builds
        }

    def timeouts(self) -> dict[str, int]:
        """The session timeout that each day of the mart was built with (`ws_sess_visit`)."""
        return {
            part_date: build.session_timeout_minutes
            for (table, part_date), build in self.builds.items()
            if table == MART
        }

    def rows(self) -> list[Row]:
        """SPEC 6: "the build log, one row per (`table_name`, `part_date`) of the mart and of every
        incremental table that is made from it: which run made the day as it stands"."""
        rows = [
            {
                "table_name": table,
                "part_date": part_date,
                "run_timestamp": build.run_timestamp,
                "lines_read": build.lines_read,
                "log_checksum": build.log_contents,
                "orders_checksum": build.orders_contents,
                "wv_sessions_checksum": build.wv_sessions_contents,
                "session_timeout_minutes": build.session_timeout_minutes,
                "max_clock_skew_hours": build.max_clock_skew_hours,
                "memberships_checksum": build.memberships_contents,
            }
            for (table, part_date), build in self.builds.items()
        ]
        assert all(tuple(row) == BUILD_COLUMNS for row in rows)
        return in_key_order(rows, ("table_name", "part_date"))

    # -----------------------------------------------------------------------------------------
    # `ws_sess_daily_restatement`
    # -----------------------------------------------------------------------------------------

    def restatement(
        self,
        now: Sources,
        *,
        session_timeout_minutes: int = 30,
        max_clock_skew_hours: int = 24,
    ) -> list[Row]:
        """SPEC 6: "one row per `part_date` of the log or of the build log's mart rows".

        The settings are the current ones of the project.
        """
        days = {line["part_date"] for line in now.lines}
        days |= {part_date for table, part_date in self.builds if table == MART}
        rows = []
        for part_date in days:
            lines = of_day(now.lines, part_date)
            build = self.builds.get((MART, part_date))
            unfinished: list[str] = []
            if not is_real_day(part_date):
                status = "not_a_date"
            elif build is None:
                status = "missing"
            elif build.has_events and not has_events(lines, max_clock_skew_hours):
                # "the mart was built from accepted events, and the day's log has none any more"
                status = "gone"
            elif (
                build.lines_read != len(lines)
                or build.log_contents != contents(lines)
                or build.session_timeout_minutes != session_timeout_minutes
                or build.max_clock_skew_hours != max_clock_skew_hours
                or build.memberships_contents not in (None, memberships_contents(part_date, now))
            ):
                status = "stale"
            else:
                unfinished = self.unfinished_tables(part_date, now)
                status = "unfinished" if unfinished else "current"
            rows.append(
                {
                    "part_date": part_date,
                    "status": status,
                    "lines_then": build.lines_read if build else None,
                    "lines_now": len(lines),
                    "checksum_then": build.log_contents if build else None,
                    "checksum_now": contents(lines),
                    "built_at": build.run_timestamp if build else None,
                    "unfinished_tables": ", ".join(unfinished) or None,
                    "rerun_command": rerun_command(
                        part_date, status, unfinished, lines, max_clock_skew_hours
                    ),
                }
            )
        assert all(tuple(row) == RESTATEMENT_COLUMNS for row in rows)
        return in_key_order(rows, ("part_date",))

    def late_days(
        self,
        now: Sources,
        last_day: str,
        *,
        restatement_days: int = 30,
        max_late_days: int = 7,
        session_timeout_minutes: int = 30,
        max_clock_skew_hours: int = 24,
    ) -> tuple[list[str], list[str]]:
        """The days that a scheduled run whose last day is `last_day` builds again by itself, and
        those that are left for a person, both newest first.

        SPEC 6: "of the `restatement_days` days that end with the run's last day (never a later
        one), those that are `missing`, `stale` or `unfinished` and whose log has an accepted event,
        the newest first, at most `max_late_days`; the rest, and days whose log has nothing any
        more, are left for a person and named".
        """
        rows = self.restatement(
            now,
            session_timeout_minutes=session_timeout_minutes,
            max_clock_skew_hours=max_clock_skew_hours,
        )
        status = {row["part_date"]: row["status"] for row in rows}
        last = date.fromisoformat(last_day)
        days = [str(last - timedelta(days=days)) for days in range(restatement_days)]
        found = [day for day in days if status.get(day, "current") != "current"]
        late = [
            day
            for day in found
            if status[day] in ("missing", "stale", "unfinished")
            and has_events(of_day(now.lines, day), max_clock_skew_hours)
        ][:max_late_days]
        return late, [day for day in found if day not in late]

    def unfinished_tables(self, part_date: str, now: Sources) -> list[str]:
        """The tables in use that are not what the mart, the orders and the Weverse sessions make
        of a day now: "was not built after it, or from other orders or Weverse sessions than there
        are now. The weekly table counts for each day of its week. A table without any row in the
        build log is not in use and does not count".

        The weekly table must have been built from the mart's current build of this day, and from
        the current orders and Weverse sessions of the whole week.
        """
        names = []
        for table in sorted(MADE_FROM_MART):
            if not any(name == table for name, _ in self.builds):
                continue
            written = written_day(table, part_date)
            build = self.builds.get((table, written))
            if (
                build is None
                or build.mart_builds.get(part_date) != self.builds[MART, part_date].run_timestamp
                or build.orders_contents != orders_contents(table, written, now)
                or build.wv_sessions_contents != wv_sessions_contents(table, written, now)
            ):
                names.append(table)
        return names


def rerun_command(
    part_date: str,
    status: str,
    unfinished_tables: list[str],
    lines: list[Line],
    max_clock_skew_hours: int,
) -> str | None:
    """SPEC 6: "the exact dbt command that mends the day and what hangs on it (`missing`, `stale`:
    `dbt run --select ws_sess_daily+`; `unfinished`: those tables; with `allow_empty_day` where the
    day has no accepted event; null where `gone` or current)". No command builds an invalid day."""
    if status in ("current", "gone", "not_a_date"):
        return None
    selected = " ".join(unfinished_tables) if status == "unfinished" else MART + "+"
    allowed = "" if has_events(lines, max_clock_skew_hours) else ", allow_empty_day: true"
    return f"dbt run --select {selected} --vars '{{part_date: {part_date}{allowed}}}'"


def has_events(lines: list[Line], max_clock_skew_hours: int) -> bool:
    """Whether a day's log has an accepted event (SPEC 2)."""
    return bool(spec_oracle.accepted_events(lines, max_clock_skew_hours))


def is_real_day(part_date: str | None) -> bool:
    """SPEC 4: "a real `yyyy-MM-dd` from 1970-01-01 to 2999-12-31"."""
    if part_date is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", part_date):
        return False
    try:
        return 1970 <= date.fromisoformat(part_date).year <= 2999
    except ValueError:
        return False


def written_day(table: str, part_date: str) -> str:
    """The `part_date` of the rows that a run of a day writes: for the weekly table, its Monday."""
    return str(monday_of(part_date)) if table == WEEKLY else part_date


def days_of(table: str, written: str) -> list[str]:
    """The days from which the rows of a `part_date` of a table are built."""
    if table != WEEKLY:
        return [written]
    return [str(monday_of(written) + timedelta(days=days)) for days in range(7)]


def orders_contents(table: str, written: str, sources: Sources) -> tuple | None:
    """The contents behind a table's `orders_checksum`: "of the day's rows of `ws_order`, where the
    table reads them, else null; of a week, its seven days together"."""
    if not MADE_FROM_MART[table].orders:
        return None
    return contents(row for day in days_of(table, written) for row in of_day(sources.orders, day))


def wv_sessions_contents(table: str, written: str, sources: Sources) -> tuple | None:
    """The same for `wv_sessions_checksum` and `wv_sess_daily`."""
    if not MADE_FROM_MART[table].wv_sessions:
        return None
    return contents(
        row for day in days_of(table, written) for row in of_day(sources.wv_sessions, day)
    )


def memberships_contents(part_date: str, sources: Sources) -> frozenset:
    """The contents behind `memberships_checksum`: "of the distinct (`we_member_id`, `we_art_id`)
    whose memberships cover the day, as section 4 joins them"."""
    day = date.fromisoformat(part_date)
    return frozenset(
        (row["we_member_id"], row["we_art_id"])
        for row in sources.memberships
        if spec_oracle.is_member(row["we_member_id"], row["we_art_id"], day, [row])
    )


def contents(rows: Iterable[Row]) -> tuple[str, ...]:
    """SPEC 6: "any deterministic one in which a line more, less or changed in any column shows,
    whatever the order of lines": here the rows themselves, sorted."""
    return tuple(sorted(repr(sorted(row.items())) for row in rows))


def alike(values: Iterable[Any]) -> list[int]:
    """For each value, the position of the first equal value. Two series of checksums or contents
    give the same list exactly if the same positions are equal."""
    values = list(values)
    return [values.index(value) for value in values]
