"""Changed copies of the project, to test what must hold in spite of such changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from scripts.paths import ROOT


def copied_project(folder: Path) -> Path:
    """Copy the project with its packages. Without its unit tests, dbt parses it faster."""
    copy = folder / "project"
    leave_out = shutil.ignore_patterns(
        *(".*", "target", "logs", "*.duckdb*", "__pycache__", "*__unit_tests.yml")
    )
    shutil.copytree(ROOT, copy, ignore=leave_out)
    return copy


def project_with(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Copy the project and edit its dbt_project.yml with `change`."""
    copy = copied_project(folder)
    file = copy / "dbt_project.yml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(settings)
    file.write_text(yaml.safe_dump(settings, sort_keys=False, width=1000), encoding="utf-8")
    return copy


def edit(file: Path, *replaced: tuple[str, str]) -> None:
    """Replace texts in a file. Each must occur exactly once."""
    text = file.read_text(encoding="utf-8")
    for old, new in replaced:
        assert text.count(old) == 1, f"{old!r} stands in {file.name} {text.count(old)} times"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
