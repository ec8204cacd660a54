"""`dbt source freshness` reads the last days of the log and says what all of its history would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.warehouse import Warehouse


@pytest.mark.parametrize(
    ("hours", "days_late", "status"),
    [
        (1, 0, "pass"),
        (35, 0, "pass"),
        (37, 0, "warn"),
        # Accepted, because its clock is less than a day ahead.
        (71, -1, "warn"),
        (73, 0, "error"),
        # Not in the days that are read.
        (24 * 30, 0, "error"),
    ],
)
def test_log_is_as_fresh_as_its_newest_line(
    tmp_path: Path, hours: int, days_late: int, status: str
) -> None:
    warehouse = Warehouse(tmp_path)
    now = datetime.now(UTC).replace(tzinfo=None)
    newest = now - timedelta(hours=hours)
    lines = [
        {"log_dt": newest, "part_date": newest.date() + timedelta(days=days_late)},
        {"log_dt": now - timedelta(days=31), "part_date": (now - timedelta(days=31)).date()},
        {"log_dt": now + timedelta(hours=2), "part_date": now.date()},
    ]
    warehouse.load(lines)
    done = warehouse.dbt("source", "freshness", "--select", "source:service_log")
    result = done.result.results[-1]  # after those of the hooks
    assert result.status == status, done.stdout
    assert done.returncode == (1 if status == "error" else 0)
