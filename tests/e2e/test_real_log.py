"""Build the mart from an external clickstream and compare it with the clickstream's own sessions.

The log is not part of the project. It is read from `../shared/real_log`, or from WS_REAL_LOG in the
environment, and its README names its origin. The script of `make run LOG=…` loads and builds it.
"""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from scripts.paths import ROOT
from tests.support.warehouse import LOG, MART, SOURCES

REAL_LOG = Path(os.environ.get("WS_REAL_LOG", ROOT.parent / "shared" / "real_log" / "ecom.csv.gz"))

Session = tuple[str, datetime, datetime]


@pytest.mark.skipif(not REAL_LOG.exists(), reason=f"{REAL_LOG} is not here; set WS_REAL_LOG")
def test_sessions_are_exactly_those_that_the_log_names_itself(tmp_path: Path) -> None:
    with gzip.open(REAL_LOG, "rt", newline="", encoding="utf-8") as stream:
        events = list(csv.DictReader(stream))
    log = tmp_path / "real_log.csv"
    with log.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=SOURCES[LOG], restval="")
        writer.writeheader()
        writer.writerows(
            {
                "part_date": event["timestamp"][:10],
                "log_id": f"line {number}",
                "log_dt": event["timestamp"],
                "user_device_id": event["user_id"],
                "s_device_type": "PC" if event["platform"] == "desktop" else event["platform"],
            }
            for number, event in enumerate(events)
        )

    warehouse = tmp_path / "ws_shop.duckdb"
    done = subprocess.run(
        ["make", "run", f"LOG={log}"],
        cwd=ROOT,
        env=os.environ
        | {
            "WS_DUCKDB_PATH": str(warehouse),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "DBT_LOG_PATH": str(tmp_path / "logs"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # Without a terminal, a line is printed when a step starts and when it ends.
    days = "177 days of 2024-01-04 to 2024-06-29"
    for step in ("Checking real_log.csv", f"Building {days}", "Testing the data"):
        assert f"{step} …" in done.stdout
    assert "Loaded 31,106 lines" in done.stdout

    named: dict[str, list[dict[str, str]]] = defaultdict(list)
    for event in events:
        named[event["session_id"]].append(event)
    expected: set[Session] = {
        (
            of_session[0]["user_id"],
            min(datetime.fromisoformat(event["timestamp"]) for event in of_session),
            max(datetime.fromisoformat(event["timestamp"]) for event in of_session),
        )
        for of_session in named.values()
    }
    assert len(expected) == len(named) == 3605

    with duckdb.connect(str(warehouse)) as connection:
        built = connection.execute(
            "select device_id, sess_start_dt, sess_end_dt, sess_dur, sess_id, count(*)"
            f" from {MART} group by all"
        ).fetchall()
    assert {(device, start, end) for device, start, end, *_ in built} == expected
    assert len({sess_id for *_, sess_id, _ in built}) == len(built) == 3605
    assert all(dur == (end - start).total_seconds() for _, start, end, dur, *_ in built)
