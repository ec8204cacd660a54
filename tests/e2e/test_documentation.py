"""Check that everything is described, and that dbt's documentation is generated without warnings.

dbt-bouncer (pyproject.toml) checks that macros with their arguments, groups of sources, exposures
and the columns of models have a description, and that marts have a contract, so that their lists of
columns are complete. The tests read the artifacts of one strict `dbt docs generate` in a separate
folder.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_common.clients.jinja import parse
from jinja2.nodes import Macro

from scripts import bilingual, make_walkthrough
from scripts.paths import ROOT
from tests.support.planted_secrets import PLANTED, secrets_left
from tests.support.warehouse import Warehouse, succeed

Manifest = dict[str, Any]
Node = dict[str, Any]

PROJECT = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
CONTRACT = (ROOT / "docs" / "data_contract.md").read_text(encoding="utf-8")
# The columns of the mart in the data contract, each with its type and its label.
COLUMNS = {
    name: (kind, label.strip().replace(r"\|", "|"))
    for name, kind, label in re.findall(r"^\| \d+ \| `(\w+)` \| (\w+) \| (.*)\|$", CONTRACT, re.M)
}

# The parts of a manifest that contain nodes.
NODES = (
    *("nodes", "sources", "macros", "exposures"),
    *("semantic_models", "metrics", "saved_queries"),
)

HANGUL, ENGLISH = re.compile("[가-힣]"), re.compile("[A-Za-z]{3}")

# A macro that `adapter.dispatch` finds. The public macro that calls it has the description.
IMPLEMENTATION = re.compile(r"(default|duckdb|spark|databricks)__")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("documentation"))
    every_warning = json.dumps({"error": "all"})
    command = ("--warn-error-options", every_warning, "docs", "generate", "--static")
    done = succeed(warehouse.process(*command, **PLANTED))
    (warehouse.folder / "output").write_text(done.stdout + done.stderr, encoding="utf-8")
    return warehouse


@pytest.fixture(scope="module")
def manifest(warehouse: Warehouse) -> Manifest:
    return json.loads((warehouse.folder / "target" / "manifest.json").read_text(encoding="utf-8"))


def nodes(manifest: Manifest, resource_type: str) -> list[Node]:
    """The nodes of one type in this project, without those of packages."""
    found = [
        node
        for kind in NODES
        for node in manifest[kind].values()
        if node["resource_type"] == resource_type
        and node["package_name"] == manifest["metadata"]["project_name"]
    ]
    assert found, f"no {resource_type} found"
    return found


def public_macros(manifest: Manifest) -> list[Node]:
    """Macros that any file can call. They are described; other macros are parts of their file."""
    return [
        macro
        for macro in nodes(manifest, "macro")
        if macro["description"].strip() and not IMPLEMENTATION.match(macro["name"])
    ]


def marts(manifest: Manifest) -> list[Node]:
    return [m for m in nodes(manifest, "model") if Path(m["path"]).parts[0] == "marts"]


def analysts_tables(manifest: Manifest) -> list[Node]:
    return [*marts(manifest), *nodes(manifest, "snapshot")]


def without_description(*parents: Node) -> list[str]:
    """Names of the columns of models or sources without a description."""
    return [
        f"{parent['name']}.{name}"
        for parent in parents
        for name, column in parent["columns"].items()
        if not column["description"].strip()
    ]


def signature(macro: Node) -> list[str]:
    """Names of a macro's arguments, from its SQL."""
    return [argument.name for argument in parse(macro["macro_sql"]).find(Macro).args]


# -- Models, sources, seeds and snapshots -----------------------------------------------------


@pytest.mark.parametrize("resource_type", ["model", "source", "seed", "snapshot"])
def test_descriptions_of_tables_begin_with_their_grain(
    manifest: Manifest, resource_type: str
) -> None:
    found = nodes(manifest, resource_type)
    assert [n["name"] for n in found if not n["description"].startswith("One row per ")] == []


def test_every_column_of_a_source_has_a_description_and_a_type(manifest: Manifest) -> None:
    sources = nodes(manifest, "source")
    assert [s["name"] for s in sources if not s["columns"]] == []
    assert without_description(*sources) == []
    untyped = [
        f"{s['name']}.{n}" for s in sources for n, c in s["columns"].items() if not c["data_type"]
    ]
    assert untyped == []


def test_every_column_of_a_seed_is_described_here_or_on_its_source(manifest: Manifest) -> None:
    # A seed is loaded into the relation of the source with its name, whose columns are described.
    sources = {(s["schema"], s["name"]): s["columns"] for s in nodes(manifest, "source")}
    seeds = nodes(manifest, "seed")
    undescribed = []
    for seed in seeds:
        described = sources.get((seed["schema"], seed["name"]), {}) | seed["columns"]
        file = ROOT / seed["original_file_path"]
        with file.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        undescribed += [f"{seed['name']}.{column}" for column in header if column not in described]
    assert undescribed == []
    assert without_description(*seeds) == []


