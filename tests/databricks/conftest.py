"""One endpoint for the whole suite, messages about missing requirements, and the fixtures of
test_databricks.py.

If a requirement is missing, the suite is skipped, or fails if CI is set in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from scripts.paths import ROOT
from tests.support.databricks_moments import (
    CHANGE_OF_LOG,
    CHANGED,
    CHANGES_OF_ARTISTS,
    DAYS,
    EMPTIED,
    FIRST,
    MARTS,
    PLANTED_TOO,
    ROWS,
    SNAPSHOTS,
    TEST_OF_WRONG,
    WITH_PRIMARY_KEY,
    WRONG,
    Moment,
    moment,
    succeeded,
)
from tests.support.databricks_warehouse import ON_DATABRICKS, DatabricksWarehouse
from tests.support.endpoint.engine import CLUSTER_15
from tests.support.report_page import Page, page_of
from tests.support.required import leave_out, missing_for_spark
from tests.support.selections import of_no_ephemeral_model, representative_data_tests
from tests.support.warehouse import LOG, Warehouse, succeed

if TYPE_CHECKING:
    from tests.support.endpoint.running import Endpoint


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The endpoint that replaces a Databricks workspace, with the jars of the profile's target
    `spark`."""
    if missing := missing_for_spark():
        leave_out("the Databricks adapter", missing)
    from tests.support.endpoint.running import free_address, running_endpoint

    profile = yaml.safe_load((ROOT / "profiles.yml.example").read_text(encoding="utf-8"))
    spark = profile["ws_shop"]["outputs"]["spark"]["server_side_parameters"]
    jars = ROOT / os.environ.get("WS_SPARK_DIR", ".spark") / "ivy"
    try:
        address = free_address()
    except OSError as error:
        leave_out(
            "the Databricks adapter",
            f"Port 443 of this machine cannot be opened; on Linux this needs root: {error}.",
        )
    running = running_endpoint(
        "wev_prod",
        tmp_path_factory.mktemp("endpoint"),
        address=address,
        packages=spark["spark.jars.packages"],
        ivy=Path(os.environ.get("WS_SPARK_IVY_DIR", jars)),
    )
    with ExitStack() as stack:
        try:
            endpoint = stack.enter_context(running)
        except Exception as error:
            leave_out(
                "the Databricks adapter",
                "Spark did not start. Its jars (Delta Lake) come from Maven Central, once, into"
                f" {jars} (or WS_SPARK_IVY_DIR); without that network, put them there.\n{error}",
            )
        yield endpoint


# -- The life of the tables on a SQL warehouse ------------------------------------------------
# For test_databricks.py. Each fixture is a command and the contents of the tables after it.


