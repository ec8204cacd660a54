"""The oracle of `ws_sess_daily_anomaly`: SPEC section 6 on anomalies, in plain Python.

It was written only from SPEC, without looking at the SQL, so that the two can be compared. It
counts in exact fractions, so that "more than" is never decided by a rounded last digit.

    rows = ws_sess_daily_anomaly(audit)

`audit` are rows of `ws_sess_daily_audit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from tests.support.spec_oracle import Row

ANOMALY_COLUMNS = ("part_date", "measure", "value", "usual", "days_compared", "is_anomaly")
COUNTS = ("lines_read", "devices", "sessions", "user_sessions")
SHARES = ("duplicates_share", "rejected_share")  # of lines read
MEASURES = (*COUNTS, *SHARES, "rows_per_user_session")


def ws_sess_daily_anomaly(
    audit: Iterable[Row],
    *,
    anomaly_weeks: int = 8,
    anomaly_ratio: float = 2.0,
    anomaly_share: float = 0.2,
) -> list[Row]:
    """SPEC 6: "one row per (`part_date`, `measure`) of the audit", sorted by both. `value` and
    `usual` are fractions or None."""
    days = {row["part_date"]: row for row in audit}
    rows = []
    for part_date in sorted(days):
        before = [days[day] for day in same_weekday(part_date, anomaly_weeks) if day in days]
        for measure in sorted(MEASURES):
            value = value_of(days[part_date], measure)
            values = [value_of(day, measure) for day in before]
            usual = median(value for value in values if value is not None)
            if value is None or usual is None or len(before) < 3:
                is_anomaly = False
            elif measure in SHARES:
                is_anomaly = abs(value - usual) > exact(anomaly_share)
            else:
                ratio = exact(anomaly_ratio)
                is_anomaly = value > ratio * usual or value < usual / ratio
            found = (part_date, measure, value, usual, len(before), int(is_anomaly))
            rows.append(dict(zip(ANOMALY_COLUMNS, found, strict=True)))
    return rows


def same_weekday(part_date: str, weeks: int) -> list[str]:
    """ "The same weekday of the `anomaly_weeks` weeks before"."""
    day = date.fromisoformat(part_date)
    return [str(day - timedelta(weeks=week)) for week in range(1, weeks + 1)]


def value_of(day: Row, measure: str) -> Fraction | None:
    """The value of a measure on a day of the audit; "a share of nothing is null"."""
    if measure in COUNTS:
        return Fraction(day[measure])
    if measure == "duplicates_share":
        part, whole = day["duplicates"], day["lines_read"]
    elif measure == "rejected_share":
        part = sum(count for column, count in day.items() if column.startswith("rejected_"))
        whole = day["lines_read"]
    else:
        part, whole = day["mart_rows"], day["user_sessions"]
    return Fraction(part, whole) if whole else None


def median(values: Iterable[Fraction]) -> Fraction | None:
    """The middle value, or the mean of the two in the middle, or None if there is no value."""
    values = sorted(values)
    middle = values[(len(values) - 1) // 2 : len(values) // 2 + 1]
    return sum(middle) / len(middle) if middle else None


def exact(setting: float) -> Fraction:
    """A setting as it is written, so that 0.2 is a fifth."""
    return Fraction(str(setting))
