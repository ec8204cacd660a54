#!/usr/bin/env python3
"""Install the browser for tests/site and tests/report, where that is possible.

    .venv/bin/python -m scripts.install_chromium

If Chromium (or Chrome) and its driver already exist, nothing is done. On Debian-based systems, as
root, they are installed with apt-get, together with Korean fonts. On other systems a message says
what to install. The tests are then skipped, or fail if CI is set.
Exit codes: 0 present, installed, or left to the user; 1 apt-get failed.
"""

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
PACKAGES = ("chromium", "chromium-driver", "fonts-noto-cjk")


def browser() -> str | None:
    """The path of the browser, if one is installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def driver() -> str | None:
    """The path of the browser's driver, if one is installed."""
    return shutil.which(DRIVER)


def main() -> int:
    if browser() and driver():
        return 0
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Chromium and its driver are not installed. On Debian: sudo {' '.join(command)}")
        return 0
    print(f"Installing Chromium and Korean fonts: {' '.join(command)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "--quiet"], command):
        done = subprocess.run(step, env=environment, capture_output=True, text=True)
        if done.returncode:
            print(f"{' '.join(step)} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
