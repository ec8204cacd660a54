"""Compare the rows of many days, which were built in one run."""

from __future__ import annotations

from collections.abc import Iterable

from tests.support.adversarial_logs import World
from tests.support.warehouse import Row


def assert_same_rows(built: Iterable[Row], expected: Iterable[Row], world: World) -> None:
    """Fail with the first days that differ, each with the rows of both sides and its flavour."""
    built_days, expected_days = _by_day(built), _by_day(expected)
    different = [
        day
        for day in sorted(built_days.keys() | expected_days.keys())
        if built_days.get(day) != expected_days.get(day)
    ]
    assert not different, (
        "\n".join(
            f"{day} ({world.flavours.get(day)}):\n"
            + _difference(built_days.get(day, []), expected_days.get(day, []))
            for day in different[:3]
        )
        + f"\n{len(different)} days of {len(expected_days)} differ"
    )


def _by_day(rows: Iterable[Row]) -> dict[str, list[Row]]:
    days: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: [(v is not None, str(v)) for v in row.values()]):
        days.setdefault(row["part_date"], []).append(row)
    return days


def _difference(built: list[Row], expected: list[Row]) -> str:
    lines = [f"  built, not expected: {row}" for row in built if row not in expected]
    lines += [f"  expected, not built: {row}" for row in expected if row not in built]
    return "\n".join(lines[:6])
