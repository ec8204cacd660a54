"""Compare the Polars version of the mart (`benchmarks/polars_mart.py`) with the oracle.

The Polars version is only a benchmark, but its time says nothing if its result is wrong. The test
needs Polars, which the project itself does not need. Without it, the test is skipped.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

pl = pytest.importorskip("polars")

from benchmarks import polars_mart  # noqa: E402
from tests.support.adversarial_logs import random_world  # noqa: E402
from tests.support.spec_oracle import MART_COLUMNS, MART_KEY, build_mart, nulls_first  # noqa: E402

DAYS = [str(date(2024, 1, 1) + timedelta(days=offset)) for offset in range(25)]
LOG_TYPES = dict.fromkeys(polars_mart.LOG_COLUMNS, pl.String) | {
    "log_dt": pl.Datetime("us"),
    "ws_art_id": pl.Int64,
}


@pytest.mark.parametrize(
    ("seed", "variables"),
    [
        (1, {}),
        (2, {}),
        (3, {"session_timeout_minutes": 1, "max_clock_skew_hours": 0}),
        (4, {"session_timeout_minutes": 47, "max_clock_skew_hours": 5}),
    ],
)
def test_rows_are_what_the_spec_says(seed: int, variables: dict[str, int]) -> None:
    world = random_world(seed, DAYS)
    log = pl.DataFrame(world.lines, schema=LOG_TYPES).lazy()
    artists = pl.DataFrame(world.artists, schema=polars_mart.ARTIST_COLUMNS)
    memberships = pl.DataFrame(world.memberships, schema=polars_mart.MEMBERSHIP_COLUMNS)

    expected: dict[str, list[dict[str, Any]]] = {}
    for row in build_mart(world.lines, world.artists, world.memberships, **variables):
        expected.setdefault(row["part_date"], []).append(row)

    for day in DAYS:
        if day not in expected:
            with pytest.raises(ValueError, match=f"{day} has no accepted event"):
                polars_mart.build_mart(log, artists, memberships, day, **variables)
            continue
        built = polars_mart.build_mart(log, artists, memberships, day, **variables)
        rows = built.select(MART_COLUMNS).to_dicts()
        rows.sort(key=lambda row: [nulls_first(row[column]) for column in MART_KEY])
        assert rows == expected[day], f"{day} ({world.flavours[day]})"


def test_columns_are_those_of_the_mart_with_their_types() -> None:
    world = random_world(5, DAYS[:1])
    built = polars_mart.build_mart(
        pl.DataFrame(world.lines, schema=LOG_TYPES).lazy(),
        pl.DataFrame(world.artists, schema=polars_mart.ARTIST_COLUMNS),
        pl.DataFrame(world.memberships, schema=polars_mart.MEMBERSHIP_COLUMNS),
        DAYS[0],
    )
    columns = [*MART_COLUMNS]
    columns.insert(columns.index("part_date") + 1, "run_timestamp")
    assert built.columns == columns
    assert built.schema == pl.Schema(polars_mart.MART_COLUMNS)
    assert built["run_timestamp"].n_unique() == 1
