#!/usr/bin/env python3
"""Run targets of the Makefile, some in parallel, and report the result and duration of each.

    .venv/bin/python -m scripts.run_parts 'lint unit data-test' e2e

Each argument is a group. The targets of a group run one after the other. Two groups run at a time,
and when one ends, the next one starts, so the longest should be given first. All groups but the
first have a lower priority (`nice`), so the first should be the one that uses one core only and
must not wait for it. A target that fails does not stop the others. When a target ends, its complete
output is printed if it failed, and the last LINES_SHOWN lines if it passed. All output is in
target/parts/<target>.log.

`make test` and .ci/run call this script.
Exit codes: 0 every target passed; 1 a target failed; 2 no target given.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.paths import ROOT

OUTPUTS = ROOT / "target" / "parts"
LINES_SHOWN = 14
AT_ONCE = 2
# Of all groups but the first.
NICENESS = 10


def run_part(target: str, niceness: int) -> bool:
    """Run one target and return whether it passed."""
    print(f"{target}: started", flush=True)
    started = time.monotonic()
    log = OUTPUTS / f"{target}.log"
    with log.open("wb") as stream:
        code = subprocess.run(
            ["nice", "-n", str(niceness), "make", "--no-print-directory", target],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        ).returncode
    seconds = time.monotonic() - started
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    said = lines[-LINES_SHOWN:] if code == 0 else lines
    what = "passed" if code == 0 else f"FAILED (exit code {code})"
    # Printed in one call, because groups print at the same time.
    print("\n".join([f"{target}: {what} in {seconds:.0f} s", *said]), flush=True)
    return code == 0


def run_group(group: str, niceness: int) -> list[bool]:
    return [run_part(target, niceness) for target in group.split()]


def main(groups: list[str]) -> int:
    if not any(group.split() for group in groups):
        print(__doc__, file=sys.stderr)
        return 2
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    # Flags of an outer make, such as its job server, must not reach these targets.
    os.environ.pop("MAKEFLAGS", None)
    os.environ.pop("MAKELEVEL", None)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(run_group, groups, [0] + [NICENESS] * (len(groups) - 1))
        return 0 if all(map(all, results)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
