"""Check DuckDB's plans of queries for one day: they must not scan all days.

The cost of a plan is only visible on a large log, but its steps are visible on a small one.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from tests.support.spec_oracle_builds import MADE_FROM_MART, WEEKLY
from tests.support.warehouse import LOCAL, LOG, MART, NO_FILES, Warehouse, succeed

DAY = "2024-01-16"
WEEK = ["2024-01-15", "2024-01-21"]  # the first and last day of its week
ORDERS, WV_SESSIONS = "we_mart.ws_order", "we_mart.wv_sess_daily"
WEEKLY_TABLE = f"we_mart.{WEEKLY}"
DAILY_TABLES = [f"we_mart.{table}" for table in MADE_FROM_MART if table != WEEKLY]

Step = dict[str, Any]  # a node of a plan: `name`, `children`, `extra_info`


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All tables built for DAY, with the statements of dbt in `logs/dbt.log`."""
    warehouse = Warehouse(tmp_path_factory.mktemp("plan"))
    # Days of other weeks are needed, because DuckDB drops the filter if all rows are of one day. It
    # drops the scan if every row is older than the days of a query.
    lines, orders, wv_sessions = (
        [{"part_date": day} | columns for day in ("2023-12-01", DAY, "2999-12-31")]
        for columns in (
            {"log_dt": f"{DAY} 12:00:00", "user_device_id": "d", "s_wemember_id": "m"},
            {"ord_dt": f"{DAY} 12:00:00", "account_id": "m", "ord_item_amt_krw": 1},
            {"key_date": DAY, "we_member_id": "m"},
        )
    )
    warehouse.load(lines, [], [], orders, wv_sessions)
    warehouse.dbt_here = copy.copy(LOCAL)
    warehouse.dbt_here.flags = (*LOCAL.flags[: -len(NO_FILES)], "--log-level-file", "debug")
    succeed(warehouse.dbt("run", "--vars", f"part_date: {DAY}"))
    warehouse.execute(
        *(
            f"insert into {table} select * replace ('2024-03-04' as part_date) from {table}"
            for table in (MART, *DAILY_TABLES, WEEKLY_TABLE)
        )
    )
    return warehouse


def plan(warehouse: Warehouse, query: str) -> Step:
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        ((_, text),) = connection.execute(f"explain (format json) {query}").fetchall()
    return {"name": "QUERY", "children": json.loads(text), "extra_info": {}}


def scans(step: Step, above: tuple[Step, ...] = ()) -> Iterator[tuple[str, Step, tuple[Step, ...]]]:
    """The scans of each table (schema.name), with the steps above them, nearest first."""
    if "SCAN" in step["name"] and "Table" in step["extra_info"]:
        yield step["extra_info"]["Table"].split(".", 1)[1], step, above
    for child in step["children"]:
        yield from scans(child, (step, *above))


def sent(warehouse: Warehouse, node: str, text: str) -> list[str]:
    """The statements of a model or source that contain this text."""
    log = (warehouse.folder / "logs" / "dbt.log").read_text(encoding="utf-8")
    statements = re.findall(
        rf"On \w+\.ws_shop\.{re.escape(node)}: (.*?)(?=\n[0-9:.]+ \[)", log, flags=re.DOTALL
    )
    return [statement for statement in statements if text in statement]


# -- The view that tells which days are not current --------------------------------------------


def test_filter_of_the_restatement_is_one_of_the_scans_of_log_mart_and_daily_tables(
    warehouse: Warehouse,
) -> None:
    query = f"select * from we_mart.ws_sess_daily_restatement where part_date = '{DAY}'"
    found = list(scans(plan(warehouse, query)))
    for table in (LOG, MART, *DAILY_TABLES):
        filters = [step["extra_info"].get("Filters") for name, step, _ in found if name == table]
        assert filters == [f"(part_date = '{DAY}')"], table


def test_list_of_days_of_the_restatement_stands_on_the_scans_of_log_and_mart(
    warehouse: Warehouse,
) -> None:
    days = f"'{DAY}', '2024-03-01'"
    query = f"select * from we_mart.ws_sess_daily_restatement where part_date in ({days})"
    found = list(scans(plan(warehouse, query)))
    for table in (LOG, MART):
        (filters,) = [step["extra_info"].get("Filters") for name, step, _ in found if name == table]
        assert f"part_date IN ({days})" in filters, table


def test_filter_of_the_restatement_stands_on_the_scans_of_orders_and_weverse_sessions(
    warehouse: Warehouse,
) -> None:
    # The weekly table needs the whole week, so the filter is an expression of part_date. It must be
    # the first step after the scan, below every aggregation and join.
    query = f"select * from we_mart.ws_sess_daily_restatement where part_date = '{DAY}'"
    found = list(scans(plan(warehouse, query)))
    for table in (ORDERS, WV_SESSIONS):
        (above,) = [above for name, _, above in found if name == table]
        step = next(step for step in above if step["name"] != "PROJECTION")
        assert step["name"] == "FILTER", table
        condition = step["extra_info"]["Expression"]
        assert condition.count(f"'{DAY}'") == 8, condition  # the day, or one of seven of the week


