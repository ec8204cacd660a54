"""Consecutive runs on one warehouse, and the contents of each day after each run.

Every test starts with a target that has only the sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.adversarial_logs import random_world
from tests.support.changed_project import project_with
from tests.support.planted_secrets import PLANTED, secrets_left
from tests.support.random_sources import days_from
from tests.support.warehouse import LOG, MART, SOURCES, Row, Warehouse, of_days, succeed

DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]
WORLD = random_world(11, DAYS)
AUDITED = ("ws_sess_daily", "ws_sess_daily_audit")
STAMPS = f"select list(distinct run_timestamp order by run_timestamp) from {MART}"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path)
    warehouse.load(WORLD.lines, WORLD.artists, WORLD.memberships)
    return warehouse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All days, built in one run of as many days as a run may have. Refused runs, which must not
    change it, share it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("built"))
    warehouse.load(WORLD.lines, WORLD.artists, WORLD.memberships)
    warehouse.run(DAYS[0], DAYS[-1], max_run_days=len(DAYS))
    return warehouse


@pytest.fixture(scope="module")
def rows(built: Warehouse) -> list[Row]:
    """The rows of this run. Every other way to build the days must give the same rows."""
    rows = built.rows()
    assert {row["part_date"] for row in rows} == set(DAYS)
    return rows


def compiled_queries(warehouse: Warehouse) -> dict[str, str]:
    """The compiled queries of the last command by file, without the time of the run."""
    folder = warehouse.folder / "target" / "compiled"
    return {
        str(path.relative_to(folder)): re.sub(r"timestamp '[^']*' as run_timestamp", "", text)
        for path in folder.rglob("*.sql")
        if (text := path.read_text(encoding="utf-8"))
    }


# -- The same days, however they are run ------------------------------------------------------


def test_one_day_needs_the_sources_alone_and_builds_that_day(
    warehouse: Warehouse, rows: list[Row]
) -> None:
    # A separate process with the command of an orchestrator. Most other tests share a parsed
    # project.
    command = ("run", "--select", "ws_sess_daily", "--vars", "part_date: 2024-01-15")
    done = succeed(warehouse.process(*command, **PLANTED))
    assert warehouse.rows() == of_days(rows, "2024-01-15")
    left = secrets_left(warehouse.folder, PLANTED.values(), {"output": done.stdout + done.stderr})
    assert left == []
    assert warehouse.tables() == {*SOURCES, MART, f"{MART}_build"}
    # The second command in this process reuses templates and places of CTEs from the first. Only
    # the time of the run may differ from the queries of the separate process.
    compiled = compiled_queries(warehouse)
    assert "ws_shop/models/marts/sessions/ws_sess_daily.sql" in compiled
    for _ in range(2):
        warehouse.run("2024-01-15")
        assert compiled_queries(warehouse) == compiled


def test_range_run_over_days_built_before_gives_the_same_rows(
    warehouse: Warehouse, rows: list[Row]
) -> None:
    warehouse.run(DAYS[1])
    warehouse.run(DAYS[0], DAYS[-1])
    assert warehouse.rows() == rows


def test_list_builds_exactly_its_days(warehouse: Warehouse, rows: list[Row]) -> None:
    def run(variables: str) -> None:
        succeed(warehouse.dbt("run", "--select", "ws_sess_daily", "--vars", variables))

    # YAML reads the days of the list as dates.
    run("part_dates: [2024-01-16, 2024-01-14, 2024-01-16]")
    assert warehouse.rows() == of_days(rows, "2024-01-14", "2024-01-16")
    first = warehouse.value(f"select max(run_timestamp) from {MART}")
    run("part_dates: '2024-01-15, 2024-01-14'")
    assert warehouse.rows() == rows
    kept = f"select list(distinct part_date) from {MART} where run_timestamp = '{first}'"
    assert warehouse.value(kept) == ["2024-01-16"]


def test_run_timestamp_is_the_utc_time_the_run_started_one_value_a_run(
    warehouse: Warehouse,
) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    warehouse.run(DAYS[0], DAYS[1])
    after = datetime.now(UTC).replace(tzinfo=None)
    (stamp,) = warehouse.value(STAMPS)
    assert before <= stamp <= after

    warehouse.run(DAYS[1])
    assert len(warehouse.value(STAMPS)) == 2
    day_stamps = f"select list(distinct run_timestamp) from {MART} where part_date = '{DAYS[0]}'"
    assert warehouse.value(day_stamps) == [stamp]


def test_rerun_after_the_log_changed_replaces_that_day_alone(
    warehouse: Warehouse, rows: list[Row]
) -> None:
    warehouse.run(DAYS[0], DAYS[-1])
    stamps = f"select list(distinct part_date) from {MART} where run_timestamp = "
    first_run = warehouse.value(f"select max(run_timestamp) from {MART}")
    warehouse.execute(
        # All three days change. Only the day that is run again may show the change.
        f"delete from {LOG} where log_id is null",
        f"update {LOG} set shop = 'CHANGED' where part_date in ('{DAYS[0]}', '{DAYS[1]}')",
    )
    warehouse.run(DAYS[1])

    after = warehouse.rows()
    assert of_days(after, DAYS[0], DAYS[2]) == of_days(rows, DAYS[0], DAYS[2])
    assert {row["shop"] for row in of_days(after, DAYS[1])} == {"CHANGED"}
    assert set(warehouse.value(f"{stamps}'{first_run}'")) == {DAYS[0], DAYS[2]}


def test_without_a_date_the_day_is_yesterday_utc(warehouse: Warehouse) -> None:
    yesterday = str((datetime.now(UTC) - timedelta(days=1)).date())
    warehouse.execute(
        f"insert into {LOG} (part_date, log_id, log_dt, user_device_id)"
        f" values ('{yesterday}', 'x', '{yesterday} 12:00:00', 'browser')"
    )
    succeed(warehouse.dbt("run", "--select", "ws_sess_daily"))
    assert [(row["part_date"], row["device_id"]) for row in warehouse.rows()] == [
        (yesterday, "browser")
    ]


# -- Runs that are refused, which must not touch anything -------------------------------------

UNREAL_DATES = {
    "not a date": "yesterday",
    "day that no month has": "2024-02-30",
    "no leap year": "2023-02-29",
    "month 13": "2024-13-01",
    "one digit": "2024-1-15",
    "no dashes": "20240115",
    "a number": 20240115,
    "a time too": "2024-01-15 00:00:00",
    "text around": " 2024-01-15",
    "line feed": "2024-01-15\n",
    "other digits": "２０２４-01-15",
    "year 0": "0000-01-01",
    "before 1970": "1969-12-31",
    "after 2999": "3000-01-01",
    "in a week that ends after 9999": "9999-12-31",
    "empty": "",
    "null": None,
    "SQL": "2024-01-15' or '1'='1",
}


def assert_refused_untouched(
    warehouse: Warehouse,
    before: list[Row],
    variables: dict[str, object],
    *said: str,
    dbt: Callable[..., Any] | None = None,
) -> int:
    """The exit code of the run, which must fail with a message that contains these texts."""
    run = dbt or warehouse.dbt
    done = run("run", "--select", "ws_sess_daily", "--vars", json.dumps(variables))
    assert done.returncode != 0
    # dbt indents the lines of a message, so any white space is treated as one space.
    message = " ".join(done.stdout.split())
    for text in said:
        assert " ".join(text.split()) in message
    assert warehouse.rows() == before
    assert len(warehouse.value(STAMPS)) == 1
    return done.returncode


@pytest.mark.parametrize("value", UNREAL_DATES.values(), ids=UNREAL_DATES.keys())
def test_unreal_date_stops_the_run(built: Warehouse, rows: list[Row], value: object) -> None:
    said = ("'part_date'", f"'{value}'", "yyyy-MM-dd")
    assert_refused_untouched(built, rows, {"part_date": value}, *said)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"part_date": "2024-02-30"}, ("'part_date'", "'2024-02-30'", "yyyy-MM-dd")),
        ({"session_timeout_minutes": 0}, ("'session_timeout_minutes'", "'0'")),
    ],
    ids=["date", "other variable"],
)
def test_process_that_is_refused_fails_and_says_why(
    built: Warehouse, rows: list[Row], variables: dict[str, object], said: tuple[str, ...]
) -> None:
    # Code that is parsed with the variables could fail earlier than the hooks, with a worse
    # message.
    code = assert_refused_untouched(built, rows, variables, *said, dbt=built.process)
    assert code == assert_refused_untouched(built, rows, variables, *said)


def test_unreal_end_of_range_stops_the_run(built: Warehouse, rows: list[Row]) -> None:
    variables = {"part_date": DAYS[0], "part_date_to": "2024-01-32"}
    said = ("'part_date_to'", "'2024-01-32'", "yyyy-MM-dd")
    assert_refused_untouched(built, rows, variables, *said)


def test_range_that_ends_before_it_starts_stops_the_run(built: Warehouse, rows: list[Row]) -> None:
    variables = {"part_date": DAYS[1], "part_date_to": DAYS[0]}
    said = ("'part_date_to'", f"'{DAYS[0]}'", f"'{DAYS[1]}'", "yyyy-MM-dd")
    assert_refused_untouched(built, rows, variables, *said)


@pytest.mark.parametrize(
    ("last", "limit", "days"),
    [("2025-02-17", None, 401), ("2999-12-31", None, 356464), (DAYS[-1], 2, 3)],
)
def test_range_that_is_too_long_stops_the_run(
    built: Warehouse, rows: list[Row], last: str, limit: int | None, days: int
) -> None:
    variables = {"part_date": DAYS[0], "part_date_to": last}
    variables |= {"max_run_days": limit} if limit else {}
    said = (f"{days} days", f"'{DAYS[0]}' to '{last}'", f"take {limit or 400}", "max_run_days")
    assert_refused_untouched(built, rows, variables, *said)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"part_dates": []}, ("'[]'", "at least one day")),
        ({"part_dates": ""}, ("''", "[2024-01-15, 2024-01-19]")),
        ({"part_dates": None}, ("'None'",)),
        ({"part_dates": 20240115}, ("'20240115'",)),
        ({"part_dates": {"part_date": DAYS[0]}}, ("'{",)),
        ({"part_dates": [DAYS[0], None]}, ("'None'",)),
        ({"part_dates": [[DAYS[0]]]}, ("'['2024-01-14']'",)),
        ({"part_dates": [DAYS[0], "2024-02-30"]}, ("'2024-02-30'",)),
        ({"part_dates": [DAYS[0], f" {DAYS[1]}"]}, (f"' {DAYS[1]}'",)),
        ({"part_dates": f"{DAYS[0]}, {DAYS[1]},"}, ("''",)),
        ({"part_dates": f"{DAYS[0]} {DAYS[1]}"}, (f"'{DAYS[0]} {DAYS[1]}'",)),
        ({"part_dates": DAYS, "part_date": DAYS[1]}, ("'part_date' is", f"'{DAYS[1]}'")),
        ({"part_dates": DAYS, "part_date_to": DAYS[1]}, ("'part_date_to' is", f"'{DAYS[1]}'")),
        ({"part_dates": DAYS, "max_run_days": 2}, ("asks for 3 days", "take 2", "max_run_days: 3")),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_list_that_is_no_list_of_days_stops_the_run(
    built: Warehouse, rows: list[Row], variables: dict[str, object], said: tuple[str, ...]
) -> None:
    assert_refused_untouched(built, rows, variables, "'part_dates'", "yyyy-MM-dd", *said)


def test_lines_whose_part_date_is_no_date_are_of_no_day_of_a_range(
    warehouse: Warehouse, rows: list[Row]
) -> None:
    # As strings, these are between two days of the range.
    for suffix in ("x", " ", " 00:00:00", " (BC)", "1"):
        warehouse.execute(
            f"insert into {LOG} select * replace (part_date || '{suffix}' as part_date)"
            f" from {LOG} where length(part_date) = 10"
        )
    warehouse.run(DAYS[0], DAYS[-1])
    assert warehouse.rows() == rows


def test_end_of_range_without_a_start_stops_the_run(built: Warehouse, rows: list[Row]) -> None:
    said = ("'part_date_to'", f"'{DAYS[0]}'", "'part_date' is not given", "yyyy-MM-dd")
    assert_refused_untouched(built, rows, {"part_date_to": DAYS[0]}, *said)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("session_timeout_minutes", 0),
        ("session_timeout_minutes", 1441),
        ("session_timeout_minutes", -30),
        ("session_timeout_minutes", 1.5),
        ("session_timeout_minutes", True),
        ("session_timeout_minutes", "half an hour"),
        ("session_timeout_minutes", ""),
        ("session_timeout_minutes", None),
        ("session_timeout_minutes", "9" * 5000),
        ("max_clock_skew_hours", -1),
        ("max_clock_skew_hours", 8761),
        ("max_clock_skew_hours", "9" * 5000),
        ("max_clock_skew_hours", "a day"),
        ("restatement_days", 0),
        ("restatement_days", 36501),
        ("max_late_days", -1),
        ("max_late_days", 36501),
        ("anomaly_weeks", 2),
        ("anomaly_weeks", 53),
        ("anomaly_ratio", 1),
        ("anomaly_ratio", 1000.5),
        ("anomaly_ratio", "2"),
        ("anomaly_share", 0),
        ("anomaly_share", 1.01),
        ("anomaly_share", True),
        ("max_run_days", 0),
        ("max_run_days", "a year"),
        ("allow_empty_day", "false"),
        ("allow_empty_day", 1),
        ("test_all_dates", "yes"),
        ("time_spine_first_day", "2020"),
        ("time_spine_last_day", "2019-12-31"),
    ],
)
def test_other_bad_variable_stops_the_run(
    built: Warehouse, rows: list[Row], variable: str, value: object
) -> None:
    variables = {"part_date": DAYS[0], variable: value}
    assert_refused_untouched(built, rows, variables, f"'{variable}'", f"'{value}'")


def test_empty_day_stops_the_run_and_is_named(built: Warehouse, rows: list[Row]) -> None:
    # The days around the log have no line. The run also covers a day that has lines.
    variables = {"part_date": "2024-01-13", "part_date_to": "2024-01-17"}
    assert_refused_untouched(built, rows, variables, "2024-01-13, 2024-01-17", "allow_empty_day")
    variables = {"part_dates": ["2024-01-19", DAYS[1], "2024-01-13"]}
    assert_refused_untouched(built, rows, variables, "2024-01-13, 2024-01-19", "allow_empty_day")


def test_day_of_rejected_lines_alone_is_empty(warehouse: Warehouse, rows: list[Row]) -> None:
    warehouse.run(DAYS[0], DAYS[-1])
    warehouse.execute(f"update {LOG} set log_dt = null where part_date = '{DAYS[1]}'")
    assert_refused_untouched(warehouse, rows, {"part_date": DAYS[1]}, DAYS[1])

    warehouse.run(DAYS[1], allow_empty_day=True)
    assert warehouse.rows() == of_days(rows, DAYS[0], DAYS[2])


def test_empty_day_within_a_range_is_emptied_where_allowed(
    warehouse: Warehouse, rows: list[Row]
) -> None:
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], *AUDITED))
    warehouse.execute(f"delete from {LOG} where part_date = '{DAYS[1]}'")
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], *AUDITED, allow_empty_day=True))
    assert warehouse.rows() == of_days(rows, DAYS[0], DAYS[2])

    audited = {row["part_date"]: row for row in warehouse.rows("we_mart.ws_sess_daily_audit")}
    assert audited.keys() == set(DAYS)
    counts = {k: v for k, v in audited[DAYS[1]].items() if k not in ("part_date", "log_checksum")}
    assert set(counts.values()) == {0}


def test_empty_day_as_the_first_run_makes_an_empty_table(warehouse: Warehouse) -> None:
    warehouse.run("2024-01-01", allow_empty_day=True)
    assert warehouse.rows() == []


def test_full_refresh_keeps_the_history(warehouse: Warehouse, rows: list[Row]) -> None:
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], *AUDITED))
    day = json.dumps({"part_date": DAYS[1]})
    succeed(warehouse.dbt("run", "--full-refresh", "--select", *AUDITED, "--vars", day))
    assert warehouse.rows() == rows
    audited = warehouse.rows("we_mart.ws_sess_daily_audit")
    assert [row["part_date"] for row in audited] == DAYS


def test_flags_that_leave_rows_out_stop_the_run(
    warehouse: Warehouse, rows: list[Row], tmp_path: Path
) -> None:
    warehouse.run(DAYS[0], DAYS[-1])

    def refused(*flags: str) -> str:
        done = warehouse.try_run(*flags, part_date=DAYS[1])
        assert warehouse.rows() == rows
        return done.stdout if done.returncode else ""

    assert "--empty" in refused("--empty")
    # dbt samples by `event_time`, which no model here has.
    sample = ("--sample", "1 hour")
    assert refused(*sample) == ""
    sources = {"ws_shop": {"+event_time": "log_dt"}}
    warehouse.use_project(project_with(tmp_path, lambda p: p.update(sources=sources)))
    assert "event_time: log_dt" in refused(*sample)


def test_failed_write_leaves_the_day_as_it_was(warehouse: Warehouse) -> None:
    warehouse.run(DAYS[0], DAYS[-1])
    warehouse.execute(
        f"update {MART} set shop = 'X' where shop is null",
        f"alter table {MART} alter column shop set not null",
        f"update {LOG} set shop = null where part_date = '{DAYS[1]}'",
    )
    before = warehouse.rows()

    # The day is deleted and then the insert fails. Both are in one transaction and must be undone.
    done = warehouse.try_run(part_date=DAYS[1])
    assert done.returncode != 0
    assert "NOT NULL constraint failed: ws_sess_daily.shop" in done.stdout
    assert warehouse.rows() == before


# -- The audit of the log ---------------------------------------------------------------------


CHANGES_OF_A_LINE = {
    "a line less": "delete from {log} where {line}",
    "a line more": "insert into {log} select * from {log} where {line}",
    "two ids swapped": "update {log} set s_wemember_id = s_user_id, s_user_id = s_wemember_id"
    " where {line}",
} | {
    column: f"update {{log}} set {column} = {value} where {{line}}"
    for column, value in {
        "log_id": "'other'",
        "log_dt": "coalesce(log_dt, '2024-01-01') + interval '1 microsecond'",
        "user_device_id": "'x' || coalesce(user_device_id, '')",
        "wv_device_id": "'x' || coalesce(wv_device_id, '')",
        "s_device_type": "'x' || coalesce(s_device_type, '')",
        "s_wemember_id": "'x' || coalesce(s_wemember_id, '')",
        "s_user_id": "'x' || coalesce(s_user_id, '')",
        "s_ctry": "lower(coalesce(s_ctry, 'x')) || ' '",
        "s_lang": "coalesce(s_lang, '') || ' '",
        "ws_art_id": "coalesce(ws_art_id, 0) + 1",
        "shop": "case when shop is null then '' end",
        "platform": "case when platform is null then '' end",
        "os": "case when os is null then '' end",
        "app_ver": "case when app_ver is null then '' end",
    }.items()
}


def test_checksum_shows_any_change_of_a_line(warehouse: Warehouse) -> None:
    # One day per change, and one day in which only the order of the lines changes.
    days = days_from("2024-03-01", len(CHANGES_OF_A_LINE) + 1)
    world = random_world(13, days)
    warehouse.load(world.lines, world.artists, world.memberships)
    # The ids of each day's first line differ, so that swapping them is a change.
    first = f"(select min(rowid) from {LOG} group by part_date)"
    warehouse.execute(
        f"update {LOG} set s_wemember_id = 'a', s_user_id = 'b' where rowid in {first}"
    )

    def checksums() -> dict[str, str]:
        succeed(warehouse.build_days(days[0], days[-1], *AUDITED))
        audited = warehouse.rows("we_mart.ws_sess_daily_audit")
        return {row["part_date"]: row["log_checksum"] for row in audited}

    before = checksums()
    for day, change in zip(days[1:], CHANGES_OF_A_LINE.values(), strict=True):
        line = f"rowid = (select min(rowid) from {LOG} where part_date = '{day}')"
        warehouse.execute(change.format(log=LOG, line=line))
    warehouse.execute(
        f"create table shuffled as select * from {LOG} order by hash(rowid)",
        f"truncate {LOG}",
        f"insert into {LOG} select * from shuffled",
    )
    after = checksums()
    assert after[days[0]] == before[days[0]]
    unseen = [
        change
        for day, change in zip(days[1:], CHANGES_OF_A_LINE, strict=True)
        if after[day] == before[day]
    ]
    assert not unseen
