"""What the suites of tests need besides the packages of the project."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def leave_out(tests_of: str, reason: str) -> NoReturn:
    """Skip the tests of something, or fail if CI is set in the environment."""
    if os.environ.get("CI", "").lower() in ("", "0", "false"):
        pytest.skip(f"Not tried: {tests_of}. {reason}")
    pytest.fail(f"CI must try {tests_of}. {reason}", pytrace=False)


def missing_for_spark() -> str | None:
    """What Spark needs and this machine does not have, and how to install it."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed: make setup-spark"
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    how = "Spark needs Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless)"
    if not java or not Path(java).exists():
        return f"Java is not installed. {how}"
    version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', version)
    if not found or int(found.group(1)) not in (17, 21):
        return f"{java} is {version.splitlines()[0] if version else 'no Java'}. {how}"
    return None
