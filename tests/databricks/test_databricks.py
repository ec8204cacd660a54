"""The unmodified dbt-databricks on the target `prod`, against a local endpoint on real Delta Lake.

Every test looks at what is in the tables, since an adapter can report success over wrong data. The
commands are run once, in the order of a production table's life, by the fixtures below: each is a
command and what the tables held after it. What the endpoint can and cannot prove is in
docs/engines.md.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from adversarial_logs import random_world
from adversarial_orders import orders_and_weverse_sessions
from changed_columns import add_to_mart, rename
from changed_project import copied_project, project_with
from databricks_warehouse import ON_DATABRICKS, DatabricksWarehouse
from dbt_in_process import Done
from endpoint.engine import CLUSTER_15, CLUSTER_17, WAREHOUSE, Compute
from endpoint.kinds import KINDS
from endpoint.record import AS_WRITTEN, REFUSED, Statement
from endpoint.running import Endpoint
from faulty_sources import Fault, faults_in
from planted_secrets import PLANTED, secrets_left
from selections import of_no_ephemeral_model, representative_data_tests
from spec_oracle import build_mart
from warehouse import LOG, MART, PROJECT, SOURCES, Row, Warehouse

AUDIT = "we_mart.ws_sess_daily_audit"
BUILD_LOG = "we_mart.ws_sess_daily_build"
# The client's own secret is the endpoint's.
PLANTED_TOO = {name: text for name, text in PLANTED.items() if name != "DATABRICKS_CLIENT_SECRET"}
MARTS = ("ws_sess_daily", "ws_sess_daily_audit")
SNAPSHOTS = ("we_mart.we_artist_snapshot", "we_mart.fc_membership_snapshot")
# From a Sunday on: days of two weeks.
DAYS = [f"2024-01-{day}" for day in range(14, 20)]
FIRST, CHANGED, EMPTIED = DAYS[:3]
# Each engine's own, and times of the runs.
NOT_COMPARED = {
    *("log_checksum", "orders_checksum", "wv_sessions_checksum", "checksum_then", "checksum_now"),
    *("run_timestamp", "mart_builds", "built_at"),
}


def random_sources() -> list[list[Row]]:
    """Rows of all sources, in the order of SOURCES, which keep what the source tests promise."""
    world = random_world(100, DAYS)
    artists = {row["ws_art_id"]: row for row in world.artists if row["ws_art_id"] is not None}
    memberships = {
        (row["we_member_id"], row["we_art_id"], row["fc_start_date"], row["fc_end_date"]): row
        for row in world.memberships
        if None not in (row["we_member_id"], row["we_art_id"], row["fc_start_date"])
        and (row["fc_end_date"] is None or row["fc_end_date"] >= row["fc_start_date"])
    }
    masters = [*artists.values()], [*memberships.values()]
    mart_rows = build_mart(world.lines, *masters)
    orders, wv_sessions = orders_and_weverse_sessions(100, mart_rows, DAYS, broken=False)
    return [world.lines, *masters, orders, wv_sessions]


ROWS = random_sources()


@dataclass(frozen=True)
class Moment:
    """What a dbt command said and sent, and what tables held after it."""

    done: Done | subprocess.CompletedProcess[str]
    statements: list[Statement]
    tables: dict[str, list[Row]]

    @property
    def mart(self) -> list[Row]:
        return self.tables[MART]

    def runs_of(self, day: str, table: str = MART) -> set[Any]:
        """The `run_timestamp`s of a day."""
        return {row["run_timestamp"] for row in self.tables[table] if row["part_date"] == day}


def moment(
    warehouse: DatabricksWarehouse,
    *arguments: str,
    variables: dict[str, Any],
    tables: Iterable[str] | None = (MART, AUDIT),  # None: all there are
    process: bool = False,
    **environment: str,
) -> Moment:
    """Run a command: as a process where asked to, where it has an environment of its own, and where
    its project is not the one that is parsed once for all others."""
    command = (*arguments, "--vars", json.dumps(variables))
    if process or environment or warehouse.project != PROJECT:
        done = warehouse.process(*command, **environment)
    else:
        done = warehouse.dbt(*command)
    names = warehouse.tables() if tables is None else tables
    held = {name: warehouse.query(f"select * from {name}") for name in names}
    return Moment(done, warehouse.statements(), held)


def succeeded(moment: Moment) -> Moment:
    assert moment.done.returncode == 0, moment.done.stdout + moment.done.stderr
    return moment


def of_days(rows: list[Row], *days: str) -> list[Row]:
    return [row for row in rows if row["part_date"] in days]


def other_days(*days: str) -> list[str]:
    return [day for day in DAYS if day not in days]


def assert_same_rows(found: list[Row], expected: list[Row]) -> None:
    missing, extra = counted(expected) - counted(found), counted(found) - counted(expected)
    assert not missing and not extra, "\n".join(
        [f"{missing.total()} of {len(expected)} rows are missing, {extra.total()} not expected"]
        + [f"  missing:      {dict(row)}" for row in sorted(missing, key=str)[:3]]
        + [f"  not expected: {dict(row)}" for row in sorted(extra, key=str)[:3]]
    )


def counted(rows: list[Row]) -> Counter[tuple]:
    return Counter(
        tuple((name, value) for name, value in row.items() if name not in NOT_COMPARED)
        for row in rows
    )


# -- The life of the tables on a SQL warehouse ------------------------------------------------


@pytest.fixture(scope="module")
def warehouse(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> DatabricksWarehouse:
    warehouse = DatabricksWarehouse(endpoint, tmp_path_factory.mktemp("warehouse"))
    warehouse.load(*ROWS)
    return warehouse


@pytest.fixture(scope="module")
def seeded(warehouse: DatabricksWarehouse) -> Moment:
    """`dbt seed`, which would write the sample over the sources, with all that could force it."""
    command = ("seed", "--full-refresh")
    return succeeded(moment(warehouse, *command, variables={"part_date": FIRST}, tables=None))


@pytest.fixture(scope="module")
def data_tests(seeded: Moment) -> set[str]:
    """One data test of each kind. Every other sends such a query, and Spark runs all that differ in
    more than names (tests/spark/test_sample.py). Those of models that are no tables would run their
    queries once more each."""
    parsed = ON_DATABRICKS.manifest
    chosen = representative_data_tests(parsed, sql_of_their_own=False)
    return of_no_ephemeral_model(parsed, chosen)


@pytest.fixture(scope="module")
def built(warehouse: DatabricksWarehouse, data_tests: set[str]) -> Moment:
    """The daily command, where nothing but the sources exists: all tables, views and snapshots,
    and data tests of these and of the sources."""
    built = ("resource_type:model", "resource_type:snapshot")
    selection = ("--indirect-selection", "empty", "--select", *built, *sorted(data_tests))
    daily = ("build", "--exclude-resource-type", "unit_test", *selection)
    return succeeded(moment(warehouse, *daily, variables={"part_date": FIRST}, **PLANTED_TOO))


@pytest.fixture(scope="module")
def built_again(warehouse: DatabricksWarehouse, built: Moment) -> Moment:
    """The same day again."""
    selection = ("run", "--select", *MARTS)
    return succeeded(moment(warehouse, *selection, variables={"part_date": FIRST}))


@pytest.fixture(scope="module")
def ranged(warehouse: DatabricksWarehouse, built_again: Moment) -> Moment:
    """All days, the first one among them, in one run."""
    dates = {"part_date": DAYS[0], "part_date_to": DAYS[-1]}
    return succeeded(moment(warehouse, "run", variables=dates, tables=None))


@pytest.fixture(scope="module")
def tested(warehouse: DatabricksWarehouse, ranged: Moment) -> Moment:
    """The mart's data tests, with one row of the day made wrong; then right again."""
    wrong = f"update {MART} set is_fc = is_fc + %d where part_date = '{FIRST}'"
    warehouse.execute(wrong % 2)
    selection = ("test", "--select", "ws_sess_daily,test_name:accepted_values")
    tested = moment(warehouse, *selection, variables={"part_date": FIRST})
    warehouse.execute(wrong % -2)
    return tested


