"""Compare the build log and restatement of a warehouse with the oracle (`spec_oracle_builds.py`).

    log = BuildLog()
    log.run([MART], ["2024-01-15"], sources_of(warehouse), "first run")
    warehouse.run("2024-01-15")
    assert_build_log(warehouse, log)
    assert_restatement(warehouse, log)
    assert_late_days(warehouse, log, "2024-01-15")

The values of checksums and times cannot be predicted. Two of them must be equal exactly if the
contents and runs of the oracle are equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import Any

from tests.support.spec_oracle_builds import (
    BUILD_COLUMNS,
    MART,
    RESTATEMENT_COLUMNS,
    WEEKLY,
    BuildLog,
    Row,
    Sources,
    alike,
)
from tests.support.spec_oracle_downstream import in_key_order
from tests.support.warehouse import LOG, SOURCES, Warehouse, succeed

BUILD_LOG = "we_mart.ws_sess_daily_build"
RESTATEMENT = "we_mart.ws_sess_daily_restatement"
ORDERS, WV_SESSIONS = "we_mart.ws_order", "we_mart.wv_sess_daily"
MEMBERSHIPS = "we_mart.ws_fc_user_history"

# Columns whose values can only be compared with each other.
CHECKSUMS = ("log_checksum", "orders_checksum", "wv_sessions_checksum", "memberships_checksum")
INTERNAL = {"mart_builds", "has_rows"}  # SPEC leaves them to the project
UNKNOWN = {
    *CHECKSUMS, *INTERNAL, "run_timestamp", "checksum_then", "checksum_now", "built_at",
}  # fmt: skip


def sources_of(warehouse: Warehouse) -> Sources:
    """The current contents of the sources."""
    return Sources(*(warehouse.rows(t) for t in (LOG, ORDERS, WV_SESSIONS, MEMBERSHIPS)))


def rows_of(warehouse: Warehouse, table: str) -> list[Row]:
    """All rows of a table, including `run_timestamp`."""
    with warehouse.connection() as connection:
        relation = connection.sql(f"select * from {table}")
        names = relation.columns
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def statuses(warehouse: Warehouse) -> dict[str, str]:
    """The status of each day."""
    return {row["part_date"]: row["status"] for row in rows_of(warehouse, RESTATEMENT)}


def assert_build_log(warehouse: Warehouse, log: BuildLog) -> None:
    """Check that the build log of the warehouse is that of the oracle's runs."""
    expected = log.rows()
    found = in_key_order(rows_of(warehouse, BUILD_LOG), ("table_name", "part_date"))
    assert {tuple(c for c in row if c not in INTERNAL) for row in found} <= {BUILD_COLUMNS}
    _assert_known_alike(found, expected)
    _assert_agree_alike(
        [row["run_timestamp"] for row in found], [row["run_timestamp"] for row in expected]
    )
    for column in CHECKSUMS:
        for kind in {_kind(row) for row in expected}:
            _assert_agree_alike(
                [row[column] for row in found if _kind(row) == kind],
                [row[column] for row in expected if _kind(row) == kind],
            )


def assert_restatement(warehouse: Warehouse, log: BuildLog, **settings: int) -> list[Row]:
    """Check that the view agrees with the oracle for the current log and sources. Return its rows
    in order of `part_date`."""
    expected = log.restatement(sources_of(warehouse), **settings)
    found = in_key_order(rows_of(warehouse, RESTATEMENT), ("part_date",))
    assert {tuple(row) for row in found} <= {RESTATEMENT_COLUMNS}
    _assert_known_alike(found, expected)
    _assert_agree_alike([row["built_at"] for row in found], [row["built_at"] for row in expected])
    for row, other in zip(found, expected, strict=True):
        names = ("checksum_then", "checksum_now")
        _assert_agree_alike([row[name] for name in names], [other[name] for name in names])
    return found


def late_days(warehouse: Warehouse, **variables: Any) -> tuple[list[str], list[str]]:
    """What the operation `late_days` tells of a run with these variables: the days that it prints
    for the job, and those that a message names for a person, newest first."""
    done = succeed(warehouse.dbt("run-operation", "late_days", "--vars", json.dumps(variables)))
    said = done.stdout
    for line in done.printed:
        said = said.replace(line, "")
    left = sorted(set(re.findall(r"\b\d{4}-\d{2}-\d{2}\b", said)), reverse=True)
    days = [json.loads(line) for line in done.printed]
    assert days in ([], days[:1]) and [] not in days, done.printed
    return (days or [[]])[0], left


