"""Test memberships and days that come late (SPEC 6). The build log and the restatement are compared
with `spec_oracle_builds.py`."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.build_logs import (
    MEMBERSHIPS,
    ORDERS,
    insert,
    line,
    load,
    log_says,
    membership,
    order,
    sources_of,
)
from tests.support.spec_oracle_builds import MADE_FROM_MART, MART, BuildLog
from tests.support.warehouse import LOG, Warehouse, succeed

SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2024-01-{n}" for n in range(14, 19))
DAYS = [MONDAY, TUESDAY, WEDNESDAY]
TABLES = [MART, *MADE_FROM_MART]
LATE_DAYS = ("run-operation", "late_days", "--vars")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, BuildLog]:
    """All tables for DAYS, with memberships. One member has two artists. Tests work on copies."""
    warehouse, log = Warehouse(tmp_path_factory.mktemp("built")), BuildLog()
    load(warehouse, DAYS)
    rows = [
        membership(MONDAY, TUESDAY, "ends"),
        membership(TUESDAY, None, "runs"),
        membership(TUESDAY, None, "runs") | {"we_art_id": 2},
    ]
    warehouse.execute(*(insert(MEMBERSHIPS, row) for row in rows))
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    log.run(TABLES, DAYS, sources_of(warehouse), "members")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current"))
    return warehouse, log


@pytest.fixture
def warehouse(built: tuple[Warehouse, BuildLog], tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, copy_of=built[0])


@pytest.fixture
def log(built: tuple[Warehouse, BuildLog]) -> BuildLog:
    """The build log that the oracle expects for `warehouse`."""
    return copy.deepcopy(built[1])


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ([("late", MONDAY, TUESDAY)], [MONDAY, TUESDAY]),
        # Corrected: it ends a day earlier, begins a day later, is of another artist.
        (f"set fc_end_date = '{MONDAY}' where we_member_id = 'ends'", [TUESDAY]),
        (f"set fc_start_date = '{WEDNESDAY}' where we_member_id = 'runs'", [TUESDAY]),
        ("set we_art_id = 9 where we_member_id = 'ends'", [MONDAY, TUESDAY]),
        # Withdrawn.
        ("set we_member_id = null where we_member_id = 'runs'", [TUESDAY, WEDNESDAY]),
        # It begins later, ended before, or ends on a day after those that were built.
        ([("late", THURSDAY, None), ("late", "2023-01-01", SUNDAY)], []),
        (f"set fc_end_date = '{THURSDAY}' where we_member_id = 'runs'", []),
        # Other periods cover the same days.
        ([("ends", MONDAY, MONDAY), ("ends", TUESDAY, TUESDAY), ("runs", THURSDAY, None)], []),
        # One of two artists of a member, and the same dates of another member.
        ("set fc_end_date = fc_start_date where we_art_id = 2", [WEDNESDAY]),
        ("set we_member_id = 'other' where we_art_id = 2", [TUESDAY, WEDNESDAY]),
    ],
)
def test_day_is_stale_where_other_members_are_covered(
    warehouse: Warehouse,
    log: BuildLog,
    change: str | list[tuple[str, str, str | None]],
    stale: list[str],
) -> None:
    """A change is rows that come, or an update of those that are there."""
    if isinstance(change, str):
        warehouse.execute(f"update {MEMBERSHIPS} {change}")
    else:
        rows = [membership(start, end, member) for member, start, end in change]
        warehouse.execute(*(insert(MEMBERSHIPS, row) for row in rows))
    log_says(warehouse, log, dict.fromkeys(DAYS, "current") | dict.fromkeys(stale, "stale"))


def test_list_of_days_has_the_memberships_of_each_day(warehouse: Warehouse, log: BuildLog) -> None:
    """On the day between the two, a membership begins."""
    warehouse.execute(insert(MEMBERSHIPS, membership(TUESDAY, None, "late")))
    days = [MONDAY, WEDNESDAY]
    succeed(warehouse.dbt("run", "--vars", json.dumps({"part_dates": days})))
    log.run(TABLES, days, sources_of(warehouse), "list")
    log_says(warehouse, log, dict.fromkeys(DAYS, "current") | {TUESDAY: "stale"})


def test_late_days_are_the_only_line_of_a_quiet_command(warehouse: Warehouse) -> None:
    """What a job reads: a line of JSON or nothing. A warning in the log names the other days."""

    def answer(**variables: Any) -> tuple[str, str]:
        done = succeed(warehouse.dbt(*LATE_DAYS, json.dumps(variables)))
        told = " ".join(done.stdout.split())
        left = re.findall(r"no scheduled run builds again: (.*?)\. stop_on", told)
        return "".join(done.printed), ", ".join(left[:1])

    assert answer(part_date=WEDNESDAY) == ("", "")
    warehouse.execute(
        insert(LOG, line(MONDAY, "late")),
        insert(ORDERS, order(TUESDAY, "late")),
        f"delete from {LOG} where part_date = '{WEDNESDAY}'",
        f"insert into {LOG} (part_date) values ('{SUNDAY}')",
        insert(LOG, line(THURSDAY)),
    )
    # The log of Wednesday is gone, Sunday has no event, and Thursday is after the run's day.
    days = f'["{TUESDAY}", "{MONDAY}"]'
    assert answer(part_date=WEDNESDAY) == (days, f"{WEDNESDAY}, {SUNDAY}")
    assert answer(part_date=WEDNESDAY, restatement_days=2, max_late_days=1) == (
        f'["{TUESDAY}"]',
        WEDNESDAY,
    )
    assert answer(part_date=MONDAY, max_late_days=0) == ("", f"{MONDAY}, {SUNDAY}")

    given = json.dumps({"part_date": WEDNESDAY})
    assert succeed(warehouse.process("--quiet", *LATE_DAYS, given)).stdout == days + "\n"
