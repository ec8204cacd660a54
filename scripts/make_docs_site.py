#!/usr/bin/env python3
"""Build the documentation site from dbt's artifacts: target/site/index.html.

    .venv/bin/python -m scripts.make_docs_site

1. `dbt docs generate` writes the manifest and the catalog. Warnings of dbt are errors here. The
   build log of the warehouse, if there is one, gives the days and the time of the last builds.
2. Each table in docs/site/tables.yml gets a page with its descriptions, analyses and lineage. The
   templates are in docs/site/templates. The pages of docs/ and dbt's own page are added.
3. MkDocs builds the site from these pages. The site is self-contained: no page requests anything
   from another host. It can be served or opened as files.

`make docs` calls this script. It reads the target DBT_TARGET and writes to DBT_TARGET_PATH
(default: target), where it replaces the folders docs_pages and site.
Exit codes: 0 built; 1 dbt or MkDocs failed, or a text or a page is invalid (the message says
which).
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from typing import Any

import yaml

from scripts.docs_site.nodes import SiteError
from scripts.docs_site.pages import SITE, Site
from scripts.engines import dbt_on
from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT, shown_path

TARGET = ROOT / os.environ.get("DBT_TARGET_PATH", "target")
PAGES = TARGET / "docs_pages"

BUILD_LOG = "ws_sess_daily_build"
LAST_BUILDS = f"""
select
    table_name,
    min(part_date) as first_day,
    max(part_date) as last_day,
    count(distinct part_date) as days,
    max(run_timestamp) as built_at
from {{{{ ref('{BUILD_LOG}') }}}}
group by table_name
"""


# ------------------------------------------------------------------ 1. dbt's artifacts


@functools.cache
def project() -> ParsedProject:
    """dbt on the target, with warnings as errors. The project is parsed once."""
    dbt = dbt_on(os.environ.get("DBT_TARGET", "local"), DBT_TARGET_PATH=str(TARGET))
    return dbt.with_flags("--warn-error-options", json.dumps({"error": "all"}))


def run_dbt() -> tuple[dict[str, Any], dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the manifest, the catalog, and the last build of each table by table name."""
    dbt = project()
    done = dbt("docs", "generate")
    if done.returncode:
        raise SiteError(f"dbt docs generate failed:\n{done.stdout}")
    manifest, catalog = (
        json.loads((TARGET / name).read_text(encoding="utf-8"))
        for name in ("manifest.json", "catalog.json")
    )
    builds = {}
    if any(node.endswith(f".{BUILD_LOG}") for node in catalog["nodes"]):
        done = dbt("show", "--no-write-json", "--limit", "-1", "--inline", LAST_BUILDS)
        if done.returncode:
            raise SiteError(f"{BUILD_LOG} could not be read:\n{done.stdout}")
        for row in done.result.results[0].agate_table.rows:
            builds[row["table_name"]] = dict(row)
    return manifest, catalog, builds


# ------------------------------------------------------------------ 3. MkDocs


def make(navigation: list[Any]) -> None:
    """Build the site from its pages. A broken link is an error."""
    settings = {
        "INHERIT": str(SITE / "mkdocs.yml"),
        "docs_dir": str(PAGES / "source"),
        "site_dir": str(TARGET / "site"),
        "nav": navigation,
    }
    config = PAGES / "mkdocs.yml"
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*mkdocs, "--config-file", str(config)],
        cwd=ROOT,
        # Hides an announcement of the next major version.
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )
    if done.returncode:
        raise SiteError("mkdocs build failed, see above")


def main() -> int:
    try:
        manifest, catalog, builds = run_dbt()
        site = Site(manifest, builds, PAGES / "source")
        navigation = site.write()
        site.add_page_of_dbt(catalog)
        make(navigation)
    except (SiteError, ValueError) as error:
        print(f"The documentation site could not be built: {error}", file=sys.stderr)
        return 1
    print(f"Open {shown_path(TARGET / 'site' / 'index.html')}, or run: make docs-serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
