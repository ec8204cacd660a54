"""The sample on Spark: the steps of `make run`, and the tests whose SQL Spark could interpret
differently.

All tests share one session and process, because starting a JVM takes longer than most tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from changed_columns import add_to_mart, rename
from changed_project import copied_project
from dbt_in_process import Done
from selections import (
    engine_macros,
    representative_data_tests,
    unit_tested_models_calling_engine_macros,
)
from spark_warehouse import ON_SPARK, SAMPLE_DAYS, SparkWarehouse, build_sample, succeed
from test_parity import Held, assert_same_tables
from warehouse import LOG, MART, SOURCES, Warehouse

DAY = "2024-01-15"
V2 = "we_mart.ws_sess_daily_v2"
MODELS = ("ws_sess_daily", "ws_sess_daily_v2")


def test_sample_gives_the_rows_that_duckdb_gives(sample: SparkWarehouse, tmp_path: Path) -> None:
    on_duckdb = Warehouse(tmp_path)
    succeed(on_duckdb.dbt("seed"))
    # dbt's CSV reader, which is not used on DuckDB, reads blanks and `null` as null.
    for column, kind in SOURCES[LOG].items():
        if kind == "string":
            is_none = f"lower(trim({column})) in ('', 'null')"
            on_duckdb.execute(f"update {LOG} set {column} = null where {is_none}")
    build_sample(on_duckdb)
    assert_same_tables(Held(on_duckdb), Held(sample))


def test_data_tests_pass(sample: SparkWarehouse) -> None:
    """Singular tests, tests with an SQL argument, and one of each other kind. The other tests would
    pass, because the rows of the tables are those of DuckDB."""
    chosen = representative_data_tests(ON_SPARK.manifest, sql_of_their_own=True)
    variables = json.dumps(SAMPLE_DAYS | {"test_all_dates": True})
    done = sample.dbt("test", "--select", *chosen, "--vars", variables, "--threads", "2")
    succeed(done)
    assert {test.name for test in ran(done, "test")} == chosen


def test_unit_tests_of_what_engines_spell_differently_pass(sample: SparkWarehouse) -> None:
    """Unit tests of the models that call a macro of macros/engine, directly or indirectly.

    Every input of a unit test is a fixture, so for all other models Spark would run the same SQL as
    DuckDB. The tables of test_parity.py show that such SQL gives the same result on both.
    """
    chosen = unit_tested_models_calling_engine_macros(ON_SPARK.manifest)
    assert set().union(*chosen.values()) == set(engine_macros(ON_SPARK.manifest).values())
    # dbt reads the sources when it runs unit tests, so the sample must be loaded.
    selected = [f"{model},test_type:unit" for model in chosen]
    done = sample.dbt("test", "--select", *selected, "--threads", "2")
    succeed(done)
    tested = {test.tested_node_unique_id.split(".")[-1] for test in ran(done, "unit_test")}
    assert tested == chosen.keys()


def test_view_with_long_comments_is_not_kept_waiting(sample: SparkWarehouse) -> None:
    """The metastore would try ten times to store them, two seconds apart (profiles.yml.example)."""
    done = sample.build_days(DAY, DAY, "ws_user_sess_daily")
    succeed(done)
    (view,) = [result for result in done.result.results if result.node.name == "ws_user_sess_daily"]
    assert max(len(column.description) for column in view.node.columns.values()) > 256
    assert view.execution_time < 18


def ran(done: Done, kind: str) -> list[Any]:
    """The nodes of one kind that a command ran. Its results also contain hooks."""
    nodes = [result.node for result in done.result.results]
    return [node for node in nodes if node.resource_type == kind]


@pytest.fixture
def own_project(sample: SparkWarehouse) -> Iterator[SparkWarehouse]:
    """The warehouse for a test that runs another project there."""
    commands = sample.dbt_here
    yield sample
    sample.dbt_here = commands


def test_column_at_the_end_is_added_and_other_changes_are_refused(
    own_project: SparkWarehouse, tmp_path: Path
) -> None:
    """tests/e2e/test_columns.py has every kind of change."""
    warehouse = own_project
    before = {table: warehouse.rows(table) for table in (MART, V2)}
    columns = warehouse.spark.table(MART).columns

    project = copied_project(tmp_path)
    add_to_mart(project)
    warehouse.use_project(project)
    succeed(warehouse.build_days(DAY, DAY, "ws_sess_daily"))
    assert warehouse.rows(V2) == before[V2]
    succeed(warehouse.build_days(DAY, DAY, *MODELS))
    assert warehouse.spark.table(MART).columns == [*columns, "lang_upper"]
    assert warehouse.spark.table(V2).columns == [*columns, "lang_upper", "is_wv_app", "is_ws_app"]
    for table in (MART, V2):
        rows = warehouse.rows(table)
        assert {row["part_date"] for row in rows if row["lang_upper"]} == {DAY}
        assert [
            {name: value for name, value in row.items() if name != "lang_upper"} for row in rows
        ] == before[table]

    rename(project)
    warehouse.use_project(project)
    held = warehouse.answer(f"select * from {MART} order by all")
    done = warehouse.build_days(DAY, DAY, *MODELS)
    assert done.returncode != 0
    assert f"- {MART}: column os (string) is not in the model any more" in done.stdout
    assert f"- {MART}: column os_name is new and not at the end" in done.stdout
    assert warehouse.answer(f"select * from {MART} order by all") == held


def test_sample_is_loaded_over_itself_and_never_over_other_rows(sample: SparkWarehouse) -> None:
    seeds = ("seed", "--select", "weplyapi_client_log", "we_artist")
    before = {table: sample.rows(table) for table in SOURCES}
    succeed(sample.dbt(*seeds))
    assert {table: sample.rows(table) for table in SOURCES} == before

    sample.execute(
        f"insert into {LOG} (part_date, log_id) values ('2024-02-01', 'own')",
        "insert into we_mart.we_artist values (1, 2, 'own')",
    )
    before = {table: sample.rows(table) for table in SOURCES}
    done = sample.dbt(*seeds)
    assert done.returncode != 0
    assert f"- {LOG}: 1, of 2024-02-01\n" in done.stdout
    assert "- we_mart.we_artist: 1\n" in done.stdout
    assert {table: sample.rows(table) for table in SOURCES} == before
