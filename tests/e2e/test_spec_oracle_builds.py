"""Check the oracle of the build log (`spec_oracle_builds.py`) with hand-computed examples, and with
random sequences of runs for which it must keep the guarantees of SPEC 6. No table is tested here.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from tests.support import spec_oracle_downstream as downstream
from tests.support.adversarial_masters import changed_memberships
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
ARTISTS = [{"ws_art_id": n, "we_art_id": w, "we_art_name": "X"} for n, w in ((1, 7), (2, 9))]
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


def member(start, end, we_member_id="m", we_art_id=7):
    days = [day and date.fromisoformat(day) for day in (start, end)]
    names = ("we_member_id", "we_art_id", "fc_start_date", "fc_end_date")
    return dict(zip(names, (we_member_id, we_art_id, *days), strict=True))


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


ALWAYS = member("2023-01-01", None)
SINCE_TUESDAY = member(TUESDAY, SUNDAY, we_art_id=9)


@pytest.mark.parametrize(
    ("now", "stale"),
    [
        pytest.param([SINCE_TUESDAY, ALWAYS], [], id="in another order"),
        pytest.param([ALWAYS], [TUESDAY, SUNDAY], id="withdrawn"),
        pytest.param([ALWAYS, member(SUNDAY, None, we_art_id=9)], [TUESDAY, NEXT], id="corrected"),
        pytest.param(
            [ALWAYS, SINCE_TUESDAY, member(SUNDAY, None, "n")], [SUNDAY, NEXT], id="late"
        ),
        pytest.param([ALWAYS, SINCE_TUESDAY, member("2024-01-23", None, "n")], [], id="later days"),
        pytest.param(
            [ALWAYS, SINCE_TUESDAY, member("2023-01-01", "2024-01-14", "n")], [], id="earlier days"
        ),
        pytest.param([member("2023-01-01", SUNDAY), SINCE_TUESDAY], [NEXT], id="ends on a day"),
        pytest.param([member("2023-01-01", "2025-01-01"), SINCE_TUESDAY], [], id="ends after all"),
        pytest.param(
            [ALWAYS, member(TUESDAY, "2024-01-18", we_art_id=9),
             member("2024-01-18", SUNDAY, we_art_id=9)], [], id="two that overlap"
        ),
        pytest.param(
            [ALWAYS, member(TUESDAY, "2024-01-17", we_art_id=9),
             member("2024-01-18", SUNDAY, we_art_id=9)], [], id="two in a row"
        ),
        pytest.param([ALWAYS, ALWAYS, SINCE_TUESDAY], [], id="held twice"),
        pytest.param(
            [ALWAYS, member(TUESDAY, SUNDAY, we_art_id=8)], [TUESDAY, SUNDAY], id="another artist"
        ),
        pytest.param(
            [ALWAYS, member(TUESDAY, SUNDAY, "M", 9)], [TUESDAY, SUNDAY], id="another account"
        ),
        pytest.param([ALWAYS, SINCE_TUESDAY, member(MONDAY, None, None)], [], id="no member"),
        pytest.param(
            [ALWAYS, SINCE_TUESDAY, member(MONDAY, None, "n", None)], [], id="no artist"
        ),
        pytest.param([ALWAYS, SINCE_TUESDAY, member(NEXT, MONDAY, "n")], [], id="ends before"),
        pytest.param([ALWAYS, SINCE_TUESDAY, member(None, None, "n")], [], id="no start"),
    ],
)  # fmt: skip
def test_day_is_stale_exactly_if_other_memberships_cover_it(now, stale):
    days = [MONDAY, TUESDAY, SUNDAY, NEXT]
    then = Sources([line(day) for day in days], memberships=[ALWAYS, SINCE_TUESDAY])
    log = BuildLog()
    log.run(ALL, days, then, 1)
    statuses = told(log, replace(then, memberships=now), "status")
    assert [day for day, status in statuses.items() if status == ("stale",)] == stale
    assert {statuses[day] for day in days if day not in stale} <= {("current",)}
    # A row of the build log without the checksum says nothing of memberships.
    for day in days:
        log.builds[MART, day].memberships_contents = None
    assert set(told(log, replace(then, memberships=now), "status").values()) == {("current",)}


def test_late_days_are_built_again_and_the_others_are_left_for_a_person():
    days = [str(date(2024, 1, 1) + timedelta(days=n)) for n in range(10)]
    log = BuildLog()
    then = Sources([line(day) for day in days[:8]])
    log.run(ALL, [*days[:6], days[8]], then, 1)
    log.run(ALL, [days[9]], then, 1, session_timeout_minutes=4)
    now = replace(
        then,
        lines=[
            line(days[0], os="x"), line(days[1]), line(days[3]), line(days[3], log_dt=None),
            line(days[4]), line(days[5]), line(days[6], log_dt=None), line(days[7]),
        ],
        orders=[order(days[4]), order(days[8])],
        memberships=[member(days[5], days[5])],
    )  # fmt: skip
    stale, current, gone, more, ordered, joined, rejected, missing, empty, timeout = days
    assert told(log, now, "status") == {
        stale: ("stale",), current: ("unfinished",), gone: ("gone",), more: ("stale",),
        ordered: ("unfinished",), joined: ("stale",), rejected: ("missing",),
        missing: ("missing",), empty: ("unfinished",), timeout: ("stale",),
    }  # fmt: skip
    late = [missing, joined, ordered, more, current, stale]
    left = [timeout, empty, rejected, gone]
    assert log.late_days(now, timeout) == (late, left)
    assert log.late_days(now, "2024-01-31") == (late[:-1], left)  # 30 days
    assert log.late_days(now, joined) == (late[1:], [gone])
    assert log.late_days(now, joined, restatement_days=2) == ([joined, ordered], [])
    assert log.late_days(now, joined, restatement_days=2, max_late_days=1) == ([joined], [ordered])
    assert log.late_days(now, timeout, max_late_days=0) == ([], sorted(days, reverse=True))
    assert log.late_days(now, "2024-03-01") == ([], [])


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
    now = Sources(
        [line(day, s_wemember_id="a", ws_art_id=1) for day in days],
        memberships=[member(days[0], None, "a"), member(days[1], days[2], "b", 9)],
    )
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

    # The next nights build everything that is late.
    for night in range(moment + 1, moment + 4):
        late, left = log.late_days(now, days[-1], max_late_days=2)
        assert left == [] or len(late) == 2
        log.run(ALL, late, now, night)
    assert {row["status"] for row in log.restatement(now)} == {"current"}


def made(table, mart, sources, part_dates, timeout=30):
    """The rows of a table that a run would build from the current sources."""
    if table == MART:
        lines = [row for row in sources.lines if row["part_date"] in part_dates]
        return build_mart(lines, ARTISTS, sources.memberships, session_timeout_minutes=timeout)
    if table == "ws_sess_daily_audit":
        return []  # it has counts of lines, which are not relevant here
    return downstream.downstream(mart, sources.orders, sources.wv_sessions, part_dates)[table]


def changed(rng, sources, days):
    """Add or remove a line, an order or a Weverse session, or change a membership. The log keeps a
    line on each day."""
    kinds = (("lines", line), ("orders", order), ("wv_sessions", wv), ("memberships", None))
    name, one = rng.choice(kinds)
    if name == "memberships":
        return replace(sources, memberships=changed_memberships(rng, sources.memberships, days))
    rows, day = getattr(sources, name), rng.choice(days)
    of_day = downstream.of_day(rows, day)
    if len(of_day) > 1 and rng.random() < 0.5:
        rows = [row for row in rows if row is not of_day[-1]]
    else:
        own = {"app_ver": str(rng.random()), "s_wemember_id": "b", "ws_art_id": rng.choice((1, 2))}
        rows = [*rows, one(day, **own if one is line else {})]
    return replace(sources, **{name: rows})


def monday(part_date):
    return str(downstream.monday_of(part_date))