@pytest.fixture(scope="module")
def documented(warehouse: DatabricksWarehouse, tested: Moment) -> Moment:
    command = ("docs", "generate", "--static")
    return succeeded(moment(warehouse, *command, variables={"part_date": FIRST}, **PLANTED_TOO))


RENAMED, GONE = sorted(row["ws_art_id"] for row in ROWS[1])[:2]
CHANGES_OF_ARTISTS = (
    f"update we_mart.we_artist set we_art_name = 'renamed' where ws_art_id = {RENAMED}",
    f"delete from we_mart.we_artist where ws_art_id = {GONE}",
)


@pytest.fixture(scope="module")
def snapshotted(warehouse: DatabricksWarehouse, documented: Moment) -> Moment:
    """`dbt snapshot` after one artist got another name and one went."""
    warehouse.execute(*CHANGES_OF_ARTISTS)
    variables = {"part_date": FIRST}
    return succeeded(moment(warehouse, "snapshot", variables=variables, tables=SNAPSHOTS))


@pytest.fixture(scope="module")
def rerun(warehouse: DatabricksWarehouse, snapshotted: Moment) -> Moment:
    """One day again, after the log of every day has changed, with --full-refresh."""
    warehouse.execute(f"update {LOG} set shop = 'CHANGED'")
    variables = {"part_date": CHANGED, "readers": ["analysts", "auditors"]}
    selection = ("--select", *MARTS)
    return succeeded(moment(warehouse, "run", "--full-refresh", *selection, variables=variables))