def assert_late_days(
    warehouse: Warehouse,
    log: BuildLog,
    last_day: str,
    *,
    restatement_days: int = 30,
    max_late_days: int = 7,
    **settings: int,
) -> list[str]:
    """Check that the operation agrees with the oracle for a run of a day. Return the late days."""
    bounds = {"restatement_days": restatement_days, "max_late_days": max_late_days}
    expected = log.late_days(sources_of(warehouse), last_day, **bounds, **settings)
    assert late_days(warehouse, part_date=last_day, **bounds, **settings) == expected
    return expected[0]


def _kind(row: Row) -> Hashable:
    """Group checksums by day or week, because those of different periods are not compared."""
    return row["part_date"], row["table_name"] == WEEKLY


def _assert_known_alike(found: Iterable[Row], expected: Iterable[Row]) -> None:
    found, expected = (
        [{name: value for name, value in row.items() if name not in UNKNOWN} for row in rows]
        for rows in (found, expected)
    )
    assert found == expected, "\n".join(
        [f"  found, not expected: {row}" for row in found if row not in expected]
        + [f"  expected, not found: {row}" for row in expected if row not in found]
    )


def log_says(warehouse: Warehouse, log: BuildLog, expected: dict[str, str]) -> None:
    """Check the build log and the view against the oracle, and the status of each day."""
    assert_build_log(warehouse, log)
    assert_restatement(warehouse, log)
    assert_no_line_is_lost(warehouse)
    assert statuses(warehouse) == expected


def assert_no_line_is_lost(warehouse: Warehouse) -> None:
    """Check that the mart has the devices of all events on days that the view calls current."""
    devices = "select distinct part_date, {} from {} order by all"
    of_log = warehouse.answer(devices.format("user_device_id", f"{LOG} where log_dt is not null"))
    of_mart = warehouse.answer(devices.format("device_id", f"we_mart.{MART}"))
    for day, status in statuses(warehouse).items():
        if status in ("current", "unfinished"):
            assert [d for d in of_mart if d[0] == day] == [d for d in of_log if d[0] == day], day


def _assert_agree_alike(found: list[object], expected: list[object]) -> None:
    assert [value is None for value in found] == [value is None for value in expected]
    assert alike(found) == alike(expected), found


# -- Rows of the sources ----------------------------------------------------------------------


def line(day: str, device: str = "d") -> Row:
    return _row(
        LOG,
        part_date=day,
        log_dt=datetime.fromisoformat(f"{day} 12:00"),
        user_device_id=device,
        s_wemember_id="m",
    )


def order(day: str, sheet: str = "S") -> Row:
    return _row(
        ORDERS,
        part_date=day,
        ord_sheet_number=sheet,
        ord_item_number=1,
        ord_dt=datetime.fromisoformat(f"{day} 12:30"),
        account_id="m",
        ord_item_qty=1,
        ord_item_amt_krw=100,
    )


def wv_session(day: str, sess_id: str = "w") -> Row:
    return _row(
        WV_SESSIONS,
        part_date=day,
        key_date=date.fromisoformat(day),
        we_member_id="m",
        sess_id=sess_id,
    )


def membership(start: str, end: str | None, member: str = "m") -> Row:
    return _row(MEMBERSHIPS, we_member_id=member, we_art_id=1, fc_start_date=start, fc_end_date=end)


def _row(table: str, **values: Any) -> Row:
    return dict.fromkeys(SOURCES[table]) | values


def insert(table: str, row: Row) -> str:
    """The statement that inserts a row into a source."""
    given = {name: value for name, value in row.items() if value is not None}
    values = ", ".join(f"'{value}'" for value in given.values())
    return f"insert into {table} ({', '.join(given)}) values ({values})"


def load(warehouse: Warehouse, days: list[str]) -> None:
    lines, orders, wv_sessions = ([make(d) for d in days] for make in (line, order, wv_session))
    warehouse.load(lines, [], [], orders, wv_sessions)