@pytest.fixture(scope="module")
def warehouse(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> DatabricksWarehouse:
    warehouse = DatabricksWarehouse(endpoint, tmp_path_factory.mktemp("warehouse"))
    warehouse.load(*ROWS)
    return warehouse


@pytest.fixture(scope="module")
def seeded(warehouse: DatabricksWarehouse) -> Moment:
    """`dbt seed` with every flag that could make it write the sample over the sources."""
    command = ("seed", "--full-refresh")
    return succeeded(moment(warehouse, *command, variables={"part_date": FIRST}, tables=None))


@pytest.fixture(scope="module")
def built(warehouse: DatabricksWarehouse, seeded: Moment) -> Moment:
    """A day of some tables when only the sources exist, with snapshots."""
    selection = ("--select", *MARTS, *WITH_PRIMARY_KEY, "resource_type:snapshot")
    daily = ("build", "--exclude-resource-types", "unit_test", "test", *selection)
    return succeeded(moment(warehouse, *daily, variables={"part_date": FIRST}, **PLANTED_TOO))


@pytest.fixture(scope="module")
def built_again(warehouse: DatabricksWarehouse, built: Moment) -> Moment:
    """The same day, run again."""
    selection = ("run", "--select", *MARTS)
    return succeeded(moment(warehouse, *selection, variables={"part_date": FIRST}))


@pytest.fixture(scope="module")
def ranged(warehouse: DatabricksWarehouse, built_again: Moment) -> Moment:
    """All days in one run, including the first one."""
    dates = {"part_date": DAYS[0], "part_date_to": DAYS[-1]}
    return succeeded(moment(warehouse, "run", variables=dates, tables=None))


@pytest.fixture(scope="module")
def reported(warehouse: DatabricksWarehouse, ranged: Moment) -> Page:
    """The report of these days."""
    return page_of(warehouse)


@pytest.fixture(scope="module")
def data_tests(reported: Page) -> set[str]:
    """One data test of each kind, and the one of WRONG. The others send similar queries, and all
    that differ in more than names run on Spark (tests/spark/test_parity.py). Tests of ephemeral
    models are left out, because each would run the query of its model again."""
    parsed = ON_DATABRICKS.manifest
    chosen = representative_data_tests(parsed, sql_of_their_own=False)
    return of_no_ephemeral_model(parsed, chosen) | {TEST_OF_WRONG}


@pytest.fixture(scope="module")
def tested(warehouse: DatabricksWarehouse, data_tests: set[str]) -> Moment:
    """The data tests while a value of the day is wrong. It is corrected afterwards."""
    warehouse.execute(WRONG % 2)
    selection = ("test", "--indirect-selection", "empty", "--select", *sorted(data_tests))
    tested = moment(warehouse, *selection, variables={"part_date": FIRST})
    warehouse.execute(WRONG % -2)
    return tested


@pytest.fixture(scope="module")
def tested_without_ansi(warehouse: DatabricksWarehouse, tested: Moment) -> Moment:
    """Every data test of tables and sources on a cluster with an older runtime, where ANSI mode is
    off. There it is the type of a column that counts, so one test of each kind is not enough."""
    on_cluster = copy(warehouse)
    on_cluster.compute = CLUSTER_15
    parsed = ON_DATABRICKS.manifest
    every = of_no_ephemeral_model(parsed, {node.name for node in parsed.nodes.values()})
    selection = ("test", "--indirect-selection", "empty", "--select", *sorted(every))
    return moment(on_cluster, *selection, variables={"part_date": FIRST}, tables=())


@pytest.fixture(scope="module")
def documented(warehouse: DatabricksWarehouse, tested_without_ansi: Moment) -> Moment:
    writing = copy(warehouse)
    writing.dbt_here = partial(ON_DATABRICKS.with_flags(), **PLANTED_TOO)
    command = ("docs", "generate", "--static")
    return succeeded(moment(writing, *command, variables={"part_date": FIRST}))


@pytest.fixture(scope="module")
def snapshotted(warehouse: DatabricksWarehouse, documented: Moment) -> Moment:
    """`dbt snapshot` after one artist was renamed and one was deleted."""
    warehouse.execute(*CHANGES_OF_ARTISTS)
    variables = {"part_date": FIRST}
    return succeeded(moment(warehouse, "snapshot", variables=variables, tables=SNAPSHOTS))


@pytest.fixture(scope="module")
def rerun(warehouse: DatabricksWarehouse, snapshotted: Moment) -> Moment:
    """One day again with --full-refresh, after the log of every day has changed."""
    warehouse.execute(CHANGE_OF_LOG)
    variables = {"part_date": CHANGED, "readers": ["analysts", "auditors"]}
    selection = ("--select", *MARTS)
    return succeeded(moment(warehouse, "run", "--full-refresh", *selection, variables=variables))


@pytest.fixture(scope="module")
def refused(warehouse: DatabricksWarehouse, rerun: Moment) -> Moment:
    """A range with a day whose log no longer has an accepted event."""
    warehouse.execute(f"update {LOG} set log_dt = null where part_date = '{EMPTIED}'")
    return moment(warehouse, "run", variables={"part_date": CHANGED, "part_date_to": EMPTIED})


@pytest.fixture(scope="module")
def emptied(warehouse: DatabricksWarehouse, refused: Moment) -> Moment:
    """The same with `allow_empty_day`."""
    dates = {"part_date": CHANGED, "part_date_to": EMPTIED, "allow_empty_day": True}
    return succeeded(moment(warehouse, "run", "--select", *MARTS, variables=dates))


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same data on DuckDB, with all days in one run."""
    warehouse = Warehouse(tmp_path_factory.mktemp("duckdb"))
    warehouse.load(*ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    return warehouse
