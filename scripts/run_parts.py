#!/usr/bin/env python3
"""Run targets of the Makefile, some side by side, and say what came of each and how long it took.

    .venv/bin/python scripts/run_parts.py 'lint unit data-test' e2e

Each argument is a lane: its targets run one after the other, beside those of the other lanes. A
target that fails does not stop the others. Its whole output is printed when it ends; of one that
passes, the last LINES_SHOWN lines. All output is kept in target/parts/<target>.log.

`make test` and .ci/run call this.
Exit codes: 0 every target passed; 1 one did not; 2 no target given.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = ROOT / "target" / "parts"
LINES_SHOWN = 14


def run_part(target: str) -> bool:
    """Run one target; whether it passed."""
    print(f"{target}: started", flush=True)
    started = time.monotonic()
    log = OUTPUTS / f"{target}.log"
    with log.open("wb") as stream:
        code = subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        ).returncode
    seconds = time.monotonic() - started
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    said = lines[-LINES_SHOWN:] if code == 0 else lines
    what = "passed" if code == 0 else f"FAILED (exit code {code})"
    # In one piece, since lanes print at the same time.
    print("\n".join([f"{target}: {what} in {seconds:.0f} s", *said]), flush=True)
    return code == 0


def main(lanes: list[str]) -> int:
    if not any(lane.split() for lane in lanes):
        print(__doc__, file=sys.stderr)
        return 2
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    # A make above this one has flags of its own, such as its job server, that are not for these.
    os.environ.pop("MAKEFLAGS", None)
    os.environ.pop("MAKELEVEL", None)
    with ThreadPoolExecutor(len(lanes)) as pool:
        results = pool.map(lambda lane: [run_part(target) for target in lane.split()], lanes)
        return 0 if all(map(all, results)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
