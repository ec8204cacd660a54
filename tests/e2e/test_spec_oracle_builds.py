"""Check the oracle of the build log (`spec_oracle_builds.py`) with hand-computed examples, and with
random sequences of runs for which it must keep the guarantees of SPEC 6. No table is tested here.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from tests.support import spec_oracle_downstream as downstream
from tests.support.spec_oracle import build_mart
from tests.support.spec_oracle_builds import (
    MADE_FROM_MART,
    MART,
    WEEKLY,
    BuildLog,
    MartIsMissing,
    Sources,
    alike,
    is_real_day,
)

MONDAY, TUESDAY, SUNDAY, NEXT = "2024-01-15", "2024-01-16", "2024-01-21", "2024-01-22"
ALL = [MART, *MADE_FROM_MART]
STRINGS = (
    "log_id", "user_device_id", "wv_device_id", "s_device_type", "s_wemember_id", "s_user_id",
    "s_ctry", "s_lang", "shop", "platform", "os", "app_ver",
)  # fmt: skip


def line(day, **more):
    moment = {"log_dt": datetime.fromisoformat(f"{day} 12:00")} if is_real_day(day) else {}
    row = dict.fromkeys((*STRINGS, "log_dt", "ws_art_id")) | {"part_date": day}
    return row | {"user_device_id": "b", **moment} | more


def order(day, **more):
    moment = datetime.fromisoformat(f"{day} 12:30")
    own = {"ord_sheet_number": "S", "account_id": "m", "ord_dt": moment, "part_date": day}
    return dict.fromkeys(downstream.ORDER_COLUMNS) | own | more


def wv(day, member="m"):
    own = {"key_date": date.fromisoformat(day), "we_member_id": member, "part_date": day}
    return dict.fromkeys(downstream.WV_COLUMNS) | own


def told(log, sources, *columns, **settings):
    columns = columns or ("status", "unfinished_tables")
    rows = log.restatement(sources, **settings)
    return {row["part_date"]: tuple(row[column] for column in columns) for row in rows}


def command(day, selected="ws_sess_daily+", allowed=""):
    return f"dbt run --select {selected} --vars '{{part_date: {day}{allowed}}}'"


def test_statuses_and_commands():
    days = [f"2024-01-0{n}" for n in range(1, 8)]
    log = BuildLog()
    then = Sources([line(day) for day in days[:3]])
    log.run(ALL, days[:5], then, 1)
    log.run([MART], days[5:6], replace(then, lines=[line(days[5])]), 2, max_clock_skew_hours=3)
    log.run(ALL, ["2024-01-08"], then, 2, session_timeout_minutes=4)
    log.run(ALL, ["2024-01-09"], Sources([line("2024-01-09")]), 2)
    now = Sources([
        line(days[0]), line(days[1], os="x"), line(days[4], log_dt=None), line(days[5]),
        line(days[6]), line("2024-01-09", user_device_id=None),
        line("2023-02-29"), line("20240101"), line("3000-01-01"),
    ])  # fmt: skip
    empty = ", allow_empty_day: true"
    columns = ("status", "lines_then", "lines_now", "built_at", "rerun_command")
    assert told(log, now, *columns) == {
        "2023-02-29": ("not_a_date", None, 1, None, None),
        "20240101": ("not_a_date", None, 1, None, None),
        "2024-01-01": ("current", 1, 1, 1, None),
        "2024-01-02": ("stale", 1, 1, 1, command("2024-01-02")),
        "2024-01-03": ("gone", 1, 0, 1, None),
        "2024-01-04": ("current", 0, 0, 1, None),
        "2024-01-05": ("stale", 0, 1, 1, command("2024-01-05", allowed=empty)),
        "2024-01-06": ("stale", 1, 1, 2, command("2024-01-06")),
        "2024-01-07": ("missing", None, 1, None, command("2024-01-07")),
        "2024-01-08": ("stale", 0, 0, 2, command("2024-01-08", allowed=empty)),
        "2024-01-09": ("gone", 1, 1, 2, None),
        "3000-01-01": ("not_a_date", None, 1, None, None),
    }
    others = told(log, now, "status", session_timeout_minutes=4, max_clock_skew_hours=3)
    assert {day for day, (status,) in others.items() if status == "current"} == set()
    (status,) = told(log, now, "status", max_clock_skew_hours=3)["2024-01-06"]
    assert status == "unfinished"  # the mart was built with this skew, the other tables before it


def test_tables_that_are_not_made_from_what_there_is_now():
    sources = Sources([line(MONDAY), line(TUESDAY), line(NEXT)], [order(MONDAY)], [wv(MONDAY)])
    log = BuildLog()
    log.run([MART], [MONDAY], sources, 1)
    # Tables that were never built are not in use.
    assert told(log, sources)[MONDAY] == ("current", None)
    log.run(ALL, [TUESDAY, NEXT], sources, 2)
    daily = sorted(MADE_FROM_MART.keys() - {WEEKLY})
    # The week was built from Monday's mart. The daily tables were never built.
    assert told(log, sources)[MONDAY] == ("unfinished", ", ".join(daily))
    log.run(daily, [MONDAY], sources, 3)
    assert {status for status, _ in told(log, sources).values()} == {"current"}

    log.run([MART, "ws_sess_daily_audit"], [MONDAY], sources, 4)
    left = ", ".join(sorted(MADE_FROM_MART.keys() - {"ws_sess_daily_audit"}))
    assert told(log, sources) == {
        MONDAY: ("unfinished", left),  # including the weekly table ...
        TUESDAY: ("current", None),  # ... in which this day is unchanged
        NEXT: ("current", None),
    }
    log.run(MADE_FROM_MART, [MONDAY], sources, 5)

    # An order of a day that was never built belongs to the week of the other two days.
    changed = replace(sources, orders=[*sources.orders, order(SUNDAY)])
    assert told(log, changed) == {
        MONDAY: ("unfinished", WEEKLY), TUESDAY: ("unfinished", WEEKLY), NEXT: ("current", None)
    }  # fmt: skip
    assert told(log, changed, "rerun_command")[MONDAY] == (command(MONDAY, WEEKLY),)
    changed = replace(sources, wv_sessions=[wv(TUESDAY), wv(MONDAY)])
    readers = ", ".join(sorted(t for t, reads in MADE_FROM_MART.items() if reads.wv_sessions))
    assert told(log, changed)[TUESDAY] == ("unfinished", readers)
    assert told(log, changed)[MONDAY] == ("unfinished", WEEKLY)


def test_nothing_is_made_from_a_mart_that_lacks_a_day_of_the_run():
    log = BuildLog()
    sources = Sources([line(MONDAY)])
    log.run(ALL, [MONDAY], sources, 1)
    before = log.rows()
    for table in MADE_FROM_MART:
        with pytest.raises(MartIsMissing, match=f"^{TUESDAY}, {NEXT}$"):
            log.run([table], [MONDAY, TUESDAY, NEXT], sources, 2)
    assert log.rows() == before


def test_values_that_agree_are_told_by_their_places():
    assert alike([7, 7, 8, None, 7]) == alike(["x", "x", "y", "z", "x"]) == [0, 0, 2, 3, 0]


@pytest.mark.parametrize("seed", range(6))
def test_current_day_is_what_building_it_again_would_give(seed):
    """Sources that change at random before, during and between runs of random tables and days."""
    rng = Random(seed)
    days = [str(date(2024, 1, 13) + timedelta(days=n)) for n in range(4)]  # of two weeks
    now = Sources([line(day) for day in days])
    log, tables, seen = BuildLog(), {MART: []}, set()
    for moment in range(25):
        if rng.random() < 0.4:
            now = changed(rng, now, days)
        part_dates = days if moment == 0 else rng.sample(days, rng.choice((1, 1, 2)))
        timeout = rng.choice((30, 30, 30, 60))
        for table in ALL[: rng.choice((1, 5, 9))]:
            if moment > 0 and rng.random() < 0.2:
                continue
            logged = now
            if rng.random() < 0.1:
                now = changed(rng, now, days)  # after its checksums, before it reads
            log.run([table], part_dates, logged, moment, session_timeout_minutes=timeout)
            written = {monday(day) if table == WEEKLY else day for day in part_dates}
            kept = [r for r in tables.get(table, []) if r["part_date"] not in written]
            tables[table] = kept + made(table, tables[MART], now, part_dates, timeout)

        status = {row["part_date"]: row for row in log.restatement(now)}
        for day, row in status.items():
            seen.add(row["status"])
            if row["status"] not in ("current", "unfinished"):
                continue
            finished = tables.keys() - set((row["unfinished_tables"] or "").split(", "))
            # A week is finished if it is finished for each of its days.
            of_its_week = [other for d, other in status.items() if monday(d) == monday(day)]
            if any(r["status"] == "stale" or WEEKLY in (r["unfinished_tables"] or "")
                   for r in of_its_week):  # fmt: skip
                finished.discard(WEEKLY)
            for table in finished:
                found = downstream.of_day(tables[table], monday(day) if table == WEEKLY else day)
                assert found == made(table, tables[MART], now, [day]), table
    assert {"current", "stale", "unfinished"} <= seen


def made(table, mart, sources, part_dates, timeout=30):
    """The rows of a table that a run would build from the current sources."""
    if table == MART:
        lines = [row for row in sources.lines if row["part_date"] in part_dates]
        return build_mart(lines, [], [], session_timeout_minutes=timeout)
    if table == "ws_sess_daily_audit":
        return []  # it has counts of lines, which are not relevant here
    return downstream.downstream(mart, sources.orders, sources.wv_sessions, part_dates)[table]


def changed(rng, sources, days):
    """Add or remove a line, an order or a Weverse session. The log keeps a line on each day."""
    name, one = rng.choice((("lines", line), ("orders", order), ("wv_sessions", wv)))
    rows, day = getattr(sources, name), rng.choice(days)
    of_day = downstream.of_day(rows, day)
    if len(of_day) > 1 and rng.random() < 0.5:
        rows = [row for row in rows if row is not of_day[-1]]
    else:
        rows = [*rows, one(day, **{"app_ver": str(rng.random())} if one is line else {})]
    return replace(sources, **{name: rows})


def monday(part_date):
    return str(downstream.monday_of(part_date))
