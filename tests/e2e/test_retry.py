"""`dbt retry` is held back by what holds back the command that it repeats.

dbt does not tell a retry which nodes it runs before it runs them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.changed_columns import rename
from tests.support.changed_project import copied_project
from tests.support.warehouse import LOG, MART, NO_FILES, Warehouse, succeed

DAY = "2024-01-15"
ORDERS, PAYMENTS = "we_mart.ws_order", "we_mart.ws_platform_daily"
LINES = [
    {"part_date": DAY, "log_dt": f"{DAY} 12:00:00", "user_device_id": "d", "s_wemember_id": "m"},
]
# Two of these are more than a sum of payments can hold.
ORDER = {"part_date": DAY, "account_id": "m", "ord_item_amt_krw": 9 * 10**18}


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A run of the mart and the payments of a day that failed after the mart. The sources hold the
    user's own rows, not the sample's."""
    warehouse = Warehouse(tmp_path_factory.mktemp("interrupted"))
    warehouse.load(LINES, orders=[ORDER | {"ord_sheet_number": sheet} for sheet in "ab"])
    with_results = warehouse.dbt_here.with_flags(*NO_FILES[1:])
    selected = ("run", "--select", "ws_sess_daily", "ws_platform_daily")
    done = with_results(*selected, "--vars", f"part_date: {DAY}", **warehouse.environment())
    assert done.returncode == 1 and "out of range" in done.stdout, done.stdout
    assert warehouse.value(f"select count(*) from {MART}") == 1
    warehouse.execute(f"update {ORDERS} set ord_item_amt_krw = 1")
    return warehouse


@pytest.fixture
def warehouse(interrupted: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy of it for one retry, after the orders have been corrected."""
    warehouse = Warehouse(tmp_path, copy_of=interrupted)
    shutil.copytree(interrupted.folder / "target", tmp_path / "target")
    return warehouse


def refused(warehouse: Warehouse, **environment: str) -> str:
    held = {table: warehouse.rows(table) for table in warehouse.tables()}
    done = warehouse.process("retry", **environment)
    assert done.returncode != 0
    assert {table: warehouse.rows(table) for table in warehouse.tables()} == held
    return done.stdout


def test_retry_builds_what_is_left_of_the_day_of_the_run(warehouse: Warehouse) -> None:
    done = succeed(warehouse.process("retry"))
    of_days = f"select part_date, sum(pay_krw) from {PAYMENTS} group by part_date"
    assert warehouse.answer(of_days) == [(DAY, 2)]
    assert "model we_mart.ws_sess_daily " not in done.stdout


def test_source_of_another_type_stops_the_retry(warehouse: Warehouse) -> None:
    warehouse.execute(f"alter table {LOG} alter os type int")
    said = refused(warehouse)
    assert f"- {LOG}, column os: expected string, found INTEGER." in said
    assert "Nothing was written." in said


def test_change_of_columns_stops_the_retry(warehouse: Warehouse, tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    rename(project)
    said = refused(warehouse, DBT_PROJECT_DIR=str(project))
    assert f"- {MART}: column os_name is new and not at the end" in said


def test_seed_over_other_rows_stops_the_retry(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    # A seed cannot replace a view.
    warehouse.execute(
        "drop table we_mart.we_artist",
        "create view we_mart.we_artist as select 1 as id where false",
    )
    with_results = warehouse.dbt_here.with_flags(*NO_FILES[1:])
    seed = ("seed", "--select", "we_artist")
    assert with_results(*seed, **warehouse.environment()).returncode == 1
    columns = "(ws_art_id bigint, we_art_id int, we_art_name string)"
    warehouse.execute(
        "drop view we_mart.we_artist",
        f"create table we_mart.we_artist {columns}",
        "insert into we_mart.we_artist values (1, 2, 'own')",
    )
    assert "- we_mart.we_artist: 1\n" in refused(warehouse)
