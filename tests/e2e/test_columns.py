"""New columns of a model are added to its table. Every other change of columns is refused.

Each test uses a changed copy of the project on tables that hold several days.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.adversarial_logs import random_world
from tests.support.changed_columns import (
    DAILY_SQL,
    MART_SQL,
    MART_YML,
    NEW_COLUMN,
    NEW_IN_QUERY,
    VISITS_YML,
    Change,
    add_to_daily,
    add_to_mart,
    append_undeclared,
    cast_undeclared,
    declare,
    rename,
)
from tests.support.changed_project import copied_project, edit
from tests.support.warehouse import MART, Row, Warehouse, succeed

DAYS = ["2024-01-14", "2024-01-15", "2024-01-16"]
WORLD = random_world(15, DAYS)
V2 = "we_mart.ws_sess_daily_v2"
DAILY = "we_mart.stats_we_d_integ_visit"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """All tables with all days, before any column is changed."""
    warehouse = Warehouse(tmp_path_factory.mktemp("built"))
    warehouse.load(WORLD.lines, WORLD.artists, WORLD.memberships)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1]))
    return warehouse


@pytest.fixture
def changed(built: Warehouse, tmp_path: Path) -> Callable[[Change], Warehouse]:
    """A copy of that warehouse with a changed project."""

    def with_change(change: Change) -> Warehouse:
        warehouse = Warehouse(tmp_path, copy_of=built)
        project = copied_project(tmp_path)
        change(project)
        warehouse.use_project(project)
        return warehouse

    return with_change


def columns(warehouse: Warehouse, table: str) -> list[str]:
    return [name for name, *_ in warehouse.answer(f"describe {table}")]


def without(rows: list[Row], *names: str) -> list[Row]:
    return [{k: v for k, v in row.items() if k not in names} for row in rows]


def test_view_of_all_of_the_mart_has_its_columns_and_two(built: Warehouse) -> None:
    assert columns(built, V2) == [*columns(built, MART), "is_wv_app", "is_ws_app"]


def test_columns_at_the_end_are_added_and_are_null_on_other_days(
    built: Warehouse, changed: Callable[[Change], Warehouse]
) -> None:
    def change(project: Path) -> None:
        add_to_mart(project)
        add_to_daily(project)

    warehouse = changed(change)

    # The mart is built alone first. The existing views can still be queried. (DuckDB evaluates the
    # SQL of a view again, so the view with all columns shows the new one.)
    warehouse.run(DAYS[1])
    assert columns(warehouse, MART) == [*columns(built, MART), "lang_upper"]
    for table in sorted(built.tables() - {MART, "we_mart.ws_sess_daily_restatement"}):
        assert without(warehouse.rows(table), "lang_upper") == built.rows(table)

    succeed(warehouse.build_days(DAYS[1], DAYS[1], "ws_sess_daily+"))
    assert columns(warehouse, V2) == [*columns(warehouse, MART), "is_wv_app", "is_ws_app"]
    assert columns(warehouse, DAILY) == [*columns(built, DAILY), "kinds"]
    for table, name in ((MART, "lang_upper"), (V2, "lang_upper"), (DAILY, "kinds")):
        rows = warehouse.rows(table)
        assert without(rows, name) == built.rows(table)
        filled = {row["part_date"] for row in rows if row[name] is not None}
        assert filled == {DAYS[1]}
    of_day = [row for row in warehouse.rows() if row["part_date"] == DAYS[1]]
    assert all(row["lang_upper"] == ((row["user_lang"] or "").upper() or None) for row in of_day)

    # The same run again, when the columns exist.
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], "ws_sess_daily+"))
    assert without(warehouse.rows(), "lang_upper") == built.rows()
    days = {row["part_date"] for row in warehouse.rows() if row["lang_upper"] is not None}
    assert days == set(DAYS)


# -- What is refused --------------------------------------------------------------------------


def drop(project: Path) -> None:
    edit(project / MART_SQL, ("        os,\n", ""))
    declare(project, MART_YML, "ws_sess_daily", "os", lambda _: "")


def retype(project: Path) -> None:
    edit(project / MART_SQL, ("        is_wv,\n", "        cast(is_wv as bigint) as is_wv,\n"))
    new = ("data_type: int", "data_type: bigint")
    declare(project, MART_YML, "ws_sess_daily", "is_wv", lambda declared: declared.replace(*new))


def add_in_the_middle(project: Path) -> None:
    edit(project / MART_SQL, NEW_IN_QUERY)
    declare(project, MART_YML, "ws_sess_daily", "os", lambda declared: NEW_COLUMN + declared)


def add_not_null(project: Path) -> None:
    edit(project / MART_SQL, NEW_IN_QUERY)
    new = NEW_COLUMN + "        constraints:\n          - type: not_null\n"
    declare(project, MART_YML, "ws_sess_daily", "is_fc", lambda declared: declared + new)


def swap(project: Path) -> None:
    moved: list[str] = []
    declare(project, MART_YML, "ws_sess_daily", "os", lambda declared: moved.append(declared) or "")
    declare(project, MART_YML, "ws_sess_daily", "app_ver", lambda declared: declared + moved[0])


def rename_downstream(project: Path) -> None:
    text = (project / DAILY_SQL).read_text(encoding="utf-8")
    (project / DAILY_SQL).write_text(text.replace("cnt_user", "users"), encoding="utf-8")
    new = ("name: cnt_user\n", "name: users\n")
    of_model = "stats_we_d_integ_visit"
    declare(project, VISITS_YML, of_model, "cnt_user", lambda declared: declared.replace(*new))


REFUSED: dict[str, tuple[Change, list[str]]] = {
    "dropped": (drop, [f"{MART}: column os (VARCHAR) is not in the model any more"]),
    "renamed": (
        rename,
        [
            f"{MART}: column os (VARCHAR) is not in the model any more",
            f"{MART}: column os_name is new and not at the end",
        ],
    ),
    "retyped": (retype, [f"{MART}: column is_wv is INTEGER in the table and bigint in the model"]),
    "in the middle": (add_in_the_middle, [f"{MART}: column lang_upper is new and not at the end"]),
    "not null": (add_not_null, [f"{MART}: column lang_upper is new and not_null"]),
    "in another order": (swap, [f"{MART}: its columns are in the order key_date, "]),
    "downstream": (
        rename_downstream,
        [
            f"{DAILY}: column cnt_user (BIGINT) is not in the model any more",
            f"{DAILY}: column users is new and not at the end",
        ],
    ),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_every_other_change_stops_the_run_before_it_writes(
    built: Warehouse, changed: Callable[[Change], Warehouse], change: Change, said: list[str]
) -> None:
    warehouse = changed(change)
    held = warehouse.answer(f"select * from {MART} order by all")
    done: Any = warehouse.build_days(DAYS[1], DAYS[1])
    assert done.returncode != 0
    assert "Nothing was written." in done.stdout and "at the end" in done.stdout
    changes = [line.strip()[2:] for line in done.stdout.splitlines() if line.startswith("  - ")]
    # dbt prints the message twice.
    changes = list(dict.fromkeys(changes))
    assert len(changes) == len(said)
    assert all(found.startswith(start) for found, start in zip(changes, said))
    # Includes run_timestamp and every other table.
    assert warehouse.answer(f"select * from {MART} order by all") == held
    for table in built.tables():
        assert warehouse.rows(table) == built.rows(table)


BROKEN: dict[str, tuple[Change, str]] = {
    "a column more": (append_undeclared, "lang_upper"),
    "another type": (cast_undeclared, "os"),
}


@pytest.mark.parametrize(("change", "column"), BROKEN.values(), ids=BROKEN.keys())
def test_query_that_breaks_its_contract_stops_the_run_before_it_writes(
    built: Warehouse, changed: Callable[[Change], Warehouse], change: Change, column: str
) -> None:
    warehouse = changed(change)
    done = warehouse.try_run(part_date=DAYS[1])
    assert done.returncode != 0
    assert "This model has an enforced contract that failed." in done.stdout
    assert f"| {column} " in done.stdout
    for table in built.tables():
        of_all = f"select * from {table} order by all"
        assert warehouse.answer(of_all) == built.answer(of_all)
