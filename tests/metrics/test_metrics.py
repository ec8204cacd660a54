"""Check that MetricFlow accepts the metrics, and compare each with hand-written SQL.

The sample is built once, in a separate warehouse and target folder. `mf` only reads
`target/semantic_manifest.json` of a project. The folder of the warehouse is therefore a project
too, whose files are links to those of this project.

Where possible, the hand-written SQL reads the mart and not the views that the metrics read.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
from metricflow_semantics.errors.error_classes import InvalidQueryException

from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT
from tests.support.warehouse import Warehouse, succeed

MF = Path(sys.executable).with_name("mf")
METRICS = ROOT / "models" / "marts" / "metrics"
FIRST_DAY, LAST_DAY, LAST_MONDAY = "2024-01-14", "2024-01-16", "2024-01-15"


class ByHand(NamedTuple):
    """A metric in SQL: the expression and the rows from which it is selected."""

    rows: str
    value: str


VST_PLATFORM = (
    "case when platform <> 'APP' or platform is null then 'WEB'"
    " when is_wv = 1 then 'WV_APP' else 'WS_APP' end as vst_platform"
)
DAY = "part_date::date as key_date"
MART = f"(select *, {DAY} from we_mart.ws_sess_daily)"
SESSIONS = (
    f"(select distinct {DAY}, {VST_PLATFORM}, platform, sess_id, sess_dur, is_sess_login"
    " from we_mart.ws_sess_daily)"
)
USER_SESSIONS = (
    f"(select distinct {DAY}, {VST_PLATFORM}, user_ctry, user_sess_id, user_sess_dur, account_id,"
    " device_id from we_mart.ws_sess_daily)"
)
PAYMENTS = "we_mart.ws_platform_daily"
ORDER_ITEMS = "(select *, part_date::date as key_date from we_mart.ws_order)"
DAILY = "we_mart.stats_we_d_integ_visit"
WEEKLY = "(select *, key_date as week_start from we_mart.stats_we_w_shop_integ_visit)"
ORDERING = "coalesce(sum(cnt_user) filter (is_ord = 1), 0)"
FAN_CLUB_ACCOUNTS = "count(distinct account_id) filter (is_fc = 1)"
CONVERTED = "count(distinct account_id) filter (pay_order > 0 and vst_platform <> 'NONE')"
VISITING = "count(distinct account_id) filter (vst_platform <> 'NONE')"

BY_HAND = {
    "sessions": ByHand(SESSIONS, "count(*)"),
    "session_time": ByHand(SESSIONS, "sum(sess_dur)"),
    "average_session_time": ByHand(SESSIONS, "avg(sess_dur)"),
    "login_sessions": ByHand(SESSIONS, "sum(is_sess_login)"),
    "login_rate": ByHand(SESSIONS, "avg(is_sess_login)"),
    "app_sessions": ByHand(SESSIONS, "count(*) filter (platform = 'APP')"),
    "app_share": ByHand(SESSIONS, "avg((vst_platform <> 'WEB')::int)"),
    "user_sessions": ByHand(USER_SESSIONS, "count(*)"),
    "user_session_time": ByHand(USER_SESSIONS, "sum(user_sess_dur)"),
    "accounts": ByHand(USER_SESSIONS, "count(distinct account_id)"),
    "devices": ByHand(USER_SESSIONS, "count(distinct device_id)"),
    "artist_accounts": ByHand(MART, "count(distinct account_id)"),
    "artist_user_sessions": ByHand(MART, "count(distinct (part_date, user_sess_id))"),
    "fan_club_accounts": ByHand(MART, FAN_CLUB_ACCOUNTS),
    "fan_club_share": ByHand(MART, f"{FAN_CLUB_ACCOUNTS} / nullif(count(distinct account_id), 0)"),
    "payers": ByHand(PAYMENTS, "count(distinct account_id) filter (pay_order > 0)"),
    "visiting_accounts": ByHand(PAYMENTS, VISITING),
    "converted_accounts": ByHand(PAYMENTS, CONVERTED),
    "conversion": ByHand(PAYMENTS, f"{CONVERTED} / nullif({VISITING}, 0)"),
    "paid_amount": ByHand(PAYMENTS, "sum(pay_krw)"),
    "paid_quantity": ByHand(PAYMENTS, "sum(pay_qty)"),
    "goods_paid_amount": ByHand(ORDER_ITEMS, "sum(ord_item_amt_krw)"),
    "goods_paid_quantity": ByHand(ORDER_ITEMS, "sum(ord_item_qty)"),
    "daily_visitors": ByHand(DAILY, "sum(cnt_user)"),
    "daily_ordering_visitors": ByHand(DAILY, ORDERING),
    "visitor_order_rate": ByHand(DAILY, f"{ORDERING} / sum(cnt_user)"),
    "weekly_visitors": ByHand(WEEKLY, "sum(cnt_user)"),
    "weekly_ordering_visitors": ByHand(WEEKLY, ORDERING),
    "weekly_visitor_order_rate": ByHand(WEEKLY, f"{ORDERING} / sum(cnt_user)"),
}
# The visitors of a longer period are those of its last day or week.
LAST_ROWS = {
    DAILY: f"(select * from {DAILY} where key_date = '{LAST_DAY}')",
    WEEKLY: f"(select * from {WEEKLY} where week_start = '{LAST_MONDAY}')",
}


def declared(kind: str) -> list[dict[str, Any]]:
    """The metrics or saved queries as defined in their file."""
    return yaml.safe_load((METRICS / f"_metrics__{kind}.yml").read_text(encoding="utf-8"))[kind]


def group_by(saved_query: dict[str, Any]) -> list[str]:
    """Its dimensions as used in a query: metric_time__day, user_session__platform."""
    items = saved_query["query_params"]["group_by"]
    return ["__".join(re.findall(r"'(\w+)'", item)) for item in items]


SAVED_QUERIES = {query["name"]: query for query in declared("saved_queries")}


def groupings(metric: str) -> set[tuple[str, ...]]:
    """No grouping, each dimension by which a saved query groups the metric, and all of them
    together."""
    found: set[tuple[str, ...]] = {()}
    for query in SAVED_QUERIES.values():
        if metric in query["query_params"]["metrics"]:
            found |= {tuple(group_by(query)), *((name,) for name in group_by(query))}
    return found


def column(dimension: str) -> str:
    """The column of the hand-written SQL for a dimension."""
    times = {"metric_time__day": "key_date", "metric_time__week": "week_start"}
    return times.get(dimension, dimension.partition("__")[2])


def by_hand(metric: str, dimensions: Iterable[str]) -> str:
    rows, value = BY_HAND[metric]
    columns = [column(dimension) for dimension in dimensions]
    if not {"key_date", "week_start"} & set(columns):
        rows = LAST_ROWS.get(rows, rows)
    grouped = f" group by {', '.join(columns)}" if columns else ""
    return f"select {', '.join([*columns, value])} from {rows} as rows_by_hand{grouped}"


def entity_of(metric: str) -> str:
    """The semantic model of a metric."""
    (found,) = (given for given in declared("metrics") if given["name"] == metric)
    if numerator := found["type_params"].get("numerator"):
        return entity_of(numerator)
    (model,) = (
        model["name"]
        for model in declared("semantic_models")
        for measure in model["measures"]
        if measure["name"] == found["type_params"]["measure"]
    )
    return model


class Metrics:
    """Run MetricFlow on a warehouse in this process."""

    def __init__(self, configuration: CLIConfiguration) -> None:
        self.configuration = configuration

    def ask(self, *metric: str, by: Sequence[str] = (), **more: Any) -> dict[Any, Any]:
        """The values of a metric by those of the dimensions. Without a metric, the dimensions."""
        request = MetricFlowQueryRequest.create(
            metric_names=metric or None, group_by_names=by or None, **more
        )
        table = self.configuration.mf.query(request).result_df
        return keyed(table.rows, len(by))

    def ask_saved(self, name: str) -> dict[str, dict[Any, Any]]:
        """The result of a saved query by metric."""
        request = MetricFlowQueryRequest.create(saved_query_name=name)
        table = self.configuration.mf.query(request).result_df
        names = [described.column_name for described in table.column_descriptions]
        dimensions = group_by(SAVED_QUERIES[name])
        rows = [dict(zip(names, row, strict=True)) for row in table.rows]
        return {
            metric: keyed(
                [[row[name] for name in (*dimensions, metric)] for row in rows], len(dimensions)
            )
            for metric in names
            if metric not in dimensions
        }

    def sql(self, query: str, key_columns: int = 0) -> dict[Any, Any]:
        return keyed(self.configuration.sql_client.query(query).rows, key_columns)

    def value(self, query: str) -> Any:
        return self.sql(query)[()]


def plain(value: Any) -> Any:
    """A value without its type, so that a date equals a timestamp of the same day."""
    if isinstance(value, datetime):
        return value.date()
    return value if value is None or isinstance(value, (date, str)) else float(value)


def keyed(rows: Iterable[Sequence[Any]], key_columns: int) -> dict[Any, Any]:
    """The last value of each row by the first ones."""
    values = [tuple(map(plain, row)) for row in rows]
    found = {row[:key_columns]: row[-1] for row in values}
    assert len(found) == len(values), "a group has two rows"
    return found


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The three days of the sample."""
    warehouse = Warehouse(tmp_path_factory.mktemp("metrics"))
    for name in ("dbt_project.yml", "models", "macros", "seeds", "snapshots", "analyses", "tests"):
        (warehouse.folder / name).symlink_to(ROOT / name)
    (warehouse.folder / "dbt_packages").symlink_to(ROOT / "dbt_packages")
    warehouse.dbt_here = ParsedProject(
        {"DBT_TARGET": "local"}, "--log-level-file", "none", project=warehouse.folder
    )
    days = f"{{part_date: {FIRST_DAY}, part_date_to: {LAST_DAY}}}"
    # The first command writes the artifacts, of which `mf` reads the semantic manifest.
    for command in (
        ["parse"],
        ["seed", "--no-write-json"],
        ["run", "--no-write-json", "--vars", days],
        ["compile", "--no-write-json", "--select", "path:analyses/report"],
    ):
        succeed(warehouse.dbt(*command))
    return warehouse


