"""Test the number of failures that the dbt_utils subset (scripts/dbt_utils) and the generic test
`never_null` of this project report, case by case.

For the subset, this is the number of failures that dbt_utils reports. All cases are
tests of one table in a small dbt project, and dbt runs once.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT
from tests.support.warehouse import NO_FILES

PACKAGE = ROOT / "scripts" / "dbt_utils"
OWN = ROOT / "tests" / "generic"

ROWS = """
select * from (values
    (1, 'a', 10, 'x'), (2, 'a', 20, 'x'), (3, 'b', 20, 'y'), (4, null, null, 'y'),
    (5, null, -5, 'y'), (6, 'a', 10, 'X')
) as rows_of_a_table (id, grp, amount, "Mixed Case")
"""

# Name of the case -> test, arguments, config, number of failures.
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], int]] = {}


def case(
    name: str, test: str, failures: int, config: dict[str, Any] | None = None, **arguments: Any
) -> None:
    CASES[name] = (test, arguments, config or {}, failures)


def unique(name: str, failures: int, columns: list[str], **more: Any) -> None:
    case(name, "unique_combination_of_columns", failures, combination_of_columns=columns, **more)


unique("one_unique_column", 0, ["id"])
unique("a_failure_for_each_key_not_for_each_row", 2, ["grp"])
unique("keys_of_several_columns", 1, ["grp", "amount"])
unique("nulls_agree", 1, ["grp"], config={"where": "grp is null"})
unique("where_narrows_the_rows", 1, ["grp", "amount"], config={"where": "id <> 2"})
unique("where_may_leave_no_row", 0, ["grp"], config={"where": "id > 100"})
unique("expression_as_column", 1, ["amount > 15"], config={"where": "id in (2, 3)"})
unique("quoted_columns", 2, ["Mixed Case"], quote_columns=True)

case("no_null", "never_null", 0, columns=["id"])
case("a_failure_for_each_row_with_a_null", "never_null", 2, columns=["amount", "grp"])
case("true_on_every_row", "never_null", 0, columns=["id"], always_true=["id >= 1", "id < 7"])
case("false_or_unknown", "never_null", 3, columns=["id"], always_true=["amount > 0", "id < 6"])

case("true_for_all", "expression_is_true", 0, expression="id >= 1")
case("false_for_some", "expression_is_true", 1, expression="amount > 0")
case("unknown_is_not_false", "expression_is_true", 1, expression="grp = 'a' or grp is null")
case("column_and_rest", "expression_is_true", 3, column_name="amount", expression="> 10")
case("false_outside_where", "expression_is_true", 0, {"where": "id < 5"}, expression="amount > 0")
case("stored", "expression_is_true", 1, {"store_failures": True}, expression="amount > 0")

case("within", "accepted_range", 0, column_name="amount", min_value=-5, max_value=20)
case("below", "accepted_range", 1, column_name="amount", min_value=0)
case("above", "accepted_range", 2, column_name="amount", max_value=10)
case("both_sides", "accepted_range", 3, column_name="amount", min_value=0, max_value=10)
case("exclusive_bounds", "accepted_range", 3, column_name="amount", min_value=-5, max_value=20,
     inclusive=False)  # fmt: skip
case("bound_of_another_column", "accepted_range", 1, column_name="amount", min_value="id")
case("no_bound", "accepted_range", 0, column_name="amount")
case("range_where", "accepted_range", 0, {"where": "amount > 0"}, column_name="amount", min_value=0)


def test_package_has_one_version_and_the_subset_is_of_it() -> None:
    def read(file: Path) -> dict[str, Any]:
        return yaml.safe_load(file.read_text(encoding="utf-8"))

    (package,) = read(PACKAGE.parents[1] / "packages.yml")["packages"]
    assert package["version"] == read(PACKAGE / "dbt_project.yml")["version"]


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The number of failures of each case, from one run of dbt."""
    project = tmp_path_factory.mktemp("project")
    database = str(project / "subset.duckdb")
    (project / "models").mkdir()
    shutil.copytree(PACKAGE, project / "dbt_packages" / "dbt_utils")
    (project / "tests" / "generic").mkdir(parents=True)
    shutil.copy(OWN / "never_null.sql", project / "tests" / "generic")
    files: dict[str, Any] = {
        "dbt_project.yml": {
            "name": "subset",
            "profile": "subset",
            "flags": {"send_anonymous_usage_stats": False},
        },
        "profiles.yml": {
            "subset": {
                "target": "local",
                "outputs": {"local": {"type": "duckdb", "path": database}},
            }
        },
        "models/rows.yml": {
            "models": [
                {
                    "name": "rows_of_a_table",
                    "data_tests": [
                        {
                            test if test == "never_null" else f"dbt_utils.{test}": {
                                "name": name,
                                "arguments": arguments,
                                "config": {"severity": "warn"} | config,
                            }
                        }
                        for name, (test, arguments, config, _) in CASES.items()
                    ],
                }
            ]
        },
    }
    for name, content in files.items():
        (project / name).write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    (project / "models" / "rows_of_a_table.sql").write_text(ROWS, encoding="utf-8")
    done = ParsedProject({"DBT_PROFILES_DIR": str(project)}, *NO_FILES, project=project)("build")
    assert done.returncode == 0, done.stdout
    return {
        result.node.name: result.failures
        for result in done.result.results
        if result.node.resource_type == "test"
    }


@pytest.mark.parametrize("name", CASES)
def test_number_of_failures(name: str, failures: dict[str, int]) -> None:
    assert failures[name] == CASES[name][3]
