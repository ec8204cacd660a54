"""Check that the same logs give the same rows on DuckDB and on Spark with Delta Lake.

The rules themselves are tested on DuckDB with many more random logs. These tests cover what Spark
does differently: time zones, overwriting of partitions, changes of columns. dbt-spark turns ANSI
mode off; tests/databricks compares all tables with ANSI mode on. Run timestamps and checksums are
not compared, because they differ between engines.
"""

from __future__ import annotations

import json
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from tests.support.changed_columns import add_to_mart, append_undeclared, cast_undeclared, rename
from tests.support.changed_project import copied_project
from tests.support.engine_rows import BUILD_LOG, assert_same_rows
from tests.support.random_days import (
    DAYS,
    MONDAY,
    SOURCE_ROWS,
    VARIABLES,
    Held,
    assert_same_tables,
    other_days,
)
from tests.support.report_page import Page, page_of
from tests.support.selections import representative_data_tests
from tests.support.spark_warehouse import ON_SPARK, SparkWarehouse, ran
from tests.support.warehouse import LOG, MART, Warehouse, of_days, succeed

SNAPSHOTS = ("we_mart.we_artist_snapshot", "we_mart.fc_membership_snapshot")


# A sequence of commands that runs once. Each fixture is a command and the tables after it.


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("range"))
    warehouse.load(*SOURCE_ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], **VARIABLES))
    return warehouse


@pytest.fixture(scope="module")
def reported(on_spark: SparkWarehouse, built: Held) -> Page:
    return page_of(on_spark)


@pytest.fixture(scope="module")
def tested(on_spark: SparkWarehouse, reported: Page) -> dict[str, tuple[str, int]]:
    """The data tests, after the first snapshots."""
    return data_test_results(on_spark)


def data_test_results(warehouse: Warehouse) -> dict[str, tuple[str, int]]:
    """The status and the number of failures of singular tests, of one with each SQL argument, and
    of one of each other kind. Some read snapshots, so these are taken first."""
    succeed(warehouse.dbt("snapshot"))
    chosen = representative_data_tests(ON_SPARK.manifest, sql_of_their_own=True)
    days = {"part_date": DAYS[0], "part_date_to": DAYS[-1], "test_all_dates": True}
    variables = json.dumps(days | VARIABLES)
    done = warehouse.dbt("test", "--select", *chosen, "--vars", variables, "--threads", "2")
    found = {
        result.node.name: (str(result.status), result.failures) for result in ran(done, "test")
    }
    assert found.keys() == chosen
    return found


# The log of this day stays as it was built, for the test of changed columns.
KEPT = DAYS[1]
CHANGE = f"update {LOG} set shop = 'CHANGED' where part_date <> '{KEPT}'"
# Days that are not one range.
AGAIN = [MONDAY, DAYS[3]]


@pytest.fixture(scope="module")
def rerun(on_spark: SparkWarehouse, built: Held, tested: object) -> Held:
    """The mart of a list of days again with --full-refresh, after the log of other days has changed
    too."""
    on_spark.execute(CHANGE)
    succeed(on_spark.try_run("--full-refresh", part_dates=AGAIN, **VARIABLES))
    return Held(on_spark, MART)


# All tables are overwritten in the same way: the mart, one that always has a row for the day, one
# that is partitioned by week and one that reads orders stand for them.
EMPTIED = (
    *("ws_sess_daily", "ws_sess_daily_audit"),
    *("stats_we_w_shop_integ_visit", "ws_platform_daily"),
)
EMPTIED_TABLES = [*(f"we_mart.{model}" for model in EMPTIED), BUILD_LOG]
EMPTY_MONDAY = (
    f"update {LOG} set log_dt = null where part_date = '{MONDAY}'",
    f"delete from we_mart.ws_order where part_date = '{MONDAY}'",
    f"delete from we_mart.wv_sess_daily where part_date = '{MONDAY}'",
)


@pytest.fixture(scope="module")
def emptied(on_spark: SparkWarehouse, rerun: Held) -> Held:
    """Monday with `allow_empty_day`, after it has lost all its accepted events."""
    on_spark.execute(*EMPTY_MONDAY)
    succeed(on_spark.build_days(MONDAY, MONDAY, *EMPTIED, allow_empty_day=True, **VARIABLES))
    return Held(on_spark, *EMPTIED_TABLES)


@pytest.fixture(scope="module")
def snapshotted(on_spark: SparkWarehouse, emptied: Held) -> Held:
    change_and_snapshot(on_spark)
    return Held(on_spark, MART, *SNAPSHOTS)


def change_and_snapshot(warehouse: Warehouse) -> None:
    """The second snapshots, after changes of the tables that they are of."""
    artists, memberships = "we_mart.we_artist", "we_mart.ws_fc_user_history"
    warehouse.execute(
        f"delete from {artists} where ws_art_id = 1",
        f"update {artists} set we_art_name = 'renamed' where ws_art_id = 2",
        f"insert into {artists} values (999, 9, 'new')",
        f"delete from {memberships} where fc_end_date is null",
        f"update {memberships} set fc_end_date = date '2030-01-01' where we_art_id = 7",
    )
    succeed(warehouse.dbt("snapshot"))


def test_report_has_the_numbers_of_duckdb(reported: Page, on_duckdb: Warehouse) -> None:
    expected = page_of(on_duckdb)
    assert sum(len(rows) for rows in expected.tables.values()) > 100
    assert (reported.tables, reported.figures) == (expected.tables, expected.figures)


