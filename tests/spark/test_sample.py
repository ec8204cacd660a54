"""The sample on Spark: the rows that DuckDB's seeds have, loaded as a log and never over other
rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts import build, engines
from scripts.load_log import LoadError
from tests.support.engine_rows import assert_same_rows
from tests.support.random_days import EAST
from tests.support.spark_warehouse import SparkWarehouse
from tests.support.warehouse import LOG, SOURCES, Row, Warehouse, folders, succeed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]


@pytest.fixture(scope="module")
def engine(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[engines.Spark]:
    """The engine of `make run-spark`, in a session time zone east of UTC."""
    environment = folders(tmp_path_factory.mktemp("engine")) | {"WS_SPARK_TIME_ZONE": EAST}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield engines.Spark()


@pytest.fixture(scope="module")
def sampled(
    engine: engines.Spark, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> SparkWarehouse:
    """The empty catalog after the sample was loaded."""
    warehouse = SparkWarehouse(spark, tmp_path_factory.mktemp("sample"), time_zone=EAST)
    assert list(build.load_sample(engine)) == DAYS
    return warehouse


def held(warehouse: SparkWarehouse) -> dict[str, list[Row]]:
    return {table: warehouse.rows(table) for table in SOURCES}


def test_sample_has_the_rows_of_the_seeds(sampled: SparkWarehouse, tmp_path: Path) -> None:
    on_duckdb = Warehouse(tmp_path)
    succeed(on_duckdb.dbt("seed"))
    for table, columns in SOURCES.items():
        assert_same_rows(table, on_duckdb.rows(table), sampled.rows(table))
        assert dict(sampled.spark.table(table).dtypes) == columns


def test_sample_is_loaded_over_itself_and_never_over_other_rows(
    engine: engines.Spark, sampled: SparkWarehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    # Seeds would replace these rows without a look at them.
    sampled.execute(
        f"insert into {LOG} (part_date, log_id) values ('2024-02-01', 'own')",
        "insert into we_mart.we_artist values (1, 2, 'own')",
    )
    before = held(sampled)
    succeed(sampled.dbt("seed", "--full-refresh"))
    assert held(sampled) == before
    build.load_sample(engine)
    assert "1 other day in the log stayed as before." in capsys.readouterr().out
    assert held(sampled) == before

    # A line of the sample once more is not the sample's either.
    sampled.execute(
        f"insert into {LOG} (part_date, log_id) values ('2024-01-15', 'own')",
        f"insert into {LOG} select * from {LOG} where part_date = '2024-01-16' limit 1",
    )
    before = held(sampled)
    with pytest.raises(SystemExit) as stopped:
        build.load_sample(engine)
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert "nothing was touched" in said
    for day in ("2024-01-15", "2024-01-16"):
        assert f"{LOG}: 1 row of {day} that the sample does not have\n" in said
    assert held(sampled) == before


def test_log_is_loaded_by_the_names_of_its_columns(
    engine: engines.Spark, sampled: SparkWarehouse, tmp_path: Path
) -> None:
    def create(**types: str) -> None:
        columns = dict(reversed((SOURCES[LOG] | types).items()))
        defined = ", ".join(map(" ".join, columns.items()))
        sampled.execute(f"drop table {LOG}", f"create table {LOG} ({defined}) using delta")

    on_duckdb = Warehouse(tmp_path)
    succeed(on_duckdb.dbt("seed", "--select", "weplyapi_client_log"))
    create()
    engine.load(str(build.SAMPLE_LOG), lambda *_: None)
    rows = [{column: row[column] for column in SOURCES[LOG]} for row in sampled.rows(LOG)]
    assert_same_rows(LOG, on_duckdb.rows(LOG), rows)
    create(ws_art_id="string")
    with pytest.raises(LoadError, match="WS_SPARK_DIR"):
        engine.load(str(build.SAMPLE_LOG), lambda *_: None)
    assert sampled.rows(LOG) == []