@pytest.fixture(scope="module")
def refused(warehouse: DatabricksWarehouse, rerun: Moment) -> Moment:
    """A range with a day whose log has no accepted event any more."""
    warehouse.execute(f"update {LOG} set log_dt = null where part_date = '{EMPTIED}'")
    return moment(warehouse, "run", variables={"part_date": CHANGED, "part_date_to": EMPTIED})


@pytest.fixture(scope="module")
def emptied(warehouse: DatabricksWarehouse, refused: Moment) -> Moment:
    """The same with the word that the day may be empty."""
    dates = {"part_date": CHANGED, "part_date_to": EMPTIED, "allow_empty_day": True}
    return succeeded(moment(warehouse, "run", "--select", *MARTS, variables=dates))


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same world on DuckDB, all days in one run."""
    warehouse = Warehouse(tmp_path_factory.mktemp("duckdb"))
    warehouse.load(*ROWS)
    done = warehouse.build_days(DAYS[0], DAYS[-1])
    assert done.returncode == 0, done.stdout
    return warehouse


def test_seed_writes_nothing_on_databricks(seeded: Moment) -> None:
    assert seeded.tables.keys() == SOURCES.keys()
    for (table, columns), loaded in zip(SOURCES.items(), ROWS):
        rows = [{name: row.get(name) for name in columns} for row in loaded]
        assert_same_rows(seeded.tables[table], rows)
    assert seeded.statements == []


def test_build_makes_the_day_and_its_data_tests_pass(
    built: Moment, data_tests: set[str], on_duckdb: Warehouse
) -> None:
    assert_same_rows(built.mart, of_days(on_duckdb.rows(), FIRST))
    assert [row["part_date"] for row in built.tables[AUDIT]] == [FIRST]
    assert "ERROR=0 SKIP=0" in built.done.stdout
    sent = {s.node.split(".")[2] for s in built.statements if (s.node or "").startswith("test.")}
    assert sent == data_tests and len(sent) > 10


def test_same_day_again_gives_the_same_rows_with_the_time_of_the_new_run(
    built: Moment, built_again: Moment
) -> None:
    assert_same_rows(built_again.mart, built.mart)
    (first_run,), (second_run,) = built.runs_of(FIRST), built_again.runs_of(FIRST)
    assert first_run < second_run
    assert built_again.runs_of(FIRST, AUDIT) == {second_run}


def test_every_table_of_a_range_holds_the_rows_that_duckdb_gives(
    ranged: Moment, on_duckdb: Warehouse
) -> None:
    tables = on_duckdb.value(
        "select list(table_schema || '.' || table_name) from information_schema.tables"
    )
    assert ranged.tables.keys() - set(SNAPSHOTS) == set(tables)
    for table in set(tables) - {BUILD_LOG}:
        assert_same_rows(ranged.tables[table], on_duckdb.rows(table))
    # A row for each run: the first day had more of them here.
    builds = counted(ranged.tables[BUILD_LOG]), counted(on_duckdb.rows(BUILD_LOG))
    assert builds[0].keys() == builds[1].keys()
    assert {row["part_date"] for row in ranged.mart} == set(DAYS)
    assert all(ranged.runs_of(day) == ranged.runs_of(FIRST) for day in DAYS)


def test_data_tests_read_the_tables(tested: Moment) -> None:
    assert tested.done.returncode == 1
    failed = [line for line in tested.done.stdout.splitlines() if " FAIL " in line]
    assert len(failed) == 1 and "accepted_values_ws_sess_daily_is_fc" in failed[0]


def test_descriptions_are_on_tables_and_columns(
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


def test_run_that_finds_the_descriptions_there_changes_no_table(built_again: Moment) -> None:
    """A change would make a run of other days fail that is writing at the time."""
    assert not [s.sql for s in built_again.statements if s.kind.startswith(("alter", "comment"))]


def test_snapshots_hold_the_histories_that_duckdb_gives(
    snapshotted: Moment, on_duckdb: Warehouse, tmp_path: Path
) -> None:
    copy = Warehouse(tmp_path, copy_of=on_duckdb)
    assert copy.dbt("snapshot").returncode == 0
    copy.execute(*CHANGES_OF_ARTISTS)
    assert copy.dbt("snapshot").returncode == 0
    for table in SNAPSHOTS:
        assert_same_rows(
            [without_times(row) for row in snapshotted.tables[table]],
            [without_times(row) for row in copy.rows(table)],
        )
    deleted = [row for row in snapshotted.tables[SNAPSHOTS[0]] if row["dbt_is_deleted"]]
    assert [row["ws_art_id"] for row in deleted] == [GONE]


def without_times(row: Row) -> Row:
    """A row of a snapshot, with whether it is over in the place of when it began and ended."""
    kept = {name: value for name, value in row.items() if not name.startswith("dbt_")}
    # A boolean on Databricks, a text on DuckDB.
    deleted = row["dbt_is_deleted"] in (True, "True")
    return kept | {"is_deleted": deleted, "is_ended": row["dbt_valid_to"] is not None}


def test_rerun_replaces_its_day_alone_and_full_refresh_keeps_the_history(
    ranged: Moment, rerun: Moment
) -> None:
    kept = other_days(CHANGED)
    assert_same_rows(of_days(rerun.mart, *kept), of_days(ranged.mart, *kept))
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
    assert_same_rows(of_days(emptied.mart, CHANGED), of_days(rerun.mart, CHANGED))
    (audited,) = of_days(emptied.tables[AUDIT], EMPTIED)
    assert audited["events_kept"] == audited["mart_rows"] == 0 < audited["lines_read"]


KEYED = {"ws_sess_daily_audit", "stats_we_d_integ_visit", "stats_we_w_shop_integ_visit"}


def test_tables_whose_key_has_no_null_have_a_primary_key_once(
    built: Moment, ranged: Moment
) -> None:
    added = [s.sql for s in built.statements if s.kind == "add primary key"]
    assert len(added) == len(KEYED)
    assert all(any(f"`{table}`" in sql for sql in added) for table in KEYED)
    assert not [s for s in ranged.statements if s.kind in ("add primary key", "set not null")]


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


# -- What a flag or a setting could undo ------------------------------------------------------

Settings = dict[str, Any]


def change_strategy(settings: Settings) -> None:
    settings["models"]["ws_shop"]["marts"]["+incremental_strategy"] = "append"


def allow_full_refresh(settings: Settings) -> None:
    del settings["models"]["ws_shop"]["marts"]["+full_refresh"]


def turn_replace_on_off_and_forget_partitions(settings: Settings) -> None:
    """Either has left a SQL warehouse with the days of the run alone, where the adapter's own
    overwrite ran."""
    settings["flags"]["use_replace_on_for_insert_overwrite"] = False
    del settings["models"]["ws_shop"]["marts"]["+partition_by"]


@pytest.fixture
def run_of_one_day(warehouse: DatabricksWarehouse, emptied: Moment) -> Callable[..., Moment]:
    """The run of a day over a history of others, of a project that somebody has changed."""

    def run(*arguments: str, change: Callable[[Settings], None], folder: Path) -> Moment:
        changed = copy(warehouse)
        changed.project = project_with(folder, change)
        selection = ("run", "--select", "ws_sess_daily", *arguments)
        return moment(changed, *selection, variables={"part_date": FIRST})

    return run


@pytest.mark.parametrize(
    ("change", "said"),
    [(change_strategy, "incremental_strategy"), (allow_full_refresh, "full_refresh")],
)
def test_setting_that_would_lose_rows_stops_the_run(
    run_of_one_day: Any, emptied: Moment, tmp_path: Path, change: Any, said: str
) -> None:
    run = run_of_one_day(change=change, folder=tmp_path)
    assert run.done.returncode != 0
    assert said in run.done.stdout
    assert run.tables == emptied.tables


def test_run_of_no_rows_at_all_is_refused(warehouse: DatabricksWarehouse, emptied: Moment) -> None:
    run = moment(warehouse, "run", "--empty", variables={"part_date": FIRST})
    assert run.done.returncode != 0
    assert "--empty" in run.done.stdout
    assert run.tables == emptied.tables


def test_flag_and_partitions_of_the_adapter_s_own_overwrite_change_nothing(
    run_of_one_day: Any, emptied: Moment, tmp_path: Path
) -> None:
    change = turn_replace_on_off_and_forget_partitions
    run = succeeded(run_of_one_day(change=change, folder=tmp_path))
    kept = other_days(FIRST)
    assert of_days(run.mart, *kept) == of_days(emptied.mart, *kept)
    assert run.runs_of(FIRST).isdisjoint(emptied.runs_of(FIRST))


# -- Clusters ---------------------------------------------------------------------------------


def test_clusters_give_the_rows_that_duckdb_gives_and_replace_days_alone(
    endpoint: Endpoint, tmp_path: Path, on_duckdb: Warehouse
) -> None:
    warehouse = DatabricksWarehouse(endpoint, tmp_path, compute=CLUSTER_15)
    warehouse.load(*ROWS)
    days = DAYS[:4]
    dates = {"part_date": days[0], "part_date_to": days[-1]}
    before = succeeded(moment(warehouse, "run", "--select", *MARTS, variables=dates))
    for table in (MART, AUDIT):
        assert_same_rows(before.tables[table], of_days(on_duckdb.rows(table), *days))

    # One day changed and one gone, on either cluster.
    for cluster, changed, gone in (
        (CLUSTER_15, days[1], days[2]),
        (CLUSTER_17, days[0], days[1]),
    ):
        warehouse.compute = cluster
        warehouse.execute(
            f"update {LOG} set shop = 'CHANGED' where part_date = '{changed}'",
            f"delete from {LOG} where part_date = '{gone}'",
        )
        dates = {"part_date": min(changed, gone), "part_date_to": max(changed, gone)}
        variables = dates | {"allow_empty_day": True}
        after = succeeded(moment(warehouse, "run", "--select", *MARTS, variables=variables))
        assert {row["shop"] for row in of_days(after.mart, changed)} == {"CHANGED"}
        assert of_days(before.mart, gone) and not of_days(after.mart, gone)
        kept = [day for day in days if day not in (changed, gone)]
        assert of_days(after.mart, *kept) == of_days(before.mart, *kept)
        assert sorted(row["part_date"] for row in after.tables[AUDIT]) == days
        before = after


# -- Sources that are not as declared ---------------------------------------------------------


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
    run = moment(warehouse, "run", variables={"part_date": FIRST}, tables=None)
    assert run.done.returncode != 0
    casts = {
        "part_date": "cast(part_date as string)",
        "log_dt": "cast(cast(log_dt as string) || 'Z' as timestamp)",
        "ws_art_id": "cast(ws_art_id as bigint)",
    }
    assert sorted(faults_in(run.done.stdout)) == sorted(
        Fault(LOG, column, SOURCES[LOG][column], wrong[column], casts[column]) for column in wrong
    )
    assert "- we_mart.we_artist: no such table or view" in run.done.stdout
    assert run.tables.keys() == SOURCES.keys() - {"we_mart.we_artist"}


# -- A change of columns ----------------------------------------------------------------------


def test_column_at_the_end_is_added_and_other_changes_are_refused(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    warehouse = DatabricksWarehouse(endpoint, tmp_path)
    warehouse.load(*ROWS)
    view = "we_mart.ws_sess_daily_v2"
    selection = ("run", "--select", "ws_sess_daily", "ws_sess_daily_v2")
    dates = {"part_date": DAYS[0], "part_date_to": DAYS[1]}
    before = succeeded(moment(warehouse, *selection, variables=dates, tables=(MART, view)))

    def run() -> Moment:
        return moment(warehouse, *selection, variables={"part_date": FIRST}, tables=(MART, view))

    warehouse.project = copied_project(tmp_path)
    add_to_mart(warehouse.project)
    added = succeeded(run())
    for table in (MART, view):
        rows = added.tables[table]
        assert {row["part_date"] for row in rows if row["lang_upper"]} == {FIRST}
        kept = [{k: v for k, v in row.items() if k != "lang_upper"} for row in rows]
        assert_same_rows(kept, before.tables[table])

    rename(warehouse.project)
    refused = run()
    assert refused.done.returncode != 0
    assert f"- {MART}: column os (string) is not in the model any more" in refused.done.stdout
    assert refused.tables == added.tables


# -- What was sent ----------------------------------------------------------------------------

# What Databricks has and Spark with Delta has not. The rest runs as the adapter wrote it.
DATABRICKS_ONLY = {
    "information_schema",
    "describe … as json",
    "show table extended",
    "show tblproperties",
    "comment on column",
    "set not null",
    "add primary key",
    "show grants",
    "grant",
    "current_catalog()",
    "set: runtime version",
}
SPARK_TOO = {
    "select",
    "show schemas",
    "create table as",
    "create table if not exists",
    "create temporary view",
    "create view",
    "describe extended",
    "describe table",
    "insert … replace where",
    "insert by name",
    "delete",
    "comment on table",
    "alter column comment",
    "add columns",
    "merge",
    "drop temporary view",
}


def test_statements_are_those_that_are_known(endpoint: Endpoint, tmp_path: Path) -> None:
    report = tmp_path / "statements.txt"
    endpoint.record.write_report(report, KINDS)
    print(report)
    # A run asks of each table which columns it has, of one that is not there too.
    refused = [s for s in endpoint.record.statements if s.answer == REFUSED]
    assert [s.sql for s in refused if "TABLE_OR_VIEW_NOT_FOUND" not in s.error] == []
    assert {kind.name for kind in KINDS if kind.answered == AS_WRITTEN} == SPARK_TOO
    assert {kind.name for kind in KINDS if kind.answered != AS_WRITTEN} == DATABRICKS_ONLY
    assert {s.kind for s in endpoint.record.statements} <= SPARK_TOO | DATABRICKS_ONLY
    assert "insert … replace where" in report.read_text(encoding="utf-8")