@pytest.fixture(scope="module")
def metrics(warehouse: Warehouse) -> Iterator[Metrics]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (warehouse.environment() | {"DBT_TARGET": "local"}).items():
            patch.setenv(name, value)
        configuration = CLIConfiguration()
        configuration.setup(
            Path(warehouse.environment()["DBT_PROFILES_DIR"]),
            warehouse.folder,
            configure_file_logging=False,
        )
        yield Metrics(configuration)
        configuration.sql_client.close()


def mf(warehouse: Warehouse, *arguments: str) -> str:
    """The output of `mf` called on the command line."""
    done = subprocess.run(
        [MF, *arguments],
        cwd=warehouse.folder,
        env={"PATH": "/usr/bin:/bin", "DBT_TARGET": "local"} | warehouse.environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    return succeed(done).stdout


# -- On the command line, before DuckDB is open in this process --------------------------------


def test_mf_finds_no_fault_in_the_metrics_nor_in_the_tables(warehouse: Warehouse) -> None:
    said = mf(warehouse, "validate-configs")
    checks = re.findall(r"\(ERRORS: (\d+), FUTURE_ERRORS: (\d+), WARNINGS: (\d+)\)", said)
    # The file, and then semantic models, dimensions, entities, measures and metrics on the
    # warehouse.
    assert checks == [("0", "0", "0")] * 6, said


def test_mf_answers_a_saved_query(warehouse: Warehouse) -> None:
    file = warehouse.folder / "answer.csv"
    mf(warehouse, "query", "--saved-query", "payments_by_platform", "--csv", str(file))
    with file.open(encoding="utf-8", newline="") as stream:
        answer = {
            row["platform_visit__vst_platform"]: int(row["paid_amount"])
            for row in csv.DictReader(stream)
        }
    by_hand = f"select vst_platform, sum(pay_krw)::bigint from {PAYMENTS} group by vst_platform"
    assert answer == dict(warehouse.answer(by_hand))


# -- Each metric against SQL -------------------------------------------------------------------


def test_every_metric_is_compared_with_sql() -> None:
    assert sorted(BY_HAND) == sorted(metric["name"] for metric in declared("metrics"))


@pytest.mark.parametrize("metric", BY_HAND)
def test_metric_equals_sql_by_hand(metrics: Metrics, metric: str) -> None:
    for dimensions in sorted(groupings(metric)):
        expected = metrics.sql(by_hand(metric, dimensions), len(dimensions))
        assert metrics.ask(metric, by=dimensions) == pytest.approx(expected), dimensions


@pytest.mark.parametrize("name", SAVED_QUERIES)
def test_saved_query_equals_sql_by_hand(metrics: Metrics, name: str) -> None:
    answer = metrics.ask_saved(name)
    dimensions = group_by(SAVED_QUERIES[name])
    assert sorted(answer) == sorted(SAVED_QUERIES[name]["query_params"]["metrics"])
    for metric, values in answer.items():
        expected = metrics.sql(by_hand(metric, dimensions), len(dimensions))
        assert values == pytest.approx(expected), metric


def test_report_shows_the_values_of_the_metrics(warehouse: Warehouse, metrics: Metrics) -> None:
    # A column of the report with the name of a metric has its label (scripts/report/contents.yml).
    types = {metric["name"]: metric["type"] for metric in declared("metrics")}
    compared = set()
    for file in warehouse.folder.glob("target/compiled/ws_shop/analyses/report/*.sql"):
        table = metrics.configuration.sql_client.query(file.read_text(encoding="utf-8"))
        names = [described.column_name for described in table.column_descriptions]
        keys = [name for name in ("part_date", "vst_platform", "we_art_id") if name in names]
        for metric in types.keys() & set(names):
            entity = entity_of(metric)
            by = [f"{entity}__{key}" if key != "part_date" else "metric_time__day" for key in keys]
            expected = metrics.ask(metric, by=by)
            factor = 100 if types[metric] == "ratio" else 1
            for row in table.rows:
                values = dict(zip(names, row))
                if "part_date" in keys:
                    values["part_date"] = date.fromisoformat(values["part_date"])
                value = expected[tuple(plain(values[key]) for key in keys)]
                found = float(values[metric])
                assert found == pytest.approx(factor * value, abs=0.05), (file.stem, metric, values)
            compared.add(metric)
    columns = yaml.safe_load((ROOT / "scripts/report/contents.yml").read_text(encoding="utf-8"))
    assert compared == {name for name, text in columns["columns"].items() if "ko" not in text}


def test_paid_amounts_are_those_of_all_orders(metrics: Metrics) -> None:
    ordered = metrics.value("select sum(ord_item_amt_krw) from we_mart.ws_order")
    assert metrics.ask("paid_amount") == metrics.ask("goods_paid_amount") == {(): ordered}


def test_rows_by_hand_are_one_a_session(metrics: Metrics) -> None:
    # The hand-written SQL assumes that a session has the same values on all of its rows of the
    # mart.
    once = metrics.value(f"select count(*) - count(distinct (key_date, sess_id)) from {SESSIONS}")
    assert once == 0


# -- Metrics that are not additive --------------------------------------------------------------


def test_time_of_a_session_is_not_that_of_the_rows_of_the_mart(metrics: Metrics) -> None:
    by = ["user_session__vst_platform"]
    naive = metrics.sql(
        f"select vst_platform, sum(sess_dur) from (select *, {VST_PLATFORM}"
        " from we_mart.ws_sess_daily) as mart group by vst_platform",
        1,
    )
    right = metrics.ask("session_time", by=by)
    assert right.keys() == naive.keys()
    assert all(right[key] < naive[key] for key in right)


@pytest.mark.parametrize("metric", ["accounts", "devices", "payers", "visiting_accounts"])
def test_distinct_counts_of_days_are_more_than_those_of_the_period(
    metrics: Metrics, metric: str
) -> None:
    of_days = metrics.ask(metric, by=["metric_time__day"])
    assert sum(of_days.values()) > metrics.ask(metric)[()]


@pytest.mark.parametrize("metric", ["artist_accounts", "artist_user_sessions"])
def test_counts_of_artists_are_more_than_those_of_all(metrics: Metrics, metric: str) -> None:
    of_artists = metrics.ask(metric, by=["artist_visit__we_art_id"])
    assert sum(of_artists.values()) > metrics.ask(metric)[()]


def test_visitors_of_a_month_are_those_of_its_last_day(metrics: Metrics) -> None:
    of_days = metrics.ask("daily_visitors", by=["metric_time__day"])
    last = date.fromisoformat(LAST_DAY)
    assert metrics.ask("daily_visitors", by=["metric_time__month"]) == {
        (last.replace(day=1),): of_days[(last,)]
    }
    assert metrics.ask("daily_visitors") == {(): of_days[(last,)]}
    assert len(of_days) == 3


def test_visitors_of_kinds_add_up_within_a_day(metrics: Metrics) -> None:
    of_kinds = metrics.ask("daily_visitors", by=["metric_time__day", "daily_visitor__vst_type"])
    for (day,), total in metrics.ask("daily_visitors", by=["metric_time__day"]).items():
        assert sum(value for key, value in of_kinds.items() if key[0] == day) == total


@pytest.mark.parametrize(
    ("metric", "dimension"),
    [
        # The rows of several artists repeat the session.
        ("sessions", "artist_visit__we_art_name"),
        ("session_time", "artist_visit__we_art_name"),
        # Orders have neither column, and a join would multiply them.
        ("paid_amount", "user_session__user_ctry"),
        ("paid_amount", "artist_visit__we_art_name"),
        # The weekly visitors cannot be queried by day.
        ("weekly_visitors", "metric_time__day"),
        ("weekly_visitors", "daily_visitor__vst_type"),
    ],
)
def test_grouping_that_would_repeat_rows_is_refused(
    metrics: Metrics, metric: str, dimension: str
) -> None:
    with pytest.raises(InvalidQueryException, match=dimension):
        metrics.ask(metric, by=[dimension])


def test_counts_that_do_not_add_up_have_no_measure() -> None:
    models = declared("semantic_models")
    summed = {m["expr"] for model in models for m in model["measures"] if m["agg"] == "sum"}
    counts = re.compile(r"\b(cnt_pay_user|cnt_ord|pay_order|pay_user|au|art_cnt)\b")
    assert summed and [expression for expression in summed if counts.search(expression)] == []
    assert [model["name"] for model in models if "entities" in model] == []


# -- The calendar ------------------------------------------------------------------------------


def test_calendar_has_every_day_of_its_variables(metrics: Metrics) -> None:
    variables = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    first = date.fromisoformat(variables["time_spine_first_day"])
    last = date.fromisoformat(variables["time_spine_last_day"])
    found = metrics.sql("select date_day from we_mart.metricflow_time_spine", 1)
    assert found.keys() == {(first + timedelta(days=n),) for n in range((last - first).days + 1)}


def test_metricflow_reads_the_calendar(metrics: Metrics) -> None:
    first, last = datetime(2024, 1, 30), datetime(2024, 2, 2)
    days = metrics.ask(
        by=["metric_time__day"], time_constraint_start=first, time_constraint_end=last
    )
    assert sorted(days) == [(first.date() + timedelta(days=n),) for n in range(4)]
