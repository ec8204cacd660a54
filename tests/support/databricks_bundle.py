"""The Databricks bundle of deploy/, as the Databricks CLI deploys it and as its job runs it.

    bundle = Bundle(catalog="wev_prod", warehouse_id="abc")     # as with --var
    deployed = bundle.deploy(folder)                            # the files that the CLI uploads
    day = bundle.notebook_values("part_date", {"job.trigger.time.iso_date": "2024-01-16"})
    for task, project, command in bundle.dbt_commands(deployed, day, first_row): …

Databricks' own part, which is not available here, is replaced by what its documentation and the
source of the CLI (libs/sync, libs/git, libs/fileset, libs/notebook) say.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from os.path import normpath
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from pathspec import GitIgnoreSpec
from pathspec.util import iter_tree_files

from scripts.paths import ROOT

BUNDLE_FILE = ROOT / "deploy" / "databricks" / "databricks.yml"
JOB_FILE = BUNDLE_FILE.parent / "resources" / "analytics_ws_mart_daily.yml"
NOTEBOOK = "# Databricks notebook source"


class Bundle:
    """The bundle with the values of its variables."""

    def __init__(self, **variables: str) -> None:
        self.settings = yaml.safe_load(BUNDLE_FILE.read_text(encoding="utf-8"))
        resources = yaml.safe_load(JOB_FILE.read_text(encoding="utf-8"))["resources"]
        self.job: dict[str, Any] = resources["jobs"]["analytics_ws_mart_daily"]
        declared = self.settings["variables"].items()
        defaults = {name: about["default"] for name, about in declared if "default" in about}
        self.variables = defaults | variables

    def deploy(self, folder: Path) -> Path:
        """Copy the files that `databricks bundle deploy` uploads: those that git does not ignore,
        and `sync.include`, without `sync.exclude`."""
        sync = self.settings["sync"]
        assert sync["paths"] == ["../.."]
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        files = {
            file
            for file in iter_tree_files(ROOT, follow_links=False)
            if not (ROOT / file).is_symlink()
        }
        uploaded = files - _matched([*ignored, ".git", ".databricks"], files)
        uploaded |= _matched(_from_the_root(sync["include"]), files)
        uploaded -= _matched(_from_the_root(sync["exclude"]), files)
        for file in uploaded:
            # A notebook has no extension in a workspace.
            name = file.removesuffix(".py") if _is_notebook(ROOT / file) else file
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, folder / name)
        return folder

    def task(self, key: str) -> dict[str, Any]:
        (task,) = [task for task in self.job["tasks"] if task["task_key"] == key]
        return task

    def dbt_commands(
        self,
        deployed: Path,
        task_values: Mapping[str, str],
        first_row: Callable[[str, dict[str, str]], dict[str, Any]],
    ) -> Iterator[tuple[str, Path, list[str]]]:
        """Each command in the order of the tasks: task, folder of the project, command.

        `first_row` runs the query of an SQL task with its parameters. Conditions are decided as
        Databricks' documentation says ("Configure task dependencies"): a task is excluded if a task
        before it is, with NONE_FAILED only if all of them are.
        """
        values = {f"tasks.part_date.values.{name}": value for name, value in task_values.items()}
        outcomes: dict[str, str] = {}
        excluded: set[str] = set()
        for task in self.job["tasks"]:
            key = task["task_key"]
            missed = [
                before["task_key"] in excluded
                or before.get("outcome", "") != outcomes.get(before["task_key"], "")
                for before in task.get("depends_on", [])
            ]
            if missed and (all(missed) if task.get("run_if") == "NONE_FAILED" else any(missed)):
                excluded.add(key)
            elif sql_task := task.get("sql_task"):
                file = (JOB_FILE.parent / sql_task["file"]["path"]).resolve()
                query = (deployed / file.relative_to(ROOT)).read_text(encoding="utf-8")
                parameters = {
                    name: _filled(self._resolved(text), values)
                    for name, text in sql_task["parameters"].items()
                }
                for column, value in first_row(query, parameters).items():
                    values[f"tasks.{key}.output.first_row.{column}"] = str(value)
            elif condition := task.get("condition_task"):
                assert condition["op"] == "GREATER_THAN"
                left, right = (int(_filled(condition[side], values)) for side in ("left", "right"))
                outcomes[key] = str(left > right).lower()
            elif dbt_task := task.get("dbt_task"):
                project = (JOB_FILE.parent / dbt_task["project_directory"]).resolve()
                for command in dbt_task["commands"]:
                    words = shlex.split(_filled(self._resolved(command), values))
                    yield key, deployed / project.relative_to(ROOT), words

    def _resolved(self, text: str) -> str:
        """The text with the values of the bundle's variables, which may name others."""
        while (
            resolved := re.sub(r"\$\{var\.(\w+)\}", lambda name: self.variables[name[1]], text)
        ) != text:
            text = resolved
        return text

    def notebook_values(
        self, key: str, references: Mapping[str, str], **given: str
    ) -> dict[str, str]:
        """Run the notebook of a task, and return the task values that it sets.

        references  values of `{{job.trigger.time.iso_date}}` and the like
        given       job parameters of the run; the others have their default. They go to the widgets
                    of the same names, before the parameters of the task.
        """
        task = self.task(key)["notebook_task"]
        widgets = {
            name: _filled(text, references) for name, text in task["base_parameters"].items()
        }
        widgets |= {parameter["name"]: parameter["default"] for parameter in self.job["parameters"]}
        widgets |= given
        values: dict[str, str] = {}
        dbutils = SimpleNamespace(
            widgets=SimpleNamespace(text=widgets.setdefault, get=widgets.__getitem__),
            jobs=SimpleNamespace(
                taskValues=SimpleNamespace(set=lambda key, value: values.update({key: value}))
            ),
        )
        notebook = JOB_FILE.parent / task["notebook_path"]
        assert _is_notebook(notebook)
        source = notebook.read_text(encoding="utf-8")
        exec(compile(source, str(notebook), "exec"), {"dbutils": dbutils})
        return values


def _from_the_root(patterns: list[str]) -> list[str]:
    """Patterns of the bundle, relative to the project. The CLI's matching differs from git's in
    that a pattern with a slash matches at any depth."""
    return [f"**/{normpath(f'deploy/databricks/{pattern}')}" for pattern in patterns]


def _matched(patterns: list[str], files: set[str]) -> set[str]:
    return set(GitIgnoreSpec.from_lines(patterns).match_files(files))


def _is_notebook(file: Path) -> bool:
    if file.suffix != ".py":
        return False
    with file.open(encoding="utf-8") as lines:
        return lines.readline().rstrip("\n") == NOTEBOOK


def _filled(text: str, references: Mapping[str, str]) -> str:
    return re.sub(r"\{\{([\w.]+)\}\}", lambda reference: references[reference[1]], text)
