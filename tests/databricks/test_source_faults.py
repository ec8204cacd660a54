"""Sources that differ from their declaration. tests/e2e/test_sources.py tests every type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.databricks_warehouse import DatabricksWarehouse
from tests.support.endpoint.engine import CLUSTER_15, WAREHOUSE, Compute
from tests.support.endpoint.running import Endpoint
from tests.support.faulty_sources import Fault, faults_in
from tests.support.warehouse import LOG, SOURCES


@pytest.mark.parametrize("compute", [WAREHOUSE, CLUSTER_15], ids=lambda compute: compute.name)
def test_sources_that_are_not_as_declared_stop_the_run(
    endpoint: Endpoint, tmp_path: Path, compute: Compute
) -> None:
    warehouse = DatabricksWarehouse(endpoint, tmp_path, compute=compute)
    wrong = {"part_date": "date", "log_dt": "timestamp_ntz", "ws_art_id": "int"}
    for table, columns in SOURCES.items():
        types = columns | (wrong | {"os": "varchar(10)", "other": "int"} if table == LOG else {})
        listed = ", ".join(f"{column} {kind}" for column, kind in types.items())
        if table != "we_mart.we_artist":
            warehouse.execute(f"create table {table} ({listed}) using delta")
    done = warehouse.dbt("run", "--vars", "part_date: 2024-01-15")
    assert done.returncode != 0
    casts = {
        "part_date": "cast(part_date as string)",
        "log_dt": "cast(cast(log_dt as string) || 'Z' as timestamp)",
        "ws_art_id": "cast(ws_art_id as bigint)",
    }
    assert sorted(faults_in(done.stdout)) == sorted(
        Fault(LOG, column, SOURCES[LOG][column], wrong[column], casts[column]) for column in wrong
    )
    assert "- we_mart.we_artist: no such table or view" in done.stdout
    assert warehouse.tables() == SOURCES.keys() - {"we_mart.we_artist"}