def test_restatement_reads_two_columns_of_the_weekly_table_once(warehouse: Warehouse) -> None:
    # Its Monday counts for seven days. The filter is not pushed down through the join with them, so
    # the whole table is read, which has few rows per week.
    query = f"select * from we_mart.ws_sess_daily_restatement where part_date = '{DAY}'"
    (scan,) = [step for name, step, _ in scans(plan(warehouse, query)) if name == WEEKLY_TABLE]
    assert scan["extra_info"]["Projections"] == ["part_date", "run_timestamp"]


# -- The query of the mart ----------------------------------------------------------------------


def test_mart_cleans_no_line_in_a_filter(warehouse: Warehouse) -> None:
    # A filter that DuckDB moves down to the scan cleans the ids for itself, which took an eighth of
    # the query. The filter by reject_reason stays above the cleaning.
    done = warehouse.dbt("compile", "--select", "ws_sess_daily", "--vars", f"part_date: {DAY}")
    query = plan(warehouse, done.result.results[0].node.compiled_code)
    of_log = [(scan, above) for name, scan, above in scans(query) if name == LOG]
    assert len(of_log) == 2
    for scan, above in of_log:
        assert scan["extra_info"]["Filters"] == f"(part_date = '{DAY}')"
        filters = [str(step["extra_info"]) for step in above if step["name"] == "FILTER"]
        assert any("missing_device" in condition for condition in filters)
        assert not [condition for condition in filters if "trim" in condition]


# Days that no rows lie between, before and after which there are others.
LAST = "2024-02-28"
SEVERAL_DAYS = {
    "range": {"part_date": DAY, "part_date_to": LAST},
    "list": {"part_dates": [DAY, LAST]},
    "long list": {"part_dates": [DAY, *(f"2024-02-{day:02}" for day in range(2, 30, 2))]},
}


@pytest.mark.parametrize("days", SEVERAL_DAYS.values(), ids=SEVERAL_DAYS)
def test_filter_of_several_days_is_one_of_both_scans_of_the_log(
    warehouse: Warehouse, days: dict[str, Any]
) -> None:
    # DuckDB hands equality and bounds to the other side of a join, but no list of values, so the
    # scan of the ids has only the bounds.
    models = ("ws_sess_daily", "ws_sess_daily_audit")
    done = warehouse.dbt(
        "compile", "--select", *models, "--exclude", "test_type:data", "--vars", json.dumps(days)
    )
    nodes = [result.node for result in done.result.results]
    queries = {node.name: node.compiled_code for node in nodes if node.name in models}
    for model, of_log in zip(models, (2, 1), strict=True):
        found = [step for name, step, _ in scans(plan(warehouse, queries[model])) if name == LOG]
        filters = [step["extra_info"].get("Filters") or "" for step in found]
        assert len(filters) == of_log
        for text in filters:
            assert f"part_date >= '{DAY}'" in text and f"part_date <= '{LAST}'" in text, filters
        of_list = [text for text in filters if "part_date IN (" in text]
        assert len(of_list) == (1 if "part_dates" in days else 0), filters


# -- How old the log is ------------------------------------------------------------------------


def test_freshness_reads_the_last_days_of_the_log_alone(warehouse: Warehouse) -> None:
    done = warehouse.dbt("source", "freshness", "--select", "source:service_log")
    result = done.result.results[-1]  # after those of the hooks
    (query,) = sent(warehouse, f"service_log.{result.node.name}", "max_loaded_at")
    ((_, scan, _),) = scans(plan(warehouse, query))
    first = result.snapshotted_at.date() - timedelta(days=5)
    assert scan["extra_info"]["Filters"] == f"(part_date >= '{first}')"


# -- Queries of a run before it writes ----------------------------------------------------------


def test_run_reads_the_checksum_of_its_day_of_the_log_alone(warehouse: Warehouse) -> None:
    (query,) = sent(warehouse, "ws_sess_daily", "as log_days")
    found = list(scans(plan(warehouse, query)))
    assert [(name, step["extra_info"]["Filters"]) for name, step, _ in found] == [
        (LOG, f"(part_date = '{DAY}')")
    ]


@pytest.mark.parametrize(
    ("model", "days"),
    [("stats_we_d_integ_visit", [DAY]), ("stats_we_w_shop_integ_visit", WEEK)],
)
def test_run_reads_the_checksums_of_its_days_of_orders_and_weverse_sessions_alone(
    warehouse: Warehouse, model: str, days: list[str]
) -> None:
    (query,) = sent(warehouse, model, "as source_model")
    assert query.count(f"'{days[0]}'") == 2
    found = list(scans(plan(warehouse, query)))
    assert sorted(name for name, _, _ in found) == [ORDERS, WV_SESSIONS]
    for _, step, _ in found:
        filters = step["extra_info"]["Filters"]
        assert set(re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", filters)) == set(days), filters
