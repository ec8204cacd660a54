"""Test where columns come from (scripts/column_lineage.py): against the data, for the SQL of
Databricks, and rule by rule.

The data: each column of a source is changed on a day of its own, and the tables of all days are
built with and without the changes. A column of a table that differs on that day must be made of the
changed column, or depend on it.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scripts.column_lineage import ColumnLineage
from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT
from scripts.query_lineage import ROWS, Ref
from tests.site.conftest import Made
from tests.support.warehouse import SOURCES, Warehouse, succeed

DAY = date(2024, 1, 15)
ACCOUNTS = ("s_wemember_id", "we_member_id", "account_id")
ARTISTS = ("ws_art_id", "we_art_id")
# Values that cleaning turns into null. Under another name they would be values.
NO_VALUE = ("", "null", "undefined", "none", "nan", "0", "00000000-0000-0000-0000-000000000000")

# Columns that the SQL compares with a constant or with a column of another source, so that other
# values give other matches.
COMPARED = {
    *(Ref("weplyapi_client_log", column) for column in ("log_dt", "s_device_type", "platform")),
    *(Ref("weplyapi_client_log", column) for column in ("s_wemember_id", "ws_art_id")),
    *(Ref("we_artist", column) for column in ARTISTS),
    Ref("ws_fc_user_history", "we_art_id"),
    Ref("ws_order", "account_id"),
    Ref("wv_sess_daily", "we_member_id"),
}
# Values that stay as they are in the sample, whatever happens to the column that they are made of:
# no goods have two order sheets of one day, every day has visits on all platforms, and all accounts
# with an order have visited.
UNSEEN = {
    (Ref("ws_order", "ord_sheet_number"), Ref("stats_ws_d_ord_shop_integ", "cnt_ord")),
    (
        Ref("weplyapi_client_log", "wv_device_id"),
        Ref("stats_ws_d_ord_shop_integ_summary", "platform"),
    ),
    (Ref("ws_order", "account_id"), Ref("stats_ws_d_ord_shop_integ_summary", "au")),
}


class Change(NamedTuple):
    """A change of one column of a source. `turn`: each row gets the value of another row. `rename`:
    each value becomes another one, in the same order."""

    column: Ref
    kind: str


# The day names the partition, so its columns cannot be changed within it.
CHANGES = [
    Change(Ref(relation.partition(".")[2], column), kind)
    for relation, columns in SOURCES.items()
    for column, kind in product(columns, ("turn", "rename"))
    if column not in ("part_date", "key_date")
]
Rows = list[dict[str, str | None]]


@pytest.fixture(scope="module")
def lineage(made: Made) -> ColumnLineage:
    return ColumnLineage(made.manifest)


# -- Against the data -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> dict[Change, dict[Ref, bool]]:
    """For each change, the columns of all tables, and whether their values on its day differ."""
    before, after = (
        contents(build(tmp_path_factory.mktemp(name), with_changes=name == "after"))
        for name in ("before", "after")
    )
    found: dict[Change, dict[Ref, bool]] = {change: {} for change in CHANGES}
    for (table, column), values in before.items():
        for number, change in enumerate(CHANGES):
            day = later(DAY, number)
            if table == "stats_we_w_shop_integ_visit":
                day -= timedelta(day.weekday())
            assert values[str(day)], (table, day)
            differs = values[str(day)] != after[table, column][str(day)]
            found[change][Ref(table, column)] = differs
    return found


def build(folder: Path, with_changes: bool) -> Warehouse:
    """The sample's day, as often as there are changes, each a week later than the previous one and
    with accounts and artists of its own."""
    sources: dict[str, Rows] = defaultdict(list)
    sample = {relation: rows_of_the_day(relation) for relation in SOURCES}
    for number, change in enumerate(CHANGES):
        for relation, rows in sample.items():
            types = SOURCES[relation]
            rows = [{c: moved(c, types[c], v, number) for c, v in row.items()} for row in rows]
            if with_changes and relation.endswith(f".{change.column.table}"):
                change_rows(rows, change, types[change.column.column])
            sources[relation] += rows
    warehouse = Warehouse(folder)
    warehouse.load(*(sources[relation] for relation in SOURCES))
    days = [str(later(DAY, number)) for number in range(len(CHANGES))]
    # These compare a day with other days or with an earlier build.
    models = ("run", "--exclude", "ws_sess_daily_restatement", "ws_sess_daily_anomaly")
    succeed(warehouse.dbt(*models, "--vars", json.dumps({"part_dates": days})))
    return warehouse


def rows_of_the_day(relation: str) -> Rows:
    file = ROOT / "seeds" / f"{relation.replace('.', '/')}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [{c: v or None for c, v in row.items()} for row in csv.DictReader(lines)]
    return [row for row in rows if row.get("part_date", str(DAY)) == str(DAY)]


def later(day: Any, number: int) -> Any:
    return day + timedelta(weeks=number)


def moved(column: str, kind: str, value: str | None, number: int) -> str | None:
    """The value on the day with this number."""
    if value is None:
        return None
    if column in ACCOUNTS and value.startswith("wm"):
        return f"{value}.{number:03}"
    if column in ARTISTS:
        return str(int(value) + 1000 * number)
    if kind == "date" or column == "part_date":
        return str(later(date.fromisoformat(value), number))
    if kind == "timestamp":
        return str(later(datetime.fromisoformat(value), number))
    return value


def change_rows(rows: Rows, change: Change, kind: str) -> None:
    column = change.column.column
    values = [row[column] for row in rows]
    third = len(values) // 3
    turned = values[third:] + values[:third]
    for row, value in zip(rows, turned, strict=True):
        row[column] = value if change.kind == "turn" else renamed(row[column], kind)


def renamed(value: str | None, kind: str) -> str | None:
    """Another value, so that all values keep their order and their spaces."""
    if value is None or value.strip().lower() in NO_VALUE:
        return value
    if kind in ("int", "bigint"):
        return str(2 * int(value))
    if kind == "date":
        return str(date.fromisoformat(value) + timedelta(days=1))
    if kind == "timestamp":
        return str(datetime.fromisoformat(value) + timedelta(seconds=1))
    return re.sub(r"(\S)(\s*)$", r"\1~\2", value)


def contents(warehouse: Warehouse) -> dict[tuple[str, str], dict[str, Counter[Any]]]:
    """By table and column, the values of each day, each with the number of its rows."""
    found: dict[tuple[str, str], dict[str, Counter[Any]]] = {}
    hidden = {*SOURCES, "we_mart.ws_sess_daily_build", "we_mart.metricflow_time_spine"}
    for table in warehouse.tables() - hidden:
        for row in warehouse.rows(table):
            day = str(row.get("part_date", row["key_date"] if "key_date" in row else None))
            for column, value in row.items():
                name = (table.partition(".")[2], column)
                found.setdefault(name, defaultdict(Counter))[day][value] += 1
    return found


def pairs(changed: dict[Change, dict[Ref, bool]], kind: str) -> Iterator[tuple[Ref, Ref, bool]]:
    """Each column of a source, each column of a table, and whether it has changed."""
    for change, columns in changed.items():
        if change.kind == kind:
            for column, differs in columns.items():
                yield change.column, column, differs


def test_no_column_changes_that_does_not_depend_on_the_changed_column(
    lineage: ColumnLineage, changed: dict[Change, dict[Ref, bool]]
) -> None:
    unnamed = [
        (source, column)
        for kind in ("turn", "rename")
        for source, column, differs in pairs(changed, kind)
        if differs and source not in lineage.depends_on(*column)
    ]
    assert unnamed == []


def test_other_values_change_only_columns_that_are_made_of_them(
    lineage: ColumnLineage, changed: dict[Change, dict[Ref, bool]]
) -> None:
    unnamed = [
        (source, column)
        for source, column, differs in pairs(changed, "rename")
        if differs and source not in COMPARED and source not in lineage.made_of(*column)
    ]
    assert unnamed == []


def test_column_changes_with_each_column_that_it_is_made_of(
    lineage: ColumnLineage, changed: dict[Change, dict[Ref, bool]]
) -> None:
    seen = {
        (s, c) for kind in ("turn", "rename") for s, c, differs in pairs(changed, kind) if differs
    }
    named = {(s, c) for s, c, _ in pairs(changed, "turn") if s in lineage.made_of(*c)}
    assert len(named) > 200
    assert named - seen == UNSEEN


# -- For Databricks ---------------------------------------------------------------------------


# dbt-databricks uses what Pydantic deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_sql_of_databricks_has_the_same_lineage(lineage: ColumnLineage, tmp_path: Path) -> None:
    connection = ("DATABRICKS_HOST", "DATABRICKS_HTTP_PATH", "DATABRICKS_CATALOG")
    login = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
    environment = dict.fromkeys((*connection, *login), "none") | {
        "DBT_TARGET": "prod",
        "DBT_PROFILES_DIR": str(tmp_path),
        "DBT_TARGET_PATH": str(tmp_path),
    }
    (tmp_path / "profiles.yml").write_text((ROOT / "profiles.yml.example").read_text())
    # The restatement asks the warehouse which tables there are, so it is not compiled without one.
    left_out = "int_table_days_compared"
    command = ("compile", "--no-introspect", "--no-populate-cache", "--exclude", f"{left_out}+")
    selection = ("--select", "resource_type:model", "resource_type:snapshot")
    succeed(ParsedProject(environment)(*command, *selection))
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    databricks = ColumnLineage(manifest)
    assert databricks.dialect == "databricks"
    assert databricks.problems.keys() == {left_out, "ws_sess_daily_restatement"}
    compared = 0
    for name in lineage.columns.keys() - databricks.problems.keys():
        assert lineage.columns[name].keys() == databricks.columns[name].keys(), name
        for column in lineage.columns[name]:
            ref = Ref(name, column)
            assert lineage.made_of(*ref) == databricks.made_of(*ref), ref
            assert lineage.depends_on(*ref) == databricks.depends_on(*ref), ref
            compared += 1
    assert compared > 400


# -- Rule by rule -----------------------------------------------------------------------------


def test_every_model_is_followed(lineage: ColumnLineage) -> None:
    assert lineage.problems == {}
    sources = {relation.partition(".")[2] for relation in SOURCES}
    assert lineage.ends == sources | {"ws_sess_daily_build", "metricflow_time_spine"}


def test_steps_are_the_models_that_compute_a_column(lineage: ColumnLineage) -> None:
    assert lineage.made_of("ws_sess_daily", "account_id") == [
        Ref("weplyapi_client_log", "s_wemember_id")
    ]
    assert lineage.steps("ws_sess_daily", "account_id") == [
        Ref("stg_service_log__weplyapi_client_log", "s_wemember_id"),
        Ref("int_events_sessions_described", "account_fill"),
    ]
    decided_by = lineage.decided_by("int_events_sessions_described", "account_fill")
    assert Ref("int_events_sessions_numbered", "sess_seq") in decided_by
    # These stand for the rows of three sources.
    assert lineage.made_of("stats_we_d_integ_visit", "is_ord") == [
        Ref("weplyapi_client_log", ROWS),
        Ref("ws_order", ROWS),
        Ref("wv_sess_daily", ROWS),
    ]


def lineage_of(sql: str, **others: str) -> ColumnLineage:
    """The lineage of models, of which `model` has this SQL. `t` and `u` are sources."""
    nodes = [
        {"name": name, "resource_type": "model", "compiled_code": text, "alias": name}
        for name, text in {**others, "model": sql}.items()
    ]
    sources = [{"name": name, "resource_type": "source", "identifier": name} for name in "tu"]
    common = {
        "schema": "s",
        "columns": dict.fromkeys("abcd"),
        "config": {"materialized": "table"},
    }
    return ColumnLineage(
        {
            "metadata": {"adapter_type": "duckdb"},
            "nodes": {node["name"]: common | node for node in nodes},
            "sources": {source["name"]: common | source for source in sources},
        }
    )


BRANCHES = "with r as (select 'x' as k, a, 0 as f from s.t union all select 'y', b, 1 from s.u) "


@pytest.mark.parametrize(
    ("sql", "made_of", "decided_by"),
    [
        ("select coalesce(a, b) as v from s.t where c = 1", "t.a t.b", ""),
        ("select case when c = 1 then a else b end as v from s.t", "t.a t.b", "t.c"),
        ("select case c when 1 then a end as v from s.t", "t.a", "t.c"),
        ("select case when c = 1 then 'x' else 'y' end as v from s.t", "t.c", ""),
        ("select nullif(a, b) as v from s.t", "t.a", "t.b"),
        ("select 'x' as v from s.t", "", ""),
        ("select sum(a) over (partition by b order by c) as v from s.t", "t.a", "t.b t.c"),
        ("select sum(a) over (w order by d) as v from s.t window w as (partition by b)", "t.a",
         "t.b t.d"),
        ("select row_number() over (order by a) as v from s.t", "", "t.a"),
        ("select sum(a) filter (where b = 1) as v from s.t", "t.a", "t.b"),
        ("select count(*) as v from s.t left join s.u on t.a = u.a", "t.*", ""),
        ("with g as (select a, b from s.t group by a, b) select count(*) as v from g group by b",
         "t.a", ""),
        ("select count(*) as v from s.t cross join s.u", "t.* u.*", ""),
        ("with g as (select distinct a from s.t) select count(*) as v from g", "t.*", ""),
        ("select a + 1 as w, w + b as v from s.t", "t.a t.b", ""),
        ("select v from (select a, b from s.t) as r (u, v)", "t.b", ""),
        ("select * replace (a as b), b as v from s.t", "t.b", ""),
        ("select (select max(b) from s.u where c = 1) as v from s.t", "u.b", "u.* u.c"),
        (BRANCHES + "select a as v from r", "t.a u.b", ""),
        (BRANCHES + "select a as v from r where k = 'y'", "u.b", ""),
        (BRANCHES + "select a as v from r where k in ('x', 'z')", "t.a", ""),
        (BRANCHES + "select case when k = 'x' then a end as v from r", "t.a", ""),
        (BRANCHES + "select max(case when k = 'x' then a end) over () as v from r where k = 'y'",
         "", ""),
        (BRANCHES + ", w as (select *, max(a) over () as m from r) select m as v from w"
         " where k = 'y'", "t.a u.b", ""),
        (BRANCHES + "select max(f) as v from r", "t.* u.*", ""),
        (BRANCHES.replace("s.u", "s.t") + "select max(f) as v from r", "", ""),
    ],
)  # fmt: skip
def test_value_is_made_of_what_it_is_computed_from(sql: str, made_of: str, decided_by: str) -> None:
    lineage = lineage_of(sql)
    assert lineage.problems == {}
    assert " ".join(map(".".join, lineage.made_of("model", "v"))) == made_of
    assert " ".join(map(".".join, lineage.decided_by("model", "v"))) == decided_by


@pytest.mark.parametrize(
    "sql",
    [
        "select a as v from s.t where b = 1",
        "select max(a) as v from s.t having max(b) = 1",
        "select a as v from s.t qualify row_number() over (order by b) = 1",
        "select t.a as v from s.t left join s.u on t.b = u.a",
        "select distinct a as v, b from s.t",
        "select sum(a) as v from s.t group by b",
        "select a as v, b from s.t union select a, b from s.t",
        "select a as v from s.t where a in (select c from s.u where u.b = 1)",
        "with r as (select a from s.t where b = 1) select u.a as v from s.u cross join r",
    ],
)
def test_value_depends_on_what_decides_the_rows(sql: str) -> None:
    lineage = lineage_of(f"select v from ({sql}) as r")
    assert lineage.problems == {}
    read = {ref.column for ref in lineage.depends_on("model", "v")}
    assert {"a", "b"} <= read and "d" not in read


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("select a from s.t except select a from s.u", "Its except is not known here"),
        ("select a from s.t where exists (select 1 from s.u where u.b = t.c)", "Column t.c is in"),
        ("select a from s.t join s.u using (a)", "One of its joins is not known here"),
        ("select a from s.other", "s.other is neither a model nor a source"),
        ("select e from s.t", "Column e is in none of t"),
        ("select from from", "Expected"),
        ("", "It is not compiled"),
    ],
)
def test_model_that_cannot_be_followed_is_an_end(sql: str, named: str) -> None:
    lineage = lineage_of("select a as v from s.other_model", other_model=sql)
    assert named in lineage.problems["other_model"]
    assert lineage.made_of("model", "v") == [Ref("other_model", "a")]
    assert lineage.steps("model", "v") == []


def test_what_a_column_is_used_for() -> None:
    lineage = lineage_of(
        "select a as v, row_number() over (order by d) as n from s.joined",
        joined="select t.a, t.d from s.t join s.u on t.b = u.b",
    )
    assert lineage.used_by("t", "a") == [Ref("joined", "a"), Ref("model", "v")]
    assert lineage.used_by("t", "b") == lineage.used_by("t", "c") == []
    assert lineage.decides("t", "b") == ["joined"]
    assert lineage.decides("t", "d") == ["model"]
    assert lineage.decides("t", "a") == lineage.decides("t", "c") == []