def test_every_table_has_the_rows_that_duckdb_gives(on_duckdb: Warehouse, built: Held) -> None:
    assert_same_tables(Held(on_duckdb), built)


def test_tables_have_their_descriptions_and_constraints(
    on_spark: SparkWarehouse, built: Held
) -> None:
    for model in ON_SPARK.manifest.nodes.values():
        if model.resource_type != "model" or model.config.materialized != "incremental":
            continue
        fields = on_spark.spark.table(f"{model.schema}.{model.name}").schema.fields
        held = {field.name: (field.metadata.get("comment"), field.nullable) for field in fields}
        assert held == {
            column.name: (
                column.description,
                "not_null" not in [constraint.type for constraint in column.constraints],
            )
            for column in model.columns.values()
        }


def test_data_tests_find_the_failures_that_they_find_on_duckdb(
    on_duckdb: Warehouse, tested: dict[str, tuple[str, int]], tmp_path: Path
) -> None:
    assert tested == data_test_results(Warehouse(tmp_path, copy_of=on_duckdb))
    # The random sources have faults that tests find.
    assert {status for status, _ in tested.values()} == {"pass", "fail"}


def test_rerun_of_a_list_replaces_its_days_and_touches_no_other(built: Held, rerun: Held) -> None:
    before, after = built.tables[MART], rerun.tables[MART]
    assert_same_rows(MART, other_days(before, *AGAIN), other_days(after, *AGAIN))
    for day in AGAIN:
        assert {row["shop"] for row in of_days(after, day)} == {"CHANGED"}
    assert [day for day in DAYS if built.stamps[day] != rerun.stamps[day]] == sorted(AGAIN)


def test_empty_day_is_emptied_where_allowed(
    on_duckdb: Warehouse, emptied: Held, tmp_path: Path
) -> None:
    expected = Warehouse(tmp_path, copy_of=on_duckdb)
    expected.execute(CHANGE)
    succeed(expected.try_run(part_dates=AGAIN, **VARIABLES))
    expected.execute(*EMPTY_MONDAY)
    succeed(expected.build_days(MONDAY, MONDAY, *EMPTIED, allow_empty_day=True, **VARIABLES))
    assert_same_tables(Held(expected, *EMPTIED_TABLES), emptied)
    assert emptied.stamps.keys() == {*DAYS} - {MONDAY}


V2 = "we_mart.ws_sess_daily_v2"
MODELS = ("ws_sess_daily", "ws_sess_daily_v2")


def test_query_that_breaks_its_contract_stops_a_later_run_before_it_writes(
    on_spark: SparkWarehouse, emptied: Held, tmp_path: Path
) -> None:
    """tests/e2e/test_columns.py has a column more and another type alone."""
    warehouse = copy(on_spark)
    project = copied_project(tmp_path)
    append_undeclared(project)
    cast_undeclared(project)
    warehouse.use_project(project)
    held = stored(warehouse)
    done = warehouse.build_days(KEPT, KEPT, "ws_sess_daily", **VARIABLES)
    assert "This model has an enforced contract that failed." in done.stdout
    assert all(f"| {column} " in done.stdout for column in ("lang_upper", "os"))
    assert stored(warehouse) == held


def stored(warehouse: SparkWarehouse) -> list[list[tuple[Any, ...]]]:
    """The rows of the mart and of the build log, with the times of their runs."""
    return [warehouse.answer(f"select * from {table} order by all") for table in (MART, BUILD_LOG)]


def test_column_at_the_end_is_added_and_other_changes_are_refused(
    on_spark: SparkWarehouse, emptied: Held, tmp_path: Path
) -> None:
    """tests/e2e/test_columns.py has every kind of change."""
    warehouse = copy(on_spark)
    before = {table: warehouse.rows(table) for table in (MART, V2)}
    columns = warehouse.spark.table(MART).columns

    project = copied_project(tmp_path)
    add_to_mart(project)
    warehouse.use_project(project)
    succeed(warehouse.build_days(KEPT, KEPT, "ws_sess_daily", **VARIABLES))
    assert warehouse.rows(V2) == before[V2]
    succeed(warehouse.build_days(KEPT, KEPT, *MODELS, **VARIABLES))
    assert warehouse.spark.table(MART).columns == [*columns, "lang_upper"]
    assert warehouse.spark.table(V2).columns == [*columns, "lang_upper", "is_wv_app", "is_ws_app"]
    for table in (MART, V2):
        rows = warehouse.rows(table)
        assert {row["part_date"] for row in rows if row["lang_upper"]} == {KEPT}
        assert [
            {name: value for name, value in row.items() if name != "lang_upper"} for row in rows
        ] == before[table]

    rename(project)
    warehouse.use_project(project)
    held = warehouse.answer(f"select * from {MART} order by all")
    done = warehouse.build_days(KEPT, KEPT, *MODELS, **VARIABLES)
    assert done.returncode != 0
    assert f"- {MART}: column os (string) is not in the model any more" in done.stdout
    assert f"- {MART}: column os_name is new and not at the end" in done.stdout
    assert warehouse.answer(f"select * from {MART} order by all") == held


def test_snapshots_keep_the_same_history(
    on_duckdb: Warehouse, snapshotted: Held, tmp_path: Path
) -> None:
    expected = Warehouse(tmp_path, copy_of=on_duckdb)
    succeed(expected.dbt("snapshot"))
    change_and_snapshot(expected)
    for table in SNAPSHOTS:
        assert_same_rows(table, expected.rows(table), snapshotted.tables[table])
