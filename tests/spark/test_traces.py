"""Files of a person whose data was removed. tests/e2e/test_downstream_runs.py has the tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet
import pytest

from tests.support.spark_warehouse import SparkWarehouse
from tests.support.warehouse import LOG, MART, succeed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = "2024-01-15"
MEMBERSHIPS, ORDERS = "we_mart.ws_fc_user_history", "we_mart.ws_order"
BUILT = {MART, "we_mart.ws_platform_daily", "we_mart.fc_membership_snapshot"}
SETTINGS = {
    # A setting of Databricks workspaces does the same for new tables.
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "true",
    # Otherwise VACUUM refuses to remove files that are less than a week old.
    "spark.databricks.delta.retentionDurationCheck.enabled": "false",
    # VACUUM otherwise runs 10,000 tasks per table.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "1",
}


@pytest.fixture
def warehouse(spark: SparkSession, tmp_path: Path) -> Iterator[SparkWarehouse]:
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    yield SparkWarehouse(spark, tmp_path)
    for name in SETTINGS:
        spark.conf.unset(name)


def load_people(warehouse: SparkWarehouse) -> None:
    """Many, so that she shares each file with others. A file of her rows alone would be removed."""
    people = ["her-id", "his-id", *(f"id-{number}" for number in range(30))]
    noon = datetime(2024, 1, 15, 12)
    warehouse.load(
        [
            {"part_date": DAY, "log_dt": noon, "user_device_id": f"{person}-phone"}
            | {"s_wemember_id": person, "ws_art_id": 1}
            for person in people
        ],
        [{"ws_art_id": 1, "we_art_id": 10, "we_art_name": "LUMEN"}],
        [
            {"we_member_id": person, "we_art_id": 10, "fc_start_date": date(2024, 1, 1)}
            for person in people
        ],
        [
            {"ord_sheet_number": f"s-{person}", "ord_item_number": 1, "ord_dt": noon}
            | {"account_id": person, "part_date": DAY}
            for person in people
        ],
    )


def folders() -> dict[str, Path]:
    """The folders of all tables, by table."""
    warehouse = Path(os.environ["WS_SPARK_DIR"]) / "warehouse"
    return {
        f"{log.parent.parent.stem}.{log.parent.name}": log.parent
        for log in warehouse.glob("*/*/_delta_log")
    }


def in_files(text: str) -> set[str]:
    """The tables with a data file that contains a text."""
    return {
        table
        for table, folder in folders().items()
        for file in folder.rglob("*.parquet")
        if "_delta_log" not in file.parts
        and text in str(pyarrow.parquet.ParquetFile(file).read().to_pylist())
    }


def vacuum(warehouse: SparkWarehouse, tables: set[str]) -> None:
    warehouse.execute(*(f"vacuum {table} retain 0 hours" for table in sorted(tables)))


def test_no_file_holds_a_person_whose_data_was_removed(warehouse: SparkWarehouse) -> None:
    """The steps and commands of docs/operating.md."""
    load_people(warehouse)
    models = [table.split(".")[1] for table in BUILT if not table.endswith("snapshot")]
    succeed(warehouse.build_days(DAY, DAY, *models))
    succeed(warehouse.dbt("snapshot"))
    sources = {LOG, MEMBERSHIPS, ORDERS}
    assert in_files("her-id") == in_files("his-id") == sources | BUILT

    warehouse.execute(
        f"delete from {LOG} where s_wemember_id = 'her-id'",
        f"delete from {MEMBERSHIPS} where we_member_id = 'her-id'",
        f"delete from {ORDERS} where account_id = 'her-id'",
    )
    succeed(warehouse.build_days(DAY, DAY, *models))
    succeed(warehouse.dbt("snapshot"))
    member = "{we_member_id: her-id}"
    succeed(warehouse.dbt("run-operation", "forget_member", "--args", member))

    # The deletion vectors of the sources only mark her rows.
    vacuum(warehouse, sources | BUILT)
    assert in_files("her-id") == sources
    warehouse.execute(*(f"reorg table {source} apply (purge)" for source in sorted(sources)))
    vacuum(warehouse, sources)
    assert in_files("her-id") == set()
    assert in_files("his-id") == sources | BUILT
