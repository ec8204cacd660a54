"""Test the unmodified dbt-databricks with target `prod`, against a local endpoint with Delta Lake.

Every test checks the contents of the tables, because an adapter can report success with wrong data.
The fixtures of conftest.py run the commands once, in the order of the life of a production table.
docs/engines.md explains what the endpoint can and cannot prove.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from tests.support.changed_columns import add_to_mart, append_undeclared, cast_undeclared, rename
from tests.support.changed_project import copied_project, project_with
from tests.support.databricks_moments import (
    AUDIT,
    CHANGE_OF_LOG,
    CHANGED,
    CHANGES_OF_ARTISTS,
    DAYS,
    EMPTIED,
    FIRST,
    GONE,
    MARTS,
    PLANTED_TOO,
    ROWS,
    SNAPSHOTS,
    TEST_OF_WRONG,
    WITH_PRIMARY_KEY,
    Moment,
    moment,
    other_days,
    succeeded,
)
from tests.support.databricks_warehouse import DatabricksWarehouse
from tests.support.endpoint.engine import CLUSTER_15, CLUSTER_17, Compute
from tests.support.endpoint.kinds import KINDS
from tests.support.endpoint.record import REFUSED
from tests.support.endpoint.running import Endpoint
from tests.support.engine_rows import BUILD_LOG, assert_same_rows
from tests.support.planted_secrets import secrets_left
from tests.support.report_page import Page, page_of
from tests.support.warehouse import LOG, MART, SOURCES, Row, Warehouse, of_days, succeed


def test_seed_writes_nothing_on_databricks(seeded: Moment) -> None:
    assert seeded.tables.keys() == SOURCES.keys()
    for (table, columns), loaded in zip(SOURCES.items(), ROWS):
        rows = [{name: row.get(name) for name in columns} for row in loaded]
        assert_same_rows(table, rows, seeded.tables[table])
    assert seeded.statements == []


def test_build_makes_the_day(built: Moment, on_duckdb: Warehouse) -> None:
    assert_same_rows(MART, of_days(on_duckdb.rows(), FIRST), built.mart)
    assert [row["part_date"] for row in built.tables[AUDIT]] == [FIRST]


def test_same_day_again_gives_the_same_rows_with_the_time_of_the_new_run(
    built: Moment, built_again: Moment
) -> None:
    assert_same_rows(MART, built.mart, built_again.mart)
    (first_run,), (second_run,) = built.runs_of(FIRST), built_again.runs_of(FIRST)
    assert first_run < second_run
    assert built_again.runs_of(FIRST, AUDIT) == {second_run}


def test_every_table_of_a_range_holds_the_rows_that_duckdb_gives(
    ranged: Moment, on_duckdb: Warehouse
) -> None:
    tables = on_duckdb.tables()
    assert ranged.tables.keys() - set(SNAPSHOTS) == tables
    for table in tables:
        assert_same_rows(table, on_duckdb.rows(table), ranged.tables[table])
    assert {row["part_date"] for row in ranged.mart} == set(DAYS)
    assert all(ranged.runs_of(day) == ranged.runs_of(FIRST) for day in DAYS)


def test_report_shows_the_numbers_that_duckdb_gives(
    reported: Page, on_duckdb: Warehouse, warehouse: DatabricksWarehouse
) -> None:
    expected = page_of(on_duckdb)
    assert sum(len(rows) for rows in expected.tables.values()) > 100
    assert reported.tables == expected.tables
    assert (reported.figures, reported.changes) == (expected.figures, expected.changes)
    catalog = f"from `{warehouse.endpoint.engine.catalog}`.`we_mart`.`ws_platform_daily`"
    assert catalog in reported.queries["conversion_by_platform"]


def test_data_tests_read_the_tables_and_only_that_of_the_wrong_value_fails(
    tested: Moment, data_tests: set[str]
) -> None:
    assert tested.done.returncode == 1
    assert "ERROR=1 SKIP=0" in tested.done.stdout
    (failed,) = [line for line in tested.done.stdout.splitlines() if " FAIL " in line]
    assert TEST_OF_WRONG in failed
    sent = {s.node.split(".")[2] for s in tested.statements if (s.node or "").startswith("test.")}
    assert sent == data_tests and len(sent) > 10


def test_every_data_test_of_tables_passes_without_ansi_mode(tested_without_ansi: Moment) -> None:
    assert not CLUSTER_15.is_ansi
    passed = {result.node.name for result in succeeded(tested_without_ansi).done.result.results}
    assert "we_artist_snapshot_is_deleted_is_true_or_false" in passed


def test_descriptions_and_constraints_are_on_tables_and_columns(
    warehouse: DatabricksWarehouse, documented: Moment
) -> None:
    catalog = json.loads((warehouse.folder / "target" / "catalog.json").read_text())
    manifest = json.loads((warehouse.folder / "target" / "manifest.json").read_text())
    assert catalog["errors"] is None
    for unique_id, model in manifest["nodes"].items():
        if model["resource_type"] != "model" or model["config"]["materialized"] == "ephemeral":
            continue
        table = f"{model['schema']}.{model['name']}"
        frame = warehouse.spark.table(table)
        columns = {field.name: field.metadata.get("comment") for field in frame.schema.fields}
        described = {name: column["description"] for name, column in model["columns"].items()}
        assert columns == described
        if model["config"]["materialized"] == "incremental":
            filled = {field.name for field in frame.schema.fields if not field.nullable}
            assert filled == {
                name
                for name, column in model["columns"].items()
                if "not_null" in [constraint["type"] for constraint in column["constraints"]]
            }
        comment = catalog["nodes"][unique_id]["metadata"]["comment"]
        assert comment.strip() == model["description"].strip()
        assert list(catalog["nodes"][unique_id]["columns"]) == list(described)


def test_no_secret_is_left_behind(
    warehouse: DatabricksWarehouse, built: Moment, documented: Moment, tmp_path: Path
) -> None:
    endpoint = warehouse.endpoint
    secrets = {endpoint.environment["DATABRICKS_CLIENT_SECRET"], *PLANTED_TOO.values()}
    assert endpoint.tokens
    target = warehouse.folder / "target"
    left = {"static_index.html", "manifest.json", "run_results.json", "partial_parse.msgpack"}
    assert left <= {file.name for file in target.iterdir()}
    endpoint.record.write_report(tmp_path / "report.txt", KINDS)
    said = {
        "output of the build": built.done.stdout + built.done.stderr,
        "output of the documentation": documented.done.stdout + documented.done.stderr,
        "statements": str(endpoint.record.statements),
        "sessions": str(endpoint.record.sessions),
        "requests": str(endpoint.record.requests),
        "report": (tmp_path / "report.txt").read_text(encoding="utf-8"),
    }
    assert secrets_left(warehouse.folder, secrets | endpoint.tokens, said) == []


def test_run_changes_the_metadata_of_no_table(built_again: Moment, ranged: Moment) -> None:
    """Tables are created with their descriptions, and the build log is created by the mart. If a
    run added or changed descriptions, concurrent runs of the table would fail."""
    for statements in (built_again.statements, ranged.statements):
        assert not [s.sql for s in statements if s.kind.startswith(("alter", "comment"))]


def test_snapshots_hold_the_histories_that_duckdb_gives(
    snapshotted: Moment, on_duckdb: Warehouse, tmp_path: Path
) -> None:
    copy = Warehouse(tmp_path, copy_of=on_duckdb)
    succeed(copy.dbt("snapshot"))
    copy.execute(*CHANGES_OF_ARTISTS)
    succeed(copy.dbt("snapshot"))
    for table in SNAPSHOTS:
        expected, found = copy.rows(table), snapshotted.tables[table]
        assert_same_rows(table, *(list(map(without_times, rows)) for rows in (expected, found)))
    deleted = [row for row in snapshotted.tables[SNAPSHOTS[0]] if row["dbt_is_deleted"]]
    assert [row["ws_art_id"] for row in deleted] == [GONE]


def test_member_is_deleted_from_the_history_and_from_its_files(
    warehouse: DatabricksWarehouse, snapshotted: Moment
) -> None:
    history = SNAPSHOTS[1]
    members = (row["we_member_id"] for row in snapshotted.tables[history])
    member = next(member for member in members if member.isalnum())
    command = ("run-operation", "forget_member", "--args", json.dumps({"we_member_id": member}))
    after = succeeded(moment(warehouse, *command, variables={}, tables=[history]))
    others = [row for row in snapshotted.tables[history] if row["we_member_id"] != member]
    assert_same_rows(history, others, after.tables[history])
    assert {"delete", "reorg"} <= {statement.kind for statement in after.statements}


def without_times(row: Row) -> Row:
    """A row of a snapshot, with a flag whether it has ended instead of its start and end times."""
    kept = {name: value for name, value in row.items() if not name.startswith("dbt_")}
    # A boolean on Databricks, a string on DuckDB.
    deleted = row["dbt_is_deleted"] in (True, "True")
    return kept | {"is_deleted": deleted, "is_ended": row["dbt_valid_to"] is not None}


def test_rerun_replaces_its_day_alone_and_full_refresh_keeps_the_history(
    ranged: Moment, rerun: Moment
) -> None:
    kept = other_days(CHANGED)
    assert_same_rows(MART, of_days(ranged.mart, *kept), of_days(rerun.mart, *kept))
    assert {row["shop"] for row in of_days(rerun.mart, CHANGED)} == {"CHANGED"}
    assert all(rerun.runs_of(day) == ranged.runs_of(day) for day in kept)
    assert rerun.runs_of(CHANGED).isdisjoint(ranged.runs_of(CHANGED))
    assert of_days(rerun.tables[AUDIT], *kept) == of_days(ranged.tables[AUDIT], *kept)


def test_empty_day_stops_the_run_before_it_touches_data(rerun: Moment, refused: Moment) -> None:
    assert refused.done.returncode == 1
    assert f"No accepted event in the client log on {EMPTIED}." in refused.done.stdout
    assert refused.tables[MART] == rerun.tables[MART]
    assert refused.tables[AUDIT] == rerun.tables[AUDIT]


def test_empty_day_ends_empty_where_allowed(rerun: Moment, emptied: Moment) -> None:
    assert of_days(rerun.mart, EMPTIED) and not of_days(emptied.mart, EMPTIED)
    kept = other_days(CHANGED, EMPTIED)
    assert of_days(emptied.mart, *kept) == of_days(rerun.mart, *kept)
    assert_same_rows(MART, of_days(rerun.mart, CHANGED), of_days(emptied.mart, CHANGED))
    (audited,) = of_days(emptied.tables[AUDIT], EMPTIED)
    assert audited["events_kept"] == audited["mart_rows"] == 0 < audited["lines_read"]


def test_tables_whose_key_has_no_null_have_a_primary_key_once(
    built: Moment, ranged: Moment
) -> None:
    created = [s.sql for s in built.statements if s.kind == "create table with a primary key"]
    assert len(created) == len(WITH_PRIMARY_KEY)
    assert all(any(f"`{table}`" in sql for sql in created) for table in WITH_PRIMARY_KEY)
    assert not [s for s in ranged.statements if s.kind == "create table with a primary key"]


def test_readers_may_select_from_the_marts(
    warehouse: DatabricksWarehouse, ranged: Moment, rerun: Moment
) -> None:
    assert not [s for s in ranged.statements if "grant" in s.kind]
    granted = {("SELECT", "analysts"), ("SELECT", "auditors")}
    assert {
        table: granted for table in (f"`wev_prod`.`we_mart`.`{mart}`" for mart in MARTS)
    } == warehouse.endpoint.engine.grants


def test_statements_of_a_model_carry_query_tags(endpoint: Endpoint, ranged: Moment) -> None:
    command = ranged.statements[0].command
    tags = [s.settings["QUERY_TAGS"] for s in endpoint.record.sessions if s.command == command]
    assert all("project:ws_shop" in tag for tag in tags)
    assert any("@@dbt_model_name:ws_sess_daily," in tag for tag in tags)


# -- Dangerous flags and settings -------------------------------------------------------------

Settings = dict[str, Any]


def change_strategy_and_allow_full_refresh(settings: Settings) -> None:
    marts = settings["models"]["ws_shop"]["marts"]
    marts["+incremental_strategy"] = "append"
    del marts["+full_refresh"]


def turn_replace_on_off_and_forget_partitions(settings: Settings) -> None:
    """With the adapter's own overwrite, either has deleted all days on a SQL warehouse except those
    of the run."""
    settings["flags"]["use_replace_on_for_insert_overwrite"] = False
    del settings["models"]["ws_shop"]["marts"]["+partition_by"]


@pytest.fixture
def run_of_one_day(warehouse: DatabricksWarehouse, emptied: Moment) -> Callable[..., Moment]:
    """The run of one day over a history of other days, in a changed project."""

    def run(*arguments: str, change: Callable[[Settings], None], folder: Path) -> Moment:
        changed = copy(warehouse)
        changed.use_project(project_with(folder, change))
        selection = ("run", "--select", "ws_sess_daily", *arguments)
        return moment(changed, *selection, variables={"part_date": FIRST})

    return run


def test_settings_that_would_lose_rows_stop_the_run(
    run_of_one_day: Any, emptied: Moment, tmp_path: Path
) -> None:
    run = run_of_one_day(change=change_strategy_and_allow_full_refresh, folder=tmp_path)
    assert run.done.returncode != 0
    for model in MARTS:
        for wrong, needed in (
            ("incremental_strategy: append", "incremental_strategy: insert_overwrite"),
            ("full_refresh: None", "full_refresh: False"),
        ):
            assert f"- {model} has {wrong} and needs {needed}\n" in run.done.stdout
    assert run.tables == emptied.tables


def use_the_other_materializations(settings: Settings) -> None:
    settings["flags"]["use_materialization_v2"] = True


def test_materializations_that_replace_a_new_table_stop_the_run(
    run_of_one_day: Any, emptied: Moment, tmp_path: Path
) -> None:
    run = run_of_one_day(change=use_the_other_materializations, folder=tmp_path)
    assert run.done.returncode != 0
    assert (
        "Set it to false in the flags of dbt_project.yml. Nothing was written." in run.done.stdout
    )
    assert run.tables == emptied.tables


def test_log_without_a_line_in_the_last_days_is_stale(warehouse: DatabricksWarehouse) -> None:
    run = moment(warehouse, "source", "freshness", variables={}, tables=())
    assert run.done.returncode == 1
    assert "ERROR STALE freshness of service_log.weplyapi_client_log" in run.done.stdout


def test_flag_and_partitions_of_the_adapter_s_own_overwrite_change_nothing(
    run_of_one_day: Any, emptied: Moment, tmp_path: Path
) -> None:
    change = turn_replace_on_off_and_forget_partitions
    run = succeeded(run_of_one_day(change=change, folder=tmp_path))
    kept = other_days(FIRST)
    assert of_days(run.mart, *kept) == of_days(emptied.mart, *kept)
    assert run.runs_of(FIRST).isdisjoint(emptied.runs_of(FIRST))


# -- Clusters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cluster", "changed", "gone"),
    [(CLUSTER_15, DAYS[6], DAYS[5]), (CLUSTER_17, DAYS[3], DAYS[4])],
    ids=["15.4", "17.3"],
)
def test_clusters_give_the_rows_that_duckdb_gives_and_replace_days_alone(
    warehouse: DatabricksWarehouse,
    emptied: Moment,
    on_duckdb: Warehouse,
    tmp_path: Path,
    cluster: Compute,
    changed: str,
    gone: str,
) -> None:
    """One day of the log was changed and one removed, and the first cluster makes a new table."""
    on_cluster = copy(warehouse)
    on_cluster.compute = cluster
    changes = (
        f"update {LOG} set os = 'CHANGED' where part_date = '{changed}'",
        f"delete from {LOG} where part_date = '{gone}'",
    )
    on_cluster.execute(*changes)
    if cluster is CLUSTER_15:
        on_cluster.execute(f"drop table {AUDIT}")
    before = {
        table: on_cluster.query(f"select * from {table}")
        for table in {MART, AUDIT} & on_cluster.tables()
    }
    dates = {"part_date": min(changed, gone), "part_date_to": max(changed, gone)}
    variables = dates | {"allow_empty_day": True}
    after = succeeded(moment(on_cluster, "run", "--select", *MARTS, variables=variables))

    expected = Warehouse(tmp_path, copy_of=on_duckdb)
    expected.execute(*CHANGES_OF_ARTISTS, CHANGE_OF_LOG, *changes)
    succeed(expected.dbt("run", "--select", *MARTS, "--vars", json.dumps(variables)))
    for table in (MART, AUDIT):
        of_both = of_days(after.tables[table], changed, gone)
        assert_same_rows(table, of_days(expected.rows(table), changed, gone), of_both)
    assert of_days(after.mart, changed) and of_days(before[MART], gone)
    assert not of_days(after.mart, gone)
    kept = other_days(changed, gone)
    for table, rows in before.items():
        assert of_days(after.tables[table], *kept) == of_days(rows, *kept)


# -- A change of columns ----------------------------------------------------------------------


def test_query_that_breaks_its_contract_stops_a_later_run_before_it_writes(
    warehouse: DatabricksWarehouse, emptied: Moment, tmp_path: Path
) -> None:
    changed = copy(warehouse)
    project = copied_project(tmp_path)
    append_undeclared(project)
    cast_undeclared(project)
    changed.use_project(project)
    tables = (MART, BUILD_LOG)
    before = {table: warehouse.query(f"select * from {table}") for table in tables}
    selection = ("run", "--select", "ws_sess_daily")
    run = moment(changed, *selection, variables={"part_date": CHANGED}, tables=tables)
    assert "This model has an enforced contract that failed." in run.done.stdout
    assert all(f"| {column} " in run.done.stdout for column in ("lang_upper", "os"))
    assert run.tables == before


def test_column_at_the_end_is_added_and_other_changes_are_refused(
    warehouse: DatabricksWarehouse, emptied: Moment, tmp_path: Path
) -> None:
    """The last test of these tables, because it changes their columns."""
    tables = (MART, "we_mart.ws_sess_daily_v2")
    before = {table: warehouse.query(f"select * from {table}") for table in tables}
    changed = copy(warehouse)

    def run() -> Moment:
        selection = ("run", "--select", "ws_sess_daily", "ws_sess_daily_v2")
        return moment(changed, *selection, variables={"part_date": CHANGED}, tables=tables)

    project = copied_project(tmp_path)
    add_to_mart(project)
    changed.use_project(project)
    added = succeeded(run())
    for table in tables:
        rows = added.tables[table]
        assert {row["part_date"] for row in rows if row["lang_upper"]} == {CHANGED}
        kept = [{k: v for k, v in row.items() if k != "lang_upper"} for row in rows]
        assert_same_rows(table, before[table], kept)

    rename(project)
    changed.use_project(project)
    refused = run()
    assert refused.done.returncode != 0
    assert f"- {MART}: column os (string) is not in the model any more" in refused.done.stdout
    assert refused.tables == added.tables


# -- Statements -------------------------------------------------------------------------------


def test_statements_are_those_that_are_known(endpoint: Endpoint, tmp_path: Path) -> None:
    report = tmp_path / "statements.txt"
    endpoint.record.write_report(report, KINDS)
    print(report)
    # A run asks for the columns of each table, even of tables that do not exist yet.
    refused = [s for s in endpoint.record.statements if s.answer == REFUSED]
    assert [s.sql for s in refused if "TABLE_OR_VIEW_NOT_FOUND" not in s.error] == []
    assert "insert … replace where" in report.read_text(encoding="utf-8")
