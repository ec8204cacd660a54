"""Logs with values that no client should send. Each line is an event or is rejected with its
reason, no line is lost, and the mart follows the specification.

Hypothesis generates the strings and numbers of each day, the same on every machine. A dbt run is
expensive, so each run has many lines, which are drawn from these values with a seed.
"""

from __future__ import annotations

import json
import resource
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.adversarial_logs import ID_COLUMNS, TEXT_COLUMNS, Line, World
from tests.support.changed_project import copied_project, edit
from tests.support.junk_logs import (
    JUNK_TEXTS,
    NUMBERS,
    TIMES,
    WE_ART_IDS,
    junk_artists,
    junk_lines,
    junk_memberships,
)
from tests.support.same_rows import assert_same_rows
from tests.support.spec_oracle import audit, build_mart
from tests.support.warehouse import LOG, Row, Warehouse, succeed

DAY = "2024-01-15"
AUDIT = "we_mart.ws_sess_daily_audit"
BUILT = ("ws_sess_daily", "ws_sess_daily_audit")


def build(warehouse: Warehouse, first: str = DAY, last: str = DAY) -> tuple[list[Row], list[Row]]:
    """The rows of the mart and of its audit."""
    succeed(warehouse.build_days(first, last, *BUILT))
    audited = warehouse.rows(AUDIT)
    for day in audited:
        rejected = sum(count for name, count in day.items() if name.startswith("rejected_"))
        assert day["lines_read"] == day["events_kept"] + day["duplicates"] + rejected, day
    return warehouse.rows(), audited


def check(warehouse: Warehouse, world: World) -> None:
    """Build the days of a world that is loaded in the warehouse, and compare the tables with the
    oracle."""
    days = sorted({line["part_date"] for line in world.lines})
    built, audited = build(warehouse, days[0], days[-1])
    expected = build_mart(world.lines, world.artists, world.memberships)
    assert_same_rows(built, expected, world)
    counted = audit(world.lines)
    assert [{c: row[c] for c in counted[0]} for row in audited] == counted


# -- Any text, any number -----------------------------------------------------------------------


@dataclass
class Pools:
    """The values from which the lines of a day are drawn: few values, so that lines have common
    ones."""

    ids: list[str]
    texts: list[str]
    numbers: list[int | None]
    names: list[str]
    seed: int


# All characters except surrogates, which are not valid in strings.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(JUNK_TEXTS)
numbers = st.integers(-(2**63), 2**63 - 1) | st.sampled_from(NUMBERS)
pools = st.builds(
    Pools,
    ids=st.lists(texts, min_size=3, max_size=5),
    texts=st.lists(texts, min_size=2, max_size=4),
    numbers=st.lists(numbers, min_size=1, max_size=3),
    names=st.lists(texts, min_size=1, max_size=2),
    seed=st.integers(0, 2**32),
)


@settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    # No shrinking, because each step would be a dbt run. A message names the days that differ.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(days=st.lists(pools, min_size=30, max_size=30))
def test_any_text_and_number(tmp_path_factory: pytest.TempPathFactory, days: list[Pools]) -> None:
    world = World([], [], [])
    for offset, drawn in enumerate(days):
        part_date = str(date(2024, 1, 1) + timedelta(days=offset))
        rng = Random(drawn.seed)
        world.lines += lines_of(drawn, part_date, rng)
        world.artists += [
            {"ws_art_id": number, "we_art_id": rng.choice(WE_ART_IDS), "we_art_name": name}
            for number in drawn.numbers
            for name in drawn.names
        ]
        world.memberships += [
            {
                "we_member_id": member,
                "we_art_id": rng.choice(WE_ART_IDS),
                "fc_start_date": rng.choice((date.min, date(2024, 1, 1))),
                "fc_end_date": rng.choice((date.max, date(2024, 1, 20), None)),
            }
            for member in drawn.ids
        ]
        world.flavours[part_date] = str(drawn)
    warehouse = Warehouse(tmp_path_factory.mktemp("junk"))
    warehouse.load(world.lines, world.artists, world.memberships)
    check(warehouse, world)


def lines_of(drawn: Pools, part_date: str, rng: Random) -> list[Line]:
    midnight = datetime.fromisoformat(part_date)
    step = timedelta(minutes=1, microseconds=1)
    lines = []
    for _ in range(rng.randint(1, 25)):
        line = {
            "part_date": part_date,
            "log_dt": midnight + rng.choice((0, 0, 1, 29, 30, 31)) * step,
            "ws_art_id": rng.choice(drawn.numbers),
        }
        for column in TEXT_COLUMNS:
            pool = drawn.ids if column in ID_COLUMNS else drawn.texts
            spaces = rng.choice(("", "", " "))
            line[column] = rng.choice((None, spaces + rng.choice(pool) + spaces))
        lines.append(line)
    lines += rng.choices(lines, k=3)
    # Each day has at least one valid line, because a day without an event stops the run.
    return [*lines, lines[0] | {"user_device_id": "device"}]


