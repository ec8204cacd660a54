#!/usr/bin/env python3
"""Write docs/walkthrough.md: the lines of a browser of the sample after each step of the mart.

    .venv/bin/python -m scripts.make_walkthrough

docs/site/walkthrough.yml names the browsers, and for each step a model, one of its CTEs, the
columns to show, and the text. The rows are computed: the sample is loaded into a temporary DuckDB
file, and the compiled SQL of the model runs there with the CTE in place of its last one.

`make walkthrough` calls this script. tests/e2e/test_documentation.py compares the page with it.
Exit codes: 0 written; 1 a step does not fit the models or the sample (the message says which).
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from scripts.engines import dbt_on
from scripts.log_columns import texts
from scripts.paths import ROOT
from scripts.templates import templates

SETTINGS = ROOT / "docs" / "site" / "walkthrough.yml"
TEMPLATES = ROOT / "docs" / "site" / "templates"
PAGE = ROOT / "docs" / "walkthrough.md"

# The columns that identify a browser, or the devices that its lines have after rule 3.
IDS = ("browser_id", "new_dvc_id", "device_id")
FINAL = re.compile(r"select \* from \w+\s*\Z")
# Ids of browsers, devices and accounts, of which the page shows the beginning.
LONG_ID = re.compile(r"\b([0-9A-Fa-f]{6})[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{4,12}){4}\b|\b(wm\w{4})\w+")


class WalkthroughError(Exception):
    """A step cannot be shown; the message names the step and what is missing."""


class Sample:
    """The sample in a DuckDB file in a folder, and the compiled SQL of the mart's models."""

    def __init__(self, folder: Path, day: str) -> None:
        shutil.copy(ROOT / "profiles.yml.example", folder / "profiles.yml")
        file = folder / "ws_shop.duckdb"
        dbt = dbt_on(
            "local",
            DBT_PROFILES_DIR=str(folder),
            DBT_TARGET_PATH=str(folder),
            WS_DUCKDB_PATH=str(file),
        )
        models = "+ws_sess_daily,resource_type:model"
        for command in (("seed",), ("compile", "--select", models, "--vars", f"part_date: {day}")):
            done = dbt(*command)
            if done.returncode:
                raise WalkthroughError(f"dbt {command[0]} failed:\n{done.stdout}")
        nodes = [result.node for result in done.result.results]
        self.day = day
        self.code = {node.name: node.compiled_code for node in nodes}
        self.files = {node.name: node.original_file_path for node in nodes}
        self.connection = duckdb.connect(str(file), read_only=True)

    def rows(
        self, model: str, cte: str, columns: Sequence[str], browsers: Sequence[Mapping[str, Any]]
    ) -> list[tuple[Any, ...]]:
        """The different rows of a CTE that belong to the browsers, in the order of the columns. Of
        a CTE with the times of lines, only rows of the times that a browser lists."""
        place = f"docs/site/walkthrough.yml: {model}, {cte}"
        if model not in self.code:
            raise WalkthroughError(f"{place}: there is no such model above the mart")
        sql, replaced = FINAL.subn(f"select * from {cte}", self.code[model])
        assert replaced, f"{model} does not end with `select * from` its last CTE"
        try:
            found = self.connection.sql(sql)
            id_column = next((column for column in IDS if column in found.columns), None)
            if id_column is None:
                raise WalkthroughError(f"{place}: no column of a browser is in it, as {IDS} are")
            shown = [
                f"part_date = '{self.day}' and {id_column} in ({texts(browser['ids'])})"
                + (
                    f" and strftime(log_dt, '%H:%M:%S') in ({texts(browser['lines'])})"
                    if "log_dt" in found.columns
                    else ""
                )
                for browser in browsers
            ]
            rows = found.filter(" or ".join(f"({one})" for one in shown))
            rows = rows.project(", ".join(columns)).distinct().order(", ".join(columns)).fetchall()
        except duckdb.Error as error:
            raise WalkthroughError(f"{place}: {error}") from error
        if not rows:
            raise WalkthroughError(f"{place}: no row of the browser is in the sample")
        return rows


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return f"{value:%H:%M:%S}"
    if isinstance(value, bool):
        return str(value).lower()
    return LONG_ID.sub(lambda found: f"{found[1] or found[2]}…", str(value))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """The rows as text, with columns of one width."""
    lines = [list(columns), *([_shown(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "   ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def page(sample: Sample, settings: Mapping[str, Any]) -> str:
    """The text of docs/walkthrough.md."""

    def rows_of(step: Mapping[str, Any], browser: str) -> str:
        browsers = [settings["browsers"][name] for name in step.get("browsers", [browser])]
        rows = sample.rows(step["model"], step["cte"], step["columns"], browsers)
        return table(step["columns"], rows)

    environment = templates(TEMPLATES, keep_trailing_newline=True)
    template = environment.get_template("walkthrough.md.j2")
    return template.render(settings, rows_of=rows_of, files=sample.files)


def settings() -> dict[str, Any]:
    return yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))


def main() -> int:
    try:
        with tempfile.TemporaryDirectory() as folder:
            text = page(Sample(Path(folder), settings()["day"]), settings())
    except WalkthroughError as error:
        print(f"The walkthrough could not be written: {error}", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
