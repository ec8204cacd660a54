"""What Spark does with the mart's query, and others, read from their physical plans.

What a plan costs shows only on a large log; what it does shows on a small one. The adaptive planner
is off: it would start from this plan and join or skip steps where there is little data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from test_parity import random_sources

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]
DAY = DAYS[1]


@dataclass
class Step:
    """A node of a physical plan, with what these tests want to know of it."""

    name: str
    text: str
    partitioned_by: list[str] = field(default_factory=list)  # of windows and exchanges
    steps: list[Step] = field(default_factory=list)

    def walk(self) -> Iterator[Step]:
        yield self
        for step in self.steps:
            yield from step.walk()

    def find(self, *names: str) -> list[Step]:
        return [step for step in self.walk() if step.name in names]

    def path_to(self, wanted: Step) -> list[Step]:
        """The steps from here down to `wanted`, both included; none where it is elsewhere."""
        if self is wanted:
            return [self]
        for step in self.steps:
            if path := step.path_to(wanted):
                return [self, *path]
        return []


@pytest.fixture(scope="module")
def plans(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Step]:
    """The plans of a daily run's queries, on three days, by model."""
    from spark_warehouse import SparkWarehouse

    warehouse = SparkWarehouse(spark, tmp_path_factory.mktemp("plan"))
    warehouse.load(*random_sources(41, DAYS))
    done = warehouse.build_days(DAYS[0], DAYS[-1])
    assert done.returncode == 0, done.stdout
    queries = warehouse.compiled("path:models/marts", part_date=DAY)
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    try:
        return {model: plan_of(spark, query) for model, query in queries.items()}
    finally:
        spark.conf.set("spark.sql.adaptive.enabled", "true")


@pytest.fixture(scope="module")
def mart(plans: dict[str, Step]) -> Step:
    return plans["ws_sess_daily"]


def test_log_is_scanned_once_and_its_ids_once_more_of_the_run_s_days_alone(mart: Step) -> None:
    # First the ids, which tell where order matters, then every column.
    ids, whole = sorted(scans(mart, "weplyapi_client_log"), key=lambda scan: len(scan.text))
    assert "s_wemember_id" in ids.text and "app_ver" not in ids.text
    assert "app_ver" in whole.text
    for scan in (ids, whole):
        assert_of_the_day_alone(scan)


def test_audit_scans_log_and_mart_once_and_of_the_run_s_days_alone(
    plans: dict[str, Step],
) -> None:
    assert_scanned_by_day(plans["ws_sess_daily_audit"], "weplyapi_client_log")
    assert_scanned_by_day(plans["ws_sess_daily_audit"], "ws_sess_daily")


def test_events_are_moved_as_they_are_merged_and_by_device(mart: Step) -> None:
    path = mart.path_to(whole_log(mart))[::-1]
    exchanges = [step.partitioned_by for step in path if step.name == "Exchange"]
    # As they are merged, by all that tells them apart; and what is left of them by device. (In
    # between, browsers that need login sessions, a few in a hundred, by browser.)
    merged, *by_browser, by_device = exchanges
    assert {"part_date", "browser_id", "slot", "own_log_id"} <= set(merged)
    assert by_browser in ([], [["browser_id", "part_date"]])
    assert by_device == ["new_dvc_id", "part_date"]
    # They are merged on both sides of that move, and no window comes before.
    first_window = next(i for i, step in enumerate(path) if step.name == "Window")
    aggregations = [step for step in path[:first_window] if "Aggregate" in step.name]
    assert len(aggregations) == 2
    # All that comes after goes by device too and stays where it is, but for joins, if any.
    last_exchange = max(i for i, step in enumerate(path) if step.name == "Exchange")
    assert "Window" in [step.name for step in path[last_exchange:]]


def test_no_join_is_a_product(plans: dict[str, Step]) -> None:
    products = [
        (model, step)
        for model, plan in plans.items()
        for step in plan.find("CartesianProduct", "BroadcastNestedLoopJoin")
    ]
    # The audit's joins by day, of one day: a row each, the first of which comes from no table.
    assert [model for model, step in products if not step.find("Scan OneRowRelation")] == []


def test_every_window_has_partitions(plans: dict[str, Step]) -> None:
    windows = [(model, step) for model, plan in plans.items() for step in plan.find("Window")]
    assert len(windows) > 10
    assert [(model, step.text) for model, step in windows if not step.partitioned_by] == []


def test_audit_runs_no_window(plans: dict[str, Step]) -> None:
    assert plans["ws_sess_daily_audit"].find("Window") == []


def test_artists_are_joined_by_broadcast(mart: Step) -> None:
    (artists,) = scans(mart, "we_artist")
    to_artists, to_log = mart.path_to(artists), mart.path_to(whole_log(mart))
    # The join is where the two ways part.
    join, below = next(
        (step, to_artists[i + 1 :])
        for i, step in reversed(list(enumerate(to_artists)))
        if step in to_log
    )
    assert join.name == "BroadcastHashJoin"
    assert "BroadcastExchange" in [step.name for step in below]


def whole_log(mart: Step) -> Step:
    """The scan of every column of the log, not the one of the ids."""
    return max(scans(mart, "weplyapi_client_log"), key=lambda scan: len(scan.text))


def assert_scanned_by_day(plan: Step, table: str) -> None:
    assert len(scans(plan, table)) == 1
    (scan,) = scans(plan, table)
    assert_of_the_day_alone(scan)


def assert_of_the_day_alone(scan: Step) -> None:
    filters = re.search(r"PartitionFilters: \[(.*?)\], ", scan.text)
    assert filters and f"= {DAY}" in re.sub(r"#\d+", "", filters.group(1)), scan.text


def scans(plan: Step, table: str) -> list[Step]:
    return [s for s in plan.walk() if re.search(rf"^Scan .*\.{table}$", s.name)]


def plan_of(spark: SparkSession, query: str) -> Step:
    executed = spark.sql(query)._jdf.queryExecution().executedPlan()
    return _step(executed)


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