def test_every_junk_text_in_every_column(tmp_path: Path) -> None:
    world = World(junk_lines(DAY), junk_artists(), junk_memberships())
    warehouse = Warehouse(tmp_path)
    warehouse.load(world.lines, world.artists, world.memberships)
    check(warehouse, world)


def test_text_of_a_megabyte_in_every_column(tmp_path: Path) -> None:
    # Computed by hand, because the oracle is slow with strings of this size.
    long = {column: "a" * 2**20 + column for column in TEXT_COLUMNS}
    line = {"part_date": DAY, "log_dt": datetime(2024, 1, 15, 10), "ws_art_id": 1, **long}
    warehouse = Warehouse(tmp_path)
    warehouse.load(
        [line, line, line | {"user_device_id": "null"}],
        [{"ws_art_id": 1, "we_art_id": 7, "we_art_name": long["shop"]}],
        [{"we_member_id": long["s_wemember_id"], "we_art_id": 7, "fc_start_date": date.min}],
    )
    (row,), (day,) = build(warehouse)
    assert (row["device_id"], row["account_id"]) == (long["wv_device_id"], long["s_wemember_id"])
    assert row["we_member_id"] == row["account_id"]
    assert row["user_sess_id"] == f"20240115100000000|{row['device_id']}|{row['account_id']}"
    assert (row["shop"], row["sess_ctry"]) == (long["shop"].upper(), long["s_ctry"].upper())
    assert (row["os"], row["we_art_name"]) == (long["os"], long["shop"])
    assert (day["events_kept"], day["duplicates"]) == (2, 1)


# -- Any time -----------------------------------------------------------------------------------


def test_infinite_times_are_out_of_range(tmp_path: Path) -> None:
    times = [*TIMES, "infinity", "-infinity", "2024-01-15 10:00:00"]
    warehouse = Warehouse(tmp_path)
    warehouse.execute(
        *(_line_at(f"timestamp '{time}'") for time in times),
        "insert into we_mart.we_artist values (1, 7, 'artist')",
        "insert into we_mart.ws_fc_user_history values ('a', 7, '-infinity', 'infinity')",
    )
    (row,), (day,) = build(warehouse)
    assert (row["sess_id"], row["we_member_id"], row["sess_dur"]) == ("20240115100000000|d", "a", 0)
    assert (day["lines_read"], day["events_kept"]) == (len(times), 1)
    assert day["rejected_log_dt_out_of_range"] == len(times) - 1


# The type of the column, two times, and whether the gap between them is more than the timeout.
PRECISIONS = {
    "timestamp_ns": ("2024-01-15 10:00:00.123456789", "2024-01-15 10:30:00.123456999", False),
    "timestamp_ms": ("2024-01-15 10:00:00.123", "2024-01-15 10:30:00.124", True),
}


@pytest.mark.parametrize("precision", PRECISIONS)
def test_log_of_another_precision_of_time(precision: str, tmp_path: Path) -> None:
    """Times are cut to microseconds."""
    first, second, is_beyond = PRECISIONS[precision]
    # The last time is a nanosecond after the upper limit, if the type has nanoseconds.
    times = [first, second, first, "infinity", "1700-01-01", "2024-01-17 00:00:00.000000001"]
    warehouse = Warehouse(tmp_path)
    warehouse.execute(
        f"alter table {LOG} alter log_dt type {precision}",
        *(_line_at(f"cast('{time}' as {precision})") for time in times),
    )
    rows, (day,) = build(warehouse)
    starts = [datetime(2024, 1, 15, 10), datetime(2024, 1, 17)]
    if is_beyond:
        starts.insert(1, datetime(2024, 1, 15, 10, 30))
    assert [row["sess_start_dt"].replace(second=0, microsecond=0) for row in rows] == starts
    kept = (day["events_kept"], day["duplicates"], day["rejected_log_dt_out_of_range"])
    assert kept == (3, 1, 2)
    # The ids are read by a separate model. A time must be in range for both models or for neither.
    same = ("test", "--select", "assert_ids_of_the_log_are_cleaned_alike", "--vars")
    succeed(warehouse.dbt(*same, json.dumps({"part_date": DAY})))


def test_nanoseconds_are_cut(tmp_path: Path) -> None:
    """Rounded, the first time would be in another millisecond than the second one, and the last
    time on the day after."""
    times = ["10:00:00.123999999", "10:00:00.123", "23:59:59.999999999"]
    warehouse = Warehouse(tmp_path)
    warehouse.execute(
        f"alter table {LOG} alter log_dt type timestamp_ns",
        *(_line_at(f"timestamp_ns '{DAY} {time}'") for time in times),
        f"update {LOG} set user_device_id = strftime(log_dt, '%n')",
    )
    rows, _ = build(warehouse)
    assert {row["sess_id"]: row["sess_end_dt"] for row in rows} == {
        "20240115100000123|123999999": datetime(2024, 1, 15, 10, 0, 0, 123999),
        "20240115100000123|123000000": datetime(2024, 1, 15, 10, 0, 0, 123000),
        "20240115235959999|999999999": datetime(2024, 1, 15, 23, 59, 59, 999999),
    }