def test_described_columns_of_models_without_a_contract_are_those_that_they_have(
    warehouse: Warehouse, manifest: Manifest
) -> None:
    free = [m for m in nodes(manifest, "model") if not m["contract"]["enforced"]]
    assert {"ws_sess_daily_v2", "int_events_merged"} <= {m["name"] for m in free}
    # They read sources and marts, whose columns have types.
    warehouse.execute(
        *(
            f"create table if not exists {table['schema']}.{table['name']} ("
            + ", ".join(
                f"{name} {column['data_type']}" for name, column in table["columns"].items()
            )
            + ")"
            for table in [*nodes(manifest, "source"), *marts(manifest)]
        )
    )
    with warehouse.connection() as connection:
        columns = {m["name"]: sorted(connection.sql(m["compiled_code"]).columns) for m in free}
    assert columns == {m["name"]: sorted(m["columns"]) for m in free}


def test_every_column_of_a_snapshot_is_described(manifest: Manifest) -> None:
    # The columns of the model in the snapshot, and those that dbt adds.
    added = {"scd_id", "updated_at", "valid_from", "valid_to", "is_deleted"}
    for snapshot in nodes(manifest, "snapshot"):
        (kept,) = snapshot["depends_on"]["nodes"]
        columns = manifest["nodes"][kept]["columns"].keys()
        assert snapshot["columns"].keys() == columns | {f"dbt_{name}" for name in added}
    assert without_description(*nodes(manifest, "snapshot")) == []


def test_every_analysis_and_each_of_its_columns_is_described(manifest: Manifest) -> None:
    # Those of the report are described on its page (scripts/report/contents.yml).
    analyses = [a for a in nodes(manifest, "analysis") if "report" not in a["fqn"]]
    assert [a["name"] for a in analyses if not a["description"].startswith("One row")] == []
    assert [a["name"] for a in analyses if not a["columns"]] == []
    assert without_description(*analyses) == []


def test_marts_snapshots_and_exposures_name_their_owner_and_their_pipeline(
    manifest: Manifest,
) -> None:
    meta = PROJECT["models"]["ws_shop"]["marts"]["+meta"]
    owner, dag = meta["owner"], meta["dag"]
    assert f"| {owner} |" in CONTRACT and f"DAG `{dag}`" in CONTRACT
    job = (ROOT / "deploy" / "airflow" / f"{dag}.py").read_text(encoding="utf-8")
    assert f'"owner": "{owner}"' in job
    found = [table["config"]["meta"] for table in analysts_tables(manifest)]
    assert {(meta["owner"], meta["dag"]) for meta in found} == {(owner, dag)}
    exposures = nodes(manifest, "exposure")
    assert {(e["owner"]["name"], e["config"]["meta"]["dag"]) for e in exposures} == {(owner, dag)}


def test_mart_has_the_columns_of_the_contract(manifest: Manifest) -> None:
    mart = next(m for m in marts(manifest) if m["name"] == "ws_sess_daily")
    types = [(name, column["data_type"]) for name, column in mart["columns"].items()]
    assert types == [(name, kind) for name, (kind, _) in COLUMNS.items()]
    assert len(types) == 30


def test_tables_for_analysts_are_described_in_english_and_then_in_korean(
    manifest: Manifest,
) -> None:
    for table in analysts_tables(manifest):
        english, korean = bilingual.split_table(table["description"])
        assert not HANGUL.search(english), table["name"]
        name, sentences = bilingual.split_label(korean)
        assert HANGUL.search(name) and sentences.startswith("한 행은 "), table["name"]
        assert sentences.endswith(("니다.", "세요.")), table["name"]


def test_columns_for_analysts_are_described_in_korean_and_then_in_english(
    manifest: Manifest,
) -> None:
    for table in analysts_tables(manifest):
        for name, column in table["columns"].items():
            korean, english = bilingual.split_column(column["description"])
            label, meaning = bilingual.split_label(korean)
            assert label and HANGUL.search(meaning), f"{table['name']}.{name}"
            assert not HANGUL.search(english), f"{table['name']}.{name}"
            assert len(english.split()) > 1 and english.endswith("."), f"{table['name']}.{name}"
            if name in COLUMNS:
                assert label.startswith(COLUMNS[name][1]), f"{table['name']}.{name}"


@pytest.mark.parametrize(
    ("split", "text", "problem"),
    [
        (bilingual.split_table, "One row per day.", "no second paragraph"),
        (bilingual.split_column, "방문일자: 방문한 날", "no ' — '"),
        (bilingual.split_label, "방문일자", "no ': '"),
    ],
)
def test_description_in_one_language_is_said_to_be_one(split, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"{problem}.*{text}"):
        split(text)


# -- Metrics ----------------------------------------------------------------------------------


