"""Compare the view of unusual days, `ws_sess_daily_anomaly`, with the oracle (plain Python), on
random audits of 20 weeks that hit the edge cases. The audit is written without building its log.
"""

import json
from datetime import date, timedelta
from math import isclose
from random import Random

import pytest

from tests.support.spec_oracle_anomaly import (
    ANOMALY_COLUMNS,
    COUNTS,
    MEASURES,
    ws_sess_daily_anomaly,
)
from tests.support.spec_oracle_downstream import COLUMNS
from tests.support.warehouse import Warehouse, succeed

AUDIT = "we_mart.ws_sess_daily_audit"
NUMBERS = COLUMNS["ws_sess_daily_audit"][1:]


@pytest.mark.parametrize(
    ("seed", "settings"),
    [(1, {}), (2, {"anomaly_weeks": 5, "anomaly_ratio": 1.15, "anomaly_share": 0.4})],
)
def test_unusual_days_are_what_the_spec_says(seed, settings, tmp_path):
    audit = random_audit(Random(seed))
    warehouse = Warehouse(tmp_path)
    numbers = ", ".join(f"{column} bigint" for column in NUMBERS)
    columns = f"part_date string, {numbers}, log_checksum string, run_timestamp timestamp"
    values = ", ".join(str((*row.values(), "", "2024-07-01 00:00:00")) for row in audit)
    warehouse.execute(f"create table {AUDIT} ({columns})", f"insert into {AUDIT} values {values}")
    command = ("run", "--select", "ws_sess_daily_anomaly", "--vars", json.dumps(settings))
    succeed(warehouse.dbt(*command))

    expected = ws_sess_daily_anomaly(audit, **settings)
    found = warehouse.rows("we_mart.ws_sess_daily_anomaly", "part_date, measure")
    assert {tuple(row)[: len(ANOMALY_COLUMNS)] for row in found} == {ANOMALY_COLUMNS}
    assert len(found) == len(expected)
    differences = [rows for rows in zip(found, expected, strict=True) if not agree(*rows)]
    assert not differences, "\n".join(map(str, differences[:6]))
    for measure in MEASURES:
        of_measure = [row["is_anomaly"] for row in expected if row["measure"] == measure]
        assert {0, 1} <= set(of_measure), measure


def agree(found, expected):
    """Whether the rows are the same. The last digits of doubles may differ."""
    return all(
        isclose(found[column], value, rel_tol=1e-12)
        if column in ("value", "usual") and None not in (found[column], value)
        else found[column] == value
        for column, value in expected.items()
    )


def random_audit(rng):
    """Days of 20 weeks, of which some are missing or have no line. Counts are often the same, so
    that values are exactly as far from the usual ones as a setting allows."""
    audit = []
    for number in range(140):
        part_date = str(date(2023, 10, 30) + timedelta(days=number))
        if rng.random() < 0.15:
            continue
        lines = rng.choice((0, 10, 10, 10, 20, 20, 40, 41, 9, 5, 11, 100))
        row = {"part_date": part_date, **dict.fromkeys(NUMBERS, 0), "lines_read": lines}
        if lines:
            tenths = rng.choice((1, 3, 5, 7, 7, 7, 9, 9))
            row["duplicates"] = lines * tenths // 10 if number % 7 else rng.randrange(lines + 1)
            left = lines - row["duplicates"]
            for column in NUMBERS[2:5]:  # rejected
                row[column] = rng.choice((0, 0, left // 5, rng.randrange(left + 1)))
                left -= row[column]
            row["events_kept"] = left
            for column in COUNTS[1:]:
                row[column] = rng.choice((0, 10, 20, 9, 100, 100, 115, rng.randrange(50)))
            if number % 7 == 3 and number < 120:  # rows per user session without any to compare
                row["user_sessions"] = 0
            row["mart_rows"] = row["user_sessions"] + rng.choice((0, 0, 1, 2, 10, 60))
        audit.append(row)
    return rng.sample(audit, len(audit))
