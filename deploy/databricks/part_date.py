"""Set the day that a run of the job builds, as the task value `part_date` (yyyy-MM-dd, UTC).

    part_date.py --triggered 2024-01-16 --part-date ''            # 2024-01-15
    part_date.py --triggered 2024-01-16 --part-date 2024-01-10    # 2024-01-10

It is the day given by --part-date, or else the day before the run was triggered (UTC). Repairing a
run on a later day keeps the trigger time of that run, so it builds the same day. The task value
`first_day` is 29 days earlier. An invalid day raises ValueError before anything is built.
"""

from __future__ import annotations

import argparse
import re
from datetime import date, timedelta


def part_date(triggered: str, given: str) -> str:
    """The day to build: `given`, or the day before `triggered`."""
    for name, text in (("--triggered", triggered), ("--part-date", given)):
        if (text or name == "--triggered") and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError(f"{name} must be a day, yyyy-MM-dd, and is {text!r}.")
    return str(date.fromisoformat(given) if given else date.fromisoformat(triggered) - timedelta(1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--triggered", required=True)
    parser.add_argument("--part-date", required=True)
    arguments = parser.parse_args()

    from databricks.sdk.runtime import dbutils

    day = part_date(arguments.triggered, arguments.part_date)
    print(f"This run builds {day}.")
    dbutils.jobs.taskValues.set("part_date", day)
    dbutils.jobs.taskValues.set("first_day", str(date.fromisoformat(day) - timedelta(29)))
