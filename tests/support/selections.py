"""Select the tests to run on engines that need seconds per test, from the parsed project.

DuckDB runs every test. This module selects tests of things that Spark or the Databricks adapter
could do differently. It reads the parsed project, so new models and tests are included or excluded
automatically.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

ENGINE = "macros/engine/"
SPARK = "spark__"


def called_macros(manifest: Manifest, node: Any) -> set[str]:
    """Ids of the macros that a node calls, directly or indirectly."""
    called: set[str] = set()
    left = list(node.depends_on.macros)
    while left:
        macro = left.pop()
        if macro in manifest.macros and macro not in called:
            called.add(macro)
            left += manifest.macros[macro].depends_on.macros
    return called


def engine_macros(manifest: Manifest) -> dict[str, str]:
    """The public macros with different versions for the engines: name by id."""
    ours = {
        macro.name: unique_id
        for unique_id, macro in manifest.macros.items()
        if macro.original_file_path.startswith(ENGINE)
    }
    # An implementation without a public macro overrides a macro of the adapter.
    names = {name.removeprefix(SPARK) for name in ours if name.startswith(SPARK)}
    return {ours[name]: name for name in names & ours.keys()}


def models_calling_engine_macros(manifest: Manifest) -> dict[str, set[str]]:
    """The models whose SQL differs between engines, with the names of the macros that differ."""
    spelled = engine_macros(manifest)
    found = {
        node.name: {spelled[macro] for macro in called_macros(manifest, node) & spelled.keys()}
        for node in manifest.nodes.values()
        if node.resource_type == "model"
    }
    return {model: macros for model, macros in found.items() if macros}


def unit_tested_models_calling_engine_macros(manifest: Manifest) -> dict[str, set[str]]:
    """A few models with unit tests that together call all of these macros. Each of them calls the
    most macros that no earlier one calls."""
    tested = {test.model for test in manifest.unit_tests.values()}
    calling = {
        model: macros
        for model, macros in sorted(models_calling_engine_macros(manifest).items())
        if model in tested
    }
    chosen: dict[str, set[str]] = {}
    left = set().union(*calling.values())
    while left:
        model = max(calling, key=lambda name: len(calling[name] & left))
        chosen[model] = calling[model]
        left -= calling[model]
    return chosen


def representative_data_tests(manifest: Manifest, *, sql_of_their_own: bool) -> set[str]:
    """Names of representative data tests: every singular test, and the first generic test of each
    kind. Tests of tables, of ephemeral models and of sources are different kinds. So are tests with
    and without `where`, and with quoted and unquoted values.

    `sql_of_their_own`: also the first test with each argument that is SQL.
    """
    chosen: dict[Any, str] = {}
    for unique_id, test in sorted(manifest.nodes.items()):
        if test.resource_type != "test":
            continue
        kind = getattr(test, "test_metadata", None)
        stands_for: Any = unique_id
        if kind:
            tested = manifest.nodes.get(test.attached_node or "")
            of = tested.config.materialized if tested else "source"
            of = of if of in ("ephemeral", "source") else "table"
            quoted = kind.kwargs.get("quote", True)
            sql = sql_of(test) if sql_of_their_own else ""
            stands_for = (kind.namespace, kind.name, of, test.config.where, quoted, sql)
        chosen.setdefault(stands_for, test.name)
    return set(chosen.values())


def sql_of(test: Any) -> str:
    """The expressions among the arguments of a generic test, empty if it has none."""
    given = test.test_metadata.kwargs
    return str(given.get("expression") or given.get("always_true") or "")


def of_no_ephemeral_model(manifest: Manifest, tests: Iterable[str]) -> set[str]:
    """The representative data tests that only read tables and sources."""
    nodes = manifest.nodes
    return {
        test.name
        for test in nodes.values()
        if test.resource_type == "test"
        and test.name in set(tests)
        and not any(
            nodes[read].config.materialized == "ephemeral"
            for read in test.depends_on.nodes
            if read in nodes
        )
    }
