"""Check the Databricks bundle: its resources with Databricks' own models, its commands with dbt.

A bundle cannot be deployed without a workspace. These tests check what would otherwise fail only in
the nightly run: keys and types, references, the day, and what each command selects.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from dbt_in_process import InProcess
from warehouse import NO_FILES, PROJECT

BUNDLE = PROJECT / "deploy" / "databricks"
JOB_FILE = BUNDLE / "resources" / "analytics_ws_mart_daily.yml"
AIRFLOW_DAG = PROJECT / "deploy" / "airflow" / "analytics_ws_mart_daily.py"
VALUES = {
    "var.warehouse_id": "abc123",
    "var.catalog": "wev_prod",
    "var.source_catalog": "wev_prod",
    "tasks.part_date.values.part_date": "2024-01-15",
    "tasks.part_date.values.first_day": "2023-12-17",
}
READ_JOB = """
import json, sys
from databricks.bundles.jobs import Job
print(json.dumps(Job.from_dict(json.load(sys.stdin)).as_dict()))
"""


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    return yaml.safe_load((BUNDLE / "databricks.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    resources = yaml.safe_load(JOB_FILE.read_text(encoding="utf-8"))["resources"]
    return resources["jobs"]["analytics_ws_mart_daily"]


@pytest.fixture(scope="module")
def dbt_commands(job: dict[str, Any]) -> dict[str, list[str]]:
    """The command of each dbt task, with its references replaced by values."""
    commands = {}
    for task in job["tasks"]:
        if "dbt_task" in task:
            packages, command = task["dbt_task"]["commands"]
            assert packages == "dbt deps"
            commands[task["task_key"]] = shlex.split(_with_values(command))
    return commands


def test_databricks_reads_every_key_of_the_job(jobs_bin: Path, job: dict[str, Any]) -> None:
    def read(given: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [jobs_bin / "python", "-c", READ_JOB],
            input=json.dumps(given),
            capture_output=True,
            text=True,
        )

    done = read(job)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == job
    # An unknown key is refused, so the check above is meaningful.
    assert read(job | {"max_concurent_runs": 1}).returncode != 0


def test_each_reference_leads_somewhere(bundle: dict[str, Any], job: dict[str, Any]) -> None:
    texts = json.dumps(job) + json.dumps(bundle)
    referred = set(re.findall(r"\$\{var\.(\w+)\}", texts))
    assert referred == set(bundle["variables"])
    parameters = {parameter["name"] for parameter in job["parameters"]}
    assert set(re.findall(r"\{\{job\.parameters\.(\w+)\}\}", texts)) == parameters
    set_values = set(re.findall(r'taskValues\.set\("(\w+)"', _text_of("part_date.py")))
    assert set(re.findall(r"\{\{tasks\.part_date\.values\.(\w+)\}\}", texts)) == set_values

    environments = {environment["environment_key"] for environment in job["environments"]}
    for task in job["tasks"]:
        assert task["environment_key"] in environments
        if dbt_task := task.get("dbt_task"):
            project = (JOB_FILE.parent / dbt_task["project_directory"]).resolve()
            assert project == PROJECT
            assert (project / dbt_task["profiles_directory"] / "profiles.yml").is_file()
            assert dbt_task["commands"]
        else:
            assert (JOB_FILE.parent / task["spark_python_task"]["python_file"]).is_file()


def test_tasks_are_those_of_the_airflow_dag_in_its_order(job: dict[str, Any]) -> None:
    # In the docstring and in the last line.
    (order,) = set(re.findall(r"^    (freshness >> .*)$", _text(AIRFLOW_DAG), re.MULTILINE))
    tasks = [task["task_key"] for task in job["tasks"]]
    assert tasks == ["part_date", *order.split(" >> ")]
    for before, task in zip(tasks, job["tasks"][1:]):
        assert task["depends_on"] == [{"task_key": before}]


def test_dbt_is_the_one_that_the_project_is_tested_with(job: dict[str, Any]) -> None:
    (environment,) = job["environments"]
    pinned = set((PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines())
    assert set(environment["spec"]["dependencies"]) <= pinned


def test_commands_are_those_of_the_airflow_dag(dbt_commands: dict[str, list[str]]) -> None:
    dag = _text(AIRFLOW_DAG)
    for task, command in dbt_commands.items():
        for option in ("--select", "--exclude"):
            given = _option(command, option)
            if task == "freshness" or not given:
                continue
            assert f'{option[2:]}="{" ".join(given)}"' in dag, (task, option)


@pytest.fixture(scope="module")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """dbt with the profile of the bundle."""
    folder = tmp_path_factory.mktemp("dbt")
    environment = {
        "DBT_PROFILES_DIR": str(BUNDLE / "profiles"),
        "DBT_TARGET": "databricks",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_HOST": "adb-1.azuredatabricks.net",
        "DBT_ACCESS_TOKEN": "given-by-databricks",
    }
    return InProcess(environment, *NO_FILES)


@pytest.mark.parametrize("task", ["freshness", "snapshots", "mart", "made_from_mart", "tests"])
def test_dbt_takes_the_command_with_the_profile_of_the_bundle(
    task: str, dbt_commands: dict[str, list[str]], dbt: InProcess
) -> None:
    """Run `dbt ls`, which reads profile, variables and selection like the command, without
    connecting."""
    command = dbt_commands[task]
    kinds = {"freshness": "source", "snapshots": "snapshot", "tests": "test"}
    selection = [
        argument
        for option in ("--select", "--exclude", "--vars")
        if (given := _option(command, option))
        for argument in (option, *given)
    ]
    kind = kinds.get(task, "model")
    done = dbt("ls", "--output", "name", "--resource-type", kind, *selection)
    assert done.returncode == 0, done.stdout
    selected = done.result
    if task == "mart":
        assert selected == ["ws_sess_daily"]
    elif task == "made_from_mart":
        assert "ws_platform_daily" in selected and "ws_sess_daily" not in selected
    elif task == "snapshots":
        assert selected == ["fc_membership_snapshot", "we_artist_snapshot"]
    elif task == "freshness":
        assert selected == ["service_log.weplyapi_client_log"]
    else:
        assert any(name.startswith("assert_") for name in selected)


def test_operation_of_the_last_task_exists(dbt_commands: dict[str, list[str]]) -> None:
    assert dbt_commands["stale_days"][:3] == ["dbt", "run-operation", "stop_on_stale_days"]
    assert (PROJECT / "macros" / "operations" / "stop_on_stale_days.sql").is_file()
    variables = yaml.safe_load(_option(dbt_commands["stale_days"], "--vars")[0])
    assert str(variables["part_date"]) == "2023-12-17"
    assert str(variables["part_date_to"]) == "2024-01-15"


@pytest.mark.parametrize(
    "triggered, given, day",
    [
        ("2024-01-16", "", "2024-01-15"),
        ("2024-03-01", "", "2024-02-29"),
        ("2024-01-16", "2023-12-31", "2023-12-31"),
    ],
)
def test_day_is_the_one_before_the_trigger_or_the_one_given(
    triggered: str, given: str, day: str
) -> None:
    assert _part_date().part_date(triggered, given) == day


@pytest.mark.parametrize(
    "triggered, given",
    [("", ""), ("2024-01-16T01:00", ""), ("2024-01-16", "15.1.2024"), ("2024-01-16", "2024-02-30")],
)
def test_text_that_is_no_day_is_refused(triggered: str, given: str) -> None:
    with pytest.raises(ValueError):
        _part_date().part_date(triggered, given)


def _part_date() -> ModuleType:
    spec = importlib.util.spec_from_file_location("part_date", BUNDLE / "part_date.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _with_values(command: str) -> str:
    def value(match: re.Match[str]) -> str:
        return VALUES[match.group(1)]

    return re.sub(r"\{\{([\w.]+)\}\}", value, re.sub(r"\$\{([\w.]+)\}", value, command))


def _option(command: list[str], option: str) -> list[str]:
    """The values after an option, up to the next option."""
    if option not in command:
        return []
    values = command[command.index(option) + 1 :]
    ends = [place for place, value in enumerate(values) if value.startswith("--")]
    return values[: ends[0]] if ends else values


def _text_of(name: str) -> str:
    return _text(BUNDLE / name)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
