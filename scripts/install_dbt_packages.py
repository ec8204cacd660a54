#!/usr/bin/env python3
"""Resolve packages.yml into dbt_packages/, with the package hub or without it.

    .venv/bin/python scripts/install_dbt_packages.py

Runs `dbt deps`, for at most DEPS_TIMEOUT_SECONDS. Where the hub (or the host that it sends to)
cannot be reached in that time, copies scripts/dbt_utils/ to dbt_packages/dbt_utils: the part of
dbt_utils that this project uses, written anew. One line on stdout says which of the two it was.
`make` calls this when packages.yml changes.

Environment: DBT_PROFILES_DIR, as for any dbt command (default: this project's folder).
Exit codes:  0 packages are there; 1 `dbt deps` failed for another reason than the network (its
             output is shown).
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUBSET = ROOT / "scripts" / "dbt_utils"
PACKAGES = ROOT / "dbt_packages"

# dbt tries each address six times and waits up to 30 seconds for each. A hub that answers needs
# two or three seconds in all.
DEPS_TIMEOUT_SECONDS = 25

# What dbt says at last of every failure of the network, an HTTP error or a proxy's page included.
NETWORK_ERROR = "External connection exception occurred"


def run_dbt_deps() -> tuple[int | None, str]:
    """Exit status (None: out of time) and output of `dbt deps`; ends every process it started."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("dbt"), "--no-use-colors", "deps", "--project-dir", ROOT],
        cwd=ROOT,
        env={"DBT_PROFILES_DIR": str(ROOT)} | os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=DEPS_TIMEOUT_SECONDS)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, ""


def copy_subset() -> None:
    """Make dbt_packages/ hold our subset of dbt_utils and nothing else."""
    shutil.rmtree(PACKAGES, ignore_errors=True)
    # A lock that an earlier `dbt deps` wrote names packages that are not there now.
    (ROOT / "package-lock.yml").unlink(missing_ok=True)
    shutil.copytree(SUBSET, PACKAGES / SUBSET.name)


def main() -> int:
    status, output = run_dbt_deps()
    if status == 0 and (PACKAGES / "dbt_utils" / "dbt_project.yml").exists():
        print("dbt packages: installed from the package hub (dbt deps).")
        return 0
    if status is not None and NETWORK_ERROR not in output:
        print(output, file=sys.stderr)
        print("dbt packages: `dbt deps` failed, see above.", file=sys.stderr)
        return status or 1
    copy_subset()
    reason = "no answer" if status is None else "no connection"
    print(
        f"dbt packages: {reason} from the dbt package hub, so this project's own subset of "
        "dbt_utils is used (scripts/dbt_utils copied to dbt_packages/dbt_utils)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
