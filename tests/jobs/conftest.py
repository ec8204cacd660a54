"""Fixtures for the tests of the daily job, which use Airflow in .venv-jobs."""

import os
from pathlib import Path

import pytest
from paths import ROOT

JOBS_BIN = ROOT / ".venv-jobs" / "bin"


@pytest.fixture(scope="session")
def jobs_bin() -> Path:
    """The folder with Airflow's commands and a Python that has the bundle's resource models."""
    if not (JOBS_BIN / "airflow").exists():
        reason = "Airflow is not installed in .venv-jobs: make setup-jobs"
        if os.environ.get("CI", "").lower() in ("", "0", "false"):
            pytest.skip(f"The job was not tried. {reason}")
        pytest.fail(f"CI must try the job. {reason}", pytrace=False)
    return JOBS_BIN