def _line_at(time: str) -> str:
    """A statement that inserts a line of one device, with its time as SQL."""
    return (
        f"insert into {LOG} by name select '{DAY}' as part_date, 'd' as user_device_id,"
        f" 'a' as s_wemember_id, 1 as ws_art_id, {time} as log_dt"
    )


# -- The two models that clean the log -----------------------------------------------------------


def test_browsers_whose_ids_two_models_clean_in_different_ways_are_found(tmp_path: Path) -> None:
    accounts = {
        "another value": ["m1"],
        "a line less": ["m1", "m2"],
        "a repeated line less": ["m1", "m1"],
        "values of other lines": ["m1", "m2"],
        "no difference": ["m1", "m2"],
    }
    warehouse = Warehouse(tmp_path)
    warehouse.load(
        {
            "part_date": DAY,
            "log_dt": f"{DAY} 10:00:0{account[1]}",
            "user_device_id": browser,
            "s_wemember_id": account,
        }
        for browser, of_browser in accounts.items()
        for account in of_browser
    )
    test = "assert_ids_of_the_log_are_cleaned_alike"
    command = ("test", "--select", test, "--vars", f"part_date: {DAY}")
    succeed(warehouse.dbt(*command))
    project = copied_project(tmp_path)
    edit(
        project / "models/staging/service_log/stg_service_log__weplyapi_client_log_ids.sql",
        (
            "select * from judged",
            """
            select distinct
                part_date, log_dt, browser_id, wv_device_id, reject_reason,
                case
                    when browser_id = 'another value' then 'm2'
                    when browser_id <> 'values of other lines' then s_wemember_id
                    when s_wemember_id = 'm1' then 'm2'
                    else 'm1'
                end as s_wemember_id
            from judged where browser_id <> 'a line less' or s_wemember_id = 'm1'
            """,
        ),
    )
    warehouse.use_project(project)
    done = warehouse.dbt(*command)
    assert done.returncode == 1
    assert f"FAIL {len(accounts) - 1} {test}" in done.stdout


# -- Any number of lines --------------------------------------------------------------------------


def test_half_a_million_events_of_a_device_within_a_millisecond(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.execute(
        f"""
        insert into {LOG} by name
        select
            '{DAY}' as part_date,
            'l' || line as log_id,
            timestamp '2024-01-15 10:00:00' + interval (line // 500) microsecond as log_dt,
            'device' as user_device_id,
            'account ' || line % 3 as s_wemember_id,
            'user ' || line % 3 as s_user_id,
            line % 5 as ws_art_id,
            'KR' as s_ctry,
            'ko' as s_lang,
            'APP' as platform,
            'os ' || line % 7 as os,
            '1.0' as app_ver
        from range(500000) as lines (line)
        """
    )
    rows, (day,) = build(warehouse)
    start = datetime(2024, 1, 15, 10)
    end = start + timedelta(microseconds=999)
    found = {(row["account_id"], row["ws_art_id"]): row for row in rows}
    assert len(rows) == len(found) == 15
    for (account, _), row in found.items():
        assert row["user_sess_id"] == f"20240115100000000|device|{account}"
        assert row["ws_user_id"] == account.replace("account", "user")
        assert (row["sess_start_dt"], row["sess_end_dt"], row["sess_dur"]) == (start, end, 0)
        # The last lines are those of the last microsecond and account 2, and among them those of os
        # 6.
        assert row["os"] == "os 6"
    assert (day["lines_read"], day["events_kept"], day["user_sessions"]) == (500_000, 500_000, 3)


def test_time_grows_with_the_accounts_of_a_device(tmp_path: Path) -> None:
    """Four times as many accounts must take at most four times as long, not sixteen times, beyond
    the fixed time of a run."""
    assert _seconds_of(10_000, tmp_path) < 4 * _seconds_of(2_500, tmp_path)


def _seconds_of(accounts: int, folder: Path) -> float:
    """CPU seconds of a day on which this many accounts take turns on one device, each of them
    twice."""
    (own := folder / str(accounts)).mkdir()
    warehouse = Warehouse(own)
    warehouse.execute(
        f"""
        insert into {LOG} by name
        select
            '{DAY}' as part_date,
            timestamp '2024-01-15' + interval (line) millisecond as log_dt,
            'device' as user_device_id,
            'app' as wv_device_id,
            'account ' || line % {accounts} as s_wemember_id
        from range(2 * {accounts}) as lines (line)
        """
    )
    before = resource.getrusage(resource.RUSAGE_SELF)
    rows, (day,) = build(warehouse)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert (day["events_kept"], day["user_sessions"]) == (2 * accounts, accounts)
    assert {row["account_id"] for row in rows} == {f"account {n}" for n in range(accounts)}
    return after.ru_utime - before.ru_utime
