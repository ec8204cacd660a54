"""A change that is tried before it is merged, with the commands of docs/operating.md.

The target is a database of one's own. The sources are those of production, and so is the manifest
that says what has changed. Where Databricks has another catalog, DuckDB attaches production's file,
for reading alone.
"""

from __future__ import annotations

import json
from copy import copy
from pathlib import Path

import yaml

from scripts.parsed_project import ParsedProject
from tests.support.changed_project import copied_project, edit
from tests.support.random_sources import random_sources
from tests.support.warehouse import MART, NO_FILES, Warehouse, of_days, succeed

DAYS = SUNDAY, MONDAY = ["2024-01-14", "2024-01-15"]
PLATFORMS = "we_mart.ws_platform_daily"


def production(folder: Path) -> Warehouse:
    """All tables of both days."""
    folder.mkdir()
    warehouse = Warehouse(folder)
    warehouse.load(*random_sources(11, DAYS))
    succeed(warehouse.build_days(*DAYS))
    return warehouse


def own_database(folder: Path, production: Warehouse) -> Warehouse:
    """An empty one, and a profile whose target `dev` sees production's beside it."""
    folder.mkdir()
    (folder / "profiles").mkdir()
    attached = {"path": str(production.path), "alias": "ws_shop", "read_only": True}
    dev = {"type": "duckdb", "path": str(folder / "dev.duckdb"), "schema": "we_mart"}
    dev |= {"settings": {"TimeZone": "UTC"}, "attach": [attached]}
    profile = {"ws_shop": {"target": "dev", "outputs": {"dev": dev}}}
    (folder / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    warehouse = copy(production)
    warehouse.folder, warehouse.path = folder, folder / "dev.duckdb"
    return warehouse


def test_change_is_built_with_what_hangs_on_it_and_nothing_else(tmp_path: Path) -> None:
    merged = production(tmp_path / "production")
    ParsedProject({"DBT_TARGET": "local"})("parse", **merged.environment())
    held = merged.path.read_bytes()

    dev = own_database(tmp_path / "dev", merged)
    project = copied_project(tmp_path)
    changed = project / "models" / "marts" / "visits" / "ws_platform_daily.sql"
    edit(changed, ("sum(pay_krw) as pay_krw", "2 * sum(pay_krw) as pay_krw"))
    dev.dbt_here = ParsedProject({"DBT_TARGET": "dev"}, *NO_FILES, project=project)
    changes = ("run", "--select", "+state:modified+", "--state", str(merged.folder / "target"))
    given = json.dumps({"source_database": "ws_shop", "part_date": MONDAY})
    succeed(dev.dbt(*changes, "--vars", given))

    monitoring = {"we_mart.ws_sess_daily_build", "we_mart.ws_sess_daily_restatement"}
    made_from_changed = {"we_mart.stats_ws_d_ord_shop_integ_summary"}
    assert dev.tables() == {MART, PLATFORMS} | made_from_changed | monitoring
    assert dev.rows(MART) == of_days(merged.rows(MART), MONDAY)
    paid = of_days(merged.rows(PLATFORMS), MONDAY)
    doubled = [row | {"pay_krw": 2 * row["pay_krw"]} for row in paid]
    assert any(row["pay_krw"] for row in doubled)
    assert dev.rows(PLATFORMS) == doubled
    assert merged.path.read_bytes() == held