@pytest.mark.parametrize("resource_type", ["semantic_model", "metric", "saved_query"])
def test_metrics_have_a_korean_label_and_both_languages(
    manifest: Manifest, resource_type: str
) -> None:
    found = nodes(manifest, resource_type)
    assert [n["name"] for n in found if not HANGUL.search(n["label"] or "")] == []
    assert [
        n["name"]
        for n in found
        if not (HANGUL.search(n["description"]) and ENGLISH.search(n["description"]))
    ] == []


def test_every_measure_and_dimension_is_described(manifest: Manifest) -> None:
    for model in nodes(manifest, "semantic_model"):
        parts = [*model["measures"], *model["dimensions"]]
        assert [part["name"] for part in parts if not (part["description"] or "").strip()] == []


# -- Macros -----------------------------------------------------------------------------------


def test_macro_without_a_description_is_called_in_its_file_alone(manifest: Manifest) -> None:
    public = {macro["name"] for macro in public_macros(manifest)}
    parts = [
        macro
        for macro in nodes(manifest, "macro")
        if macro["name"] not in public and not IMPLEMENTATION.match(macro["name"])
    ]
    folders = ("macros", "models", "tests", "snapshots", "analyses")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.sql")]
    called_elsewhere = [
        f"{macro['name']} in {file.relative_to(ROOT)}"
        for macro in parts
        for file in [*files, ROOT / "dbt_project.yml"]
        if file != ROOT / macro["original_file_path"]
        and re.search(rf"\b{macro['name']}\(", file.read_text(encoding="utf-8"))
    ]
    assert called_elsewhere == []


def test_described_arguments_of_macros_are_those_that_they_have(manifest: Manifest) -> None:
    described = {
        m["name"]: [argument["name"] for argument in m["arguments"]]
        for m in public_macros(manifest)
    }
    assert described == {m["name"]: signature(m) for m in public_macros(manifest)}


# -- Published artifacts ----------------------------------------------------------------------


def test_no_secret_of_the_environment_is_left_behind(warehouse: Warehouse) -> None:
    target = warehouse.folder / "target"
    left = {"static_index.html", "manifest.json", "catalog.json", "partial_parse.msgpack"}
    assert left <= {file.name for file in target.iterdir()}
    assert secrets_left(warehouse.folder, PLANTED.values(), {}) == []


# -- Pages ------------------------------------------------------------------------------------


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_pages_name_every_model_and_every_variable(manifest: Manifest) -> None:
    overview = (ROOT / "models" / "overview.md").read_text(encoding="utf-8")
    lineage = overview[overview.index("## Lineage") : overview.index("## How to read")]
    models = {model["name"] for model in nodes(manifest, "model")}
    assert models - set(re.findall(r"\w+", lineage)) == set()
    assert [name for name in PROJECT["vars"] if f"`{name}`" not in page("operating.md")] == []


# -- The walkthrough --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> make_walkthrough.Sample:
    folder = tmp_path_factory.mktemp("walkthrough")
    return make_walkthrough.Sample(folder, make_walkthrough.settings()["day"])


def test_walkthrough_is_what_the_models_make_of_the_sample(sample) -> None:
    made = make_walkthrough.page(sample, make_walkthrough.settings())
    assert made == page("walkthrough.md"), "Run: make walkthrough"


def test_walkthrough_has_every_step_of_the_contract_in_a_model_of_that_step() -> None:
    contract = dict(re.findall(r"^\| ([234]\.\d+) \| .* \| (`.+`) \|$", CONTRACT, re.M))
    assert len(contract) == 14
    shown = [
        (number, step["model"])
        for part in make_walkthrough.settings()["parts"]
        for step in part["steps"]
        for number in re.findall(r"[234]\.\d+", step["title"])
    ]
    assert {number for number, _ in shown} == contract.keys()
    assert [step for step in shown if f"`{step[1]}`" not in contract[step[0]]] == []


@pytest.mark.parametrize(
    ("model", "cte", "column", "browser", "problem"),
    [
        ("int_events", "merged", "log_dt", "a", "no such model"),
        ("int_events_merged", "gone", "log_dt", "a", "Table with name gone does not exist"),
        ("int_events_merged", "merged", "slot", "a", '"slot" not found'),
        ("int_events_merged", "browsers", "browser_id", "a", "no row of the browser"),
        ("int_artists_deduplicated", "artists", "ws_art_id", "a", "no column of a browser"),
    ],
)
def test_step_of_the_walkthrough_that_does_not_fit_is_named(
    sample, model: str, cte: str, column: str, browser: str, problem: str
) -> None:
    ids = [{"ids": [browser], "lines": ["00:00:00"]}]
    with pytest.raises(make_walkthrough.WalkthroughError, match=f"{model}, {cte}: .*{problem}"):
        sample.rows(model, cte, [column], ids)
