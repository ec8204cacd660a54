"""Fixtures for the tests of the daily job, which use Airflow in .venv-jobs."""

from pathlib import Path

import pytest

from scripts.paths import ROOT
from tests.support.required import leave_out

JOBS_BIN = ROOT / ".venv-jobs" / "bin"


@pytest.fixture(scope="session")
def jobs_bin() -> Path:
    """The folder with Airflow's commands and a Python that has the bundle's resource models."""
    if not (JOBS_BIN / "airflow").exists():
        leave_out("the jobs", "Airflow is not installed in .venv-jobs: make setup-jobs")
    return JOBS_BIN
