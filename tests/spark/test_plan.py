"""Check the physical plans of the mart's query and of other queries on Spark.

The cost of a plan is only visible on a large log, but its steps are visible on a small one.
Adaptive query execution is off, because it would merge or skip steps when there is little data.
Shuffles have as many partitions as in the profile.
Broadcasts are limited to the smallest tables: artists and memberships are small, but the browser
profiles of a large log are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.random_days import DAYS, VARIABLES
from tests.support.spark_warehouse import SparkWarehouse
from tests.support.spec_oracle_builds import MADE_FROM_MART, MART, WEEKLY
from tests.support.warehouse import LOG

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = DAYS[1]
SETTINGS = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.autoBroadcastJoinThreshold": "4KB",
    # Filters are written in full.
    "spark.sql.maxMetadataStringLength": "10000",
}
# The tests turn it off, see spark_settings.
CODEGEN = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
# Bytes: HotSpot's HugeMethodLimit.
GREATEST_COMPILED_METHOD = 8000


@dataclass
class Step:
    """A node of a physical plan, with the attributes that these tests need."""

    name: str
    text: str
    partitioned_by: list[str] = field(default_factory=list)  # for windows and exchanges
    steps: list[Step] = field(default_factory=list)

    def walk(self) -> Iterator[Step]:
        yield self
        for step in self.steps:
            yield from step.walk()

    def find(self, *names: str) -> list[Step]:
        return [step for step in self.walk() if step.name in names]

    def path_to(self, wanted: Step) -> list[Step]:
        """The steps from this node down to `wanted`, including both. Empty if `wanted` is not
        below."""
        if self is wanted:
            return [self]
        for step in self.steps:
            if path := step.path_to(wanted):
                return [self, *path]
        return []


@pytest.fixture(scope="module")
def queries(on_spark: SparkWarehouse) -> dict[str, str]:
    """The queries of a daily run, by model. The tables must exist."""
    return on_spark.compiled("path:models/marts", part_date=DAY, **VARIABLES)


@pytest.fixture(scope="module")
def plans(spark: SparkSession, queries: dict[str, str]) -> dict[str, Step]:
    return plans_of(spark, queries)


@pytest.fixture(scope="module")
def mart(plans: dict[str, Step]) -> Step:
    return plans["ws_sess_daily"]


def test_log_is_scanned_once_and_its_ids_once_more_of_the_run_s_days_alone(mart: Step) -> None:
    # First the ids, to find where the order matters, then every column.
    ids, whole = sorted(scans(mart, "weplyapi_client_log"), key=lambda scan: len(scan.text))
    assert "s_wemember_id" in ids.text and "app_ver" not in ids.text
    assert "app_ver" in whole.text
    for scan in (ids, whole):
        assert_of_the_day_alone(scan)


def test_list_of_days_is_a_filter_of_every_scan_of_the_log(
    spark: SparkSession, on_spark: SparkWarehouse
) -> None:
    # Spark writes a list of more than ten values in another way (INSET).
    for days in (DAYS[1:6:2], DAYS[::3], DAYS[:12] + DAYS[13:15]):
        models = "ws_sess_daily ws_sess_daily_audit"
        queries = on_spark.compiled(models, part_dates=days, **VARIABLES)
        plans = plans_of(spark, {model: queries[model] for model in models.split()})
        for model, plan in plans.items():
            of_log = scans(plan, "weplyapi_client_log")
            assert len(of_log) == (2 if model == "ws_sess_daily" else 1)
            for scan in of_log:
                filters = re.search(r"PartitionFilters: \[(.*?)\], [A-Z]", scan.text).group(1)
                assert re.search(r"part_date#\d+ IN(SET)? ", filters), scan.text
                assert all(day in filters for day in (days[0], days[-1])), scan.text


def test_java_compiles_every_method_of_the_mart_s_query(
    spark: SparkSession, queries: dict[str, str]
) -> None:
    # Java only interprets a larger method. Cleaning the log then takes three times as long.
    with settings(spark, SETTINGS | CODEGEN):
        stages = spark.sql(queries["ws_sess_daily"])._jdf.queryExecution().debug().codegenToSeq()
    sizes = [stages.apply(i)._3().maxMethodCodeSize() for i in range(stages.size())]
    assert len(sizes) > 20
    assert max(sizes) <= GREATEST_COMPILED_METHOD


def test_audit_scans_log_and_mart_once_and_of_the_run_s_days_alone(
    plans: dict[str, Step],
) -> None:
    assert_scanned_by_day(plans["ws_sess_daily_audit"], "weplyapi_client_log")
    assert_scanned_by_day(plans["ws_sess_daily_audit"], "ws_sess_daily")


def test_filter_of_the_restatement_is_one_of_the_scans_of_log_mart_and_daily_tables(
    spark: SparkSession, on_spark: SparkWarehouse
) -> None:
    query = f"select * from we_mart.ws_sess_daily_restatement where part_date = '{DAY}'"
    plan = plans_of(spark, {"restatement": query})["restatement"]
    for table in ("weplyapi_client_log", MART, *MADE_FROM_MART):
        if table != WEEKLY:
            assert_scanned_by_day(plan, table)


def test_freshness_reads_the_last_days_of_the_log_alone(
    spark: SparkSession, on_spark: SparkWarehouse
) -> None:
    done = on_spark.dbt("source", "freshness")
    stale = done.result.results[-1]  # after those of the hooks
    assert stale.status == "error"  # the newest line is older than the days that are read
    condition = stale.node.freshness.filter
    plan = plans_of(spark, {"log": f"select max(log_dt) from {LOG} where {condition}"})["log"]
    (scan,) = scans(plan, "weplyapi_client_log")
    first = spark.sql("select current_date").first()[0] - timedelta(days=5)
    filters = re.search(r"PartitionFilters: \[(.*?)\], ", scan.text)
    assert filters and f">= {first}" in re.sub(r"#\d+", "", filters.group(1)), scan.text


def test_events_are_moved_by_browser_and_what_is_left_of_them_by_device(mart: Step) -> None:
    path = mart.path_to(whole_log(mart))[::-1]
    exchanges = [i for i, step in enumerate(path) if step.name == "Exchange"]
    by_browser, by_device = exchanges
    assert path[by_browser].partitioned_by == ["browser_id", "part_date"]
    assert path[by_device].partitioned_by == ["new_dvc_id", "part_date"]
    # Events are merged in between, before any window. All later steps are partitioned by device.
    merged = [i for i, step in enumerate(path) if "slot" in step.text and "Aggregate" in step.name]
    first_window = next(i for i, step in enumerate(path) if step.name == "Window")
    assert len(merged) == 2
    assert by_browser < min(merged) <= max(merged) < min(first_window, by_device)
    assert "Window" in [step.name for step in path[by_device:]]


def test_no_join_is_a_product(plans: dict[str, Step]) -> None:
    products = [
        (model, step)
        for model, plan in plans.items()
        # The calendar is generated from the ten digits and reads no table.
        if model != "metricflow_time_spine"
        for step in plan.find("CartesianProduct", "BroadcastNestedLoopJoin")
        if not any(is_of_few_rows(side) for side in step.steps)
    ]
    # The audit joins by day. For one day, each side has one row, and the first side reads no table.
    assert {model for model, step in products} <= {"ws_sess_daily_audit"}
    literals = ("Scan OneRowRelation", "LocalTableScan")
    assert [step.text for _, step in products if not step.find(*literals)] == []


def test_every_window_has_partitions(plans: dict[str, Step]) -> None:
    windows = [(model, step) for model, plan in plans.items() for step in plan.find("Window")]
    assert len(windows) > 10
    # The restatement sums the changes of memberships over time, which are one row per day.
    without = [model for model, step in windows if not step.partitioned_by]
    assert without == ["ws_sess_daily_restatement"]


def test_audit_runs_no_window(plans: dict[str, Step]) -> None:
    assert plans["ws_sess_daily_audit"].find("Window") == []


def test_artists_are_joined_by_broadcast(mart: Step) -> None:
    (artists,) = scans(mart, "we_artist")
    to_artists, to_log = mart.path_to(artists), mart.path_to(whole_log(mart))
    # The two branches separate at this join.
    join, below = next(
        (step, to_artists[i + 1 :])
        for i, step in reversed(list(enumerate(to_artists)))
        if step in to_log
    )
    assert join.name == "BroadcastHashJoin"
    assert "BroadcastExchange" in [step.name for step in below]


def whole_log(mart: Step) -> Step:
    """The scan of all columns of the log, not the scan of the ids."""
    return max(scans(mart, "weplyapi_client_log"), key=lambda scan: len(scan.text))


def is_of_few_rows(side: Step) -> bool:
    """Whether a side of a join reads no table, or only the table names of the build log."""
    tables = {step.name.split(".")[-1] for step in side.walk() if re.match(r"Scan .*\.", step.name)}
    grouped = side.find("HashAggregate") != []
    return not tables or (grouped and tables == {"ws_sess_daily_build"})


def assert_scanned_by_day(plan: Step, table: str) -> None:
    assert len(scans(plan, table)) == 1
    (scan,) = scans(plan, table)
    assert_of_the_day_alone(scan)


def assert_of_the_day_alone(scan: Step) -> None:
    filters = re.search(r"PartitionFilters: \[(.*?)\], ", scan.text)
    assert filters and f"= {DAY}" in re.sub(r"#\d+", "", filters.group(1)), scan.text


def scans(plan: Step, table: str) -> list[Step]:
    return [s for s in plan.walk() if re.search(rf"^Scan .*\.{table}$", s.name)]


def plans_of(spark: SparkSession, queries: dict[str, str]) -> dict[str, Step]:
    with settings(spark, SETTINGS):
        return {
            name: _step(spark.sql(query)._jdf.queryExecution().executedPlan())
            for name, query in queries.items()
        }


@contextmanager
def settings(spark: SparkSession, values: dict[str, str]) -> Iterator[None]:
    before = {name: spark.conf.get(name) for name in values}
    try:
        for name, value in values.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


def _step(node: Any) -> Step:
    name = node.nodeName().strip()
    partitioned_by = ""
    if name == "Window":
        partitioned_by = node.partitionSpec().mkString(", ")
    elif name == "Exchange":
        found = re.match(r"hashpartitioning\((.*), \d+\)$", node.outputPartitioning().toString())
        partitioned_by = found.group(1) if found else ""
    children = node.children()
    return Step(
        name=name,
        text=node.simpleString(10_000),
        partitioned_by=re.sub(r"#\d+L?", "", partitioned_by).split(", ") if partitioned_by else [],
        steps=[_step(children.apply(i)) for i in range(children.size())],
    )
