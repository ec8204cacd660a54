#!/usr/bin/env python3
"""Install the packages of packages.yml into dbt_packages/, with or without the package hub.

    .venv/bin/python -m scripts.install_dbt_packages

The script runs `dbt deps` for at most DEPS_TIMEOUT_SECONDS. If the hub, or the host that it
redirects to, cannot be reached in that time, scripts/dbt_utils/ is copied to dbt_packages/dbt_utils
instead. It is a reimplementation of the part of dbt_utils that this project uses. One line on
stdout says which of the two was installed. `make` calls this script when packages.yml changes.

Environment: DBT_PROFILES_DIR, as for any dbt command (default: the project folder).
Exit codes:  0 the packages are installed; 1 `dbt deps` failed for a reason other than the network
             (its output is printed).
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from scripts.paths import ROOT

SUBSET = ROOT / "scripts" / "dbt_utils"
PACKAGES = ROOT / "dbt_packages"

# dbt tries each address six times and waits up to 30 seconds each time. A hub that responds needs
# two or three seconds in total.
DEPS_TIMEOUT_SECONDS = 25

# dbt ends every network failure with this message, including HTTP errors and pages of a proxy.
NETWORK_ERROR = "External connection exception occurred"


def run_dbt_deps() -> tuple[int | None, str]:
    """Exit status (None: timeout) and output of `dbt deps`. Ends every process that it started."""
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
    """Replace the contents of dbt_packages/ with this project's subset of dbt_utils."""
    shutil.rmtree(PACKAGES, ignore_errors=True)
    # A lock file of an earlier `dbt deps` would name packages that are no longer installed.
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
