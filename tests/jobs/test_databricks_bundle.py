"""Check the Databricks bundle: its resources with Databricks' own models, its settings, the day.

A bundle cannot be deployed without a workspace. These tests check what would otherwise fail only in
the nightly run. tests/databricks/test_job.py runs the commands of the job.
"""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.paths import ROOT
from tests.support.databricks_bundle import BUNDLE_FILE, JOB_FILE, Bundle
from tests.support.warehouse import Warehouse, succeed

AIRFLOW_DAG = ROOT / "deploy" / "airflow" / "analytics_ws_mart_daily.py"
LATE = {"day_count": 1, "part_dates": "2024-01-12"}
READ_JOB = """
import json, sys
from databricks.bundles.jobs import Job
print(json.dumps(Job.from_dict(json.load(sys.stdin)).as_dict()))
"""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle(catalog="wev_prod", warehouse_id="abc123")


@pytest.fixture(scope="module")
def deployed(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle.deploy(tmp_path_factory.mktemp("files"))


def test_databricks_reads_every_key_of_the_job(jobs_bin: Path, bundle: Bundle) -> None:
    def read(given: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [jobs_bin / "python", "-c", READ_JOB],
            input=json.dumps(given),
            capture_output=True,
            text=True,
        )

    done = read(bundle.job)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == bundle.job
    # An unknown key is refused, so the check above is meaningful.
    assert read(bundle.job | {"max_concurent_runs": 1}).returncode != 0


def test_each_reference_leads_somewhere(bundle: Bundle, deployed: Path) -> None:
    job = bundle.job
    texts = json.dumps(job) + json.dumps(bundle.settings)
    assert set(re.findall(r"\$\{var\.(\w+)\}", texts)) == set(bundle.settings["variables"])
    (parameter,) = job["parameters"]
    notebook = JOB_FILE.parent / bundle.task("part_date")["notebook_task"]["notebook_path"]
    widgets = set(re.findall(r'widgets\.text\("(\w+)"', notebook.read_text(encoding="utf-8")))
    own = bundle.task("part_date")["notebook_task"]["base_parameters"].keys()
    assert widgets == {parameter["name"], *own}

    environments = {environment["environment_key"] for environment in job["environments"]}
    for task in job["tasks"]:
        if dbt_task := task.get("dbt_task"):
            assert task["environment_key"] in environments
            project = _deployed(dbt_task["project_directory"], deployed)
            assert (project / "dbt_project.yml").is_file()
            assert (project / "dbt_packages" / "dbt_utils" / "dbt_project.yml").is_file()
            assert (project / dbt_task["profiles_directory"] / "profiles.yml").is_file()
            assert all(command.startswith("dbt ") for command in dbt_task["commands"])
        elif sql_task := task.get("sql_task"):
            file = _deployed(sql_task["file"]["path"], deployed)
            markers = set(re.findall(r"(?<!:):(\w+)", _without_comments(file)))
            assert markers == sql_task["parameters"].keys()
            assert not markers & {parameter["name"]}
        elif "notebook_task" in task:
            # A notebook loses its extension in the workspace.
            path = _deployed(task["notebook_task"]["notebook_path"], deployed)
            assert path.with_suffix("").is_file()


def test_deployed_files_are_those_that_the_project_needs(deployed: Path) -> None:
    """What git ignores stays here, and of tests/ only what dbt reads is deployed."""
    files = {str(file.relative_to(deployed)) for file in deployed.rglob("*") if file.is_file()}
    read_by_dbt = {
        str(file.relative_to(ROOT))
        for folder in ("models", "macros", "snapshots", "seeds", "analyses", "tests")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in (".sql", ".yml", ".md", ".csv")
    }
    assert read_by_dbt | {"dbt_project.yml", "packages.yml", "selectors.yml"} <= files
    left_out = r"tests/.*\.py|docs/|benchmarks/|profiles\.yml$|target/|\.venv|.*\.duckdb"
    assert not {file for file in files if re.match(left_out, file)}


def test_tasks_are_those_of_the_airflow_dag_in_its_order(bundle: Bundle) -> None:
    (order,) = re.findall(r"^    (freshness >> .*\n +>> .*)$", _text(AIRFLOW_DAG), re.MULTILINE)
    tasks = [task["task_key"] for task in bundle.job["tasks"]]
    own = ["part_date", "any_late_days"]  # Airflow needs no task for these
    assert [task for task in tasks if task not in own] == order.split()[::2]
    for before, task in zip(tasks, bundle.job["tasks"][1:]):
        assert before in [dependency["task_key"] for dependency in task["depends_on"]]


def test_task_is_repeated_as_often_as_it_says(bundle: Bundle) -> None:
    """Serverless compute repeats a failed task by itself, unless that is turned off."""
    for task in bundle.job["tasks"]:
        if "condition_task" in task:
            continue
        repeated = task.get("max_retries", 0) > 0
        assert repeated != task.get("disable_auto_optimization", False), task["task_key"]


def test_dbt_is_the_one_that_the_project_is_tested_with(bundle: Bundle) -> None:
    (environment,) = bundle.job["environments"]
    groups = tomllib.loads(_text(ROOT / "pyproject.toml"))["dependency-groups"]
    assert set(environment["spec"]["dependencies"]) <= set(groups["dbt"])


def test_commands_are_those_of_the_airflow_dag(bundle: Bundle, deployed: Path) -> None:
    dag = _text(AIRFLOW_DAG)
    day = {"part_date": "2024-01-15", "first_day": "2023-12-17"}
    for task, _, command in bundle.dbt_commands(deployed, day, lambda *_: LATE):
        for option in ("--select", "--selector", "--exclude"):
            given = _option(command, option)
            if task == "freshness" or not given:
                continue
            assert f'{option[2:]}="{" ".join(given)}"' in dag, (task, option)


def test_only_the_schedule_of_production_is_on(bundle: Bundle) -> None:
    """The mode `development` pauses a schedule only where neither the job nor the target says
    whether it is paused."""
    dev, prod = bundle.settings["targets"]["dev"], bundle.settings["targets"]["prod"]
    assert "pause_status" not in bundle.job["schedule"]
    assert dev["mode"] == "development" and "presets" not in dev
    assert prod["presets"] == {"trigger_pause_status": "UNPAUSED"}


def test_only_the_principal_may_change_the_code_that_it_runs(bundle: Bundle) -> None:
    prod = bundle.settings["targets"]["prod"]
    principal = "${var.service_principal}"
    assert prod["workspace"]["root_path"].startswith(f"/Workspace/Users/{principal}/")
    assert prod["run_as"] == {"service_principal_name": principal}
    for permission in prod["permissions"]:
        if permission.get("service_principal_name") != principal:
            assert permission["level"] in ("CAN_VIEW", "CAN_RUN")


def test_commands_that_are_shown_give_every_variable(bundle: Bundle) -> None:
    """Each command of the CLI needs the variables that have no default, for its target."""
    shown, given = {}, set()
    for line in _text(BUNDLE_FILE).splitlines():
        if "export " in line:
            given = set(re.findall(r"BUNDLE_VAR_(\w+)=", line))
        elif target := re.search(r"databricks bundle .*--target (\w+)", line):
            shown.setdefault(target[1], given)
            assert shown[target[1]] == given
    declared = bundle.settings["variables"].items()
    needed = {name for name, about in declared if "default" not in about}
    assert shown == {
        target: needed - settings.get("variables", {}).keys()
        for target, settings in bundle.settings["targets"].items()
    }


def test_query_of_the_late_days_is_that_of_the_operation(tmp_path: Path) -> None:
    """The job reads the days by a query, because it cannot read what an operation prints."""
    arguments = "':first_day', ':last_day', \"identifier(:catalog || '.we_mart.VIEW')\""
    inline = f"{{{{ days_not_current({arguments}) }}}}".replace("VIEW", "ws_sess_daily_restatement")
    done = succeed(Warehouse(tmp_path).process("--quiet", "compile", "--inline", inline))
    query = " ".join(_without_comments(ROOT / "deploy" / "databricks" / "late_days.sql").split())
    assert " ".join(done.stdout.split()) in query
    newest = yaml.safe_load(_text(ROOT / "dbt_project.yml"))["vars"]["max_late_days"]
    assert f"where is_late order by part_date desc limit {newest} )" in query


@pytest.mark.parametrize(
    "triggered, given, first_day, day",
    [
        ("2024-01-16", {}, "2023-12-17", "2024-01-15"),
        ("2024-03-01", {"part_date": "yesterday"}, "2024-01-31", "2024-02-29"),
        # As a backfill of Databricks gives it, which triggers all its runs today.
        ("2024-01-16", {"part_date": "2023-12-31"}, "2023-12-02", "2023-12-31"),
    ],
)
def test_day_is_the_one_before_the_trigger_or_the_one_given(
    triggered: str, given: dict[str, str], first_day: str, day: str, bundle: Bundle
) -> None:
    values = _run_notebook(bundle, triggered, **given)
    assert values == {"part_date": day, "first_day": first_day}


@pytest.mark.parametrize(
    "triggered, given",
    [
        ("", "yesterday"),
        ("2024-01-16T01:00", "yesterday"),
        ("2024-01-16", ""),
        ("2024-01-16", "15.1.2024"),
        ("2024-01-16", "2024-02-30"),
        ("2024-01-16", "{{backfill.iso_date}}"),
    ],
)
def test_text_that_is_no_day_is_refused(triggered: str, given: str, bundle: Bundle) -> None:
    with pytest.raises(ValueError):
        _run_notebook(bundle, triggered, part_date=given)


def _run_notebook(bundle: Bundle, triggered: str, **given: str) -> dict[str, str]:
    references = {"job.trigger.time.iso_date": triggered}
    return bundle.notebook_values("part_date", references, **given)


def _deployed(path: str, deployed: Path) -> Path:
    """A path in the job's file, among the deployed files."""
    return deployed / (JOB_FILE.parent / path).resolve().relative_to(ROOT)


def _without_comments(file: Path) -> str:
    return re.sub(r"--.*", "", file.read_text(encoding="utf-8"))


def _option(command: list[str], option: str) -> list[str]:
    """The values after an option, up to the next option."""
    if option not in command:
        return []
    values = command[command.index(option) + 1 :]
    ends = [place for place, value in enumerate(values) if value.startswith("--")]
    return values[: ends[0]] if ends else values


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
