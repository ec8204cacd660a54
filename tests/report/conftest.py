"""The sample, which is built once, and its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.report_page import Page, report
from tests.support.warehouse import Warehouse, succeed

FIRST_DAY, LAST_DAY = "2024-01-14", "2024-01-16"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The three days of the sample."""
    warehouse = Warehouse(tmp_path_factory.mktemp("sample"))
    succeed(warehouse.dbt("seed"))
    succeed(warehouse.build_days(FIRST_DAY, LAST_DAY))
    return warehouse


@pytest.fixture
def copy(sample: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy of the sample that tests can change."""
    return Warehouse(tmp_path, copy_of=sample)


@pytest.fixture(scope="session")
def sample_file(sample: Warehouse) -> Path:
    """The page of the sample."""
    code, out = report(sample)
    assert code == 0
    return out


@pytest.fixture(scope="session")
def sample_page(sample_file: Path) -> Page:
    return Page(sample_file.read_text(encoding="utf-8"))
