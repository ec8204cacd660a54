"""Check that every test which is left out on slow engines is represented by one that runs there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.selections import (
    engine_macros,
    models_calling_engine_macros,
    of_no_ephemeral_model,
    representative_data_tests,
    sql_of,
    unit_tested_models_calling_engine_macros,
)
from tests.support.warehouse import LOCAL, Warehouse, succeed

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    succeed(Warehouse(tmp_path_factory.mktemp("parsed")).dbt("parse"))
    return LOCAL.manifest


@pytest.fixture(scope="module")
def data_tests(manifest: Manifest) -> dict[str, Any]:
    """Every data test by name."""
    nodes = manifest.nodes.values()
    return {node.name: node for node in nodes if node.resource_type == "test"}


def kind(test: Any) -> str | None:
    """The name of the generic test, or None for a singular test."""
    generic = getattr(test, "test_metadata", None)
    return generic.name if generic else None


def test_every_engine_macro_is_called_by_a_model_with_unit_tests(
    manifest: Manifest,
) -> None:
    called = unit_tested_models_calling_engine_macros(manifest).values()
    assert set().union(*called) == set(engine_macros(manifest).values())


def test_macro_that_another_one_calls_counts_as_called(manifest: Manifest) -> None:
    # Staging calls clean_text, which calls the other macro.
    staging = models_calling_engine_macros(manifest)["stg_service_log__weplyapi_client_log"]
    assert "trim_spaces" in staging


def test_model_of_sql_that_all_engines_read_is_not_chosen(manifest: Manifest) -> None:
    assert "int_artists_deduplicated" not in models_calling_engine_macros(manifest)


@pytest.mark.parametrize("sql_of_their_own", [True, False])
def test_chosen_data_tests_are_of_every_kind(
    manifest: Manifest, data_tests: dict[str, Any], sql_of_their_own: bool
) -> None:
    chosen = representative_data_tests(manifest, sql_of_their_own=sql_of_their_own)
    assert chosen < data_tests.keys()
    assert {kind(data_tests[name]) for name in chosen} == {kind(t) for t in data_tests.values()}
    assert {name for name, test in data_tests.items() if kind(test) is None} <= chosen


def test_every_expression_is_among_those_with_sql_of_their_own(
    manifest: Manifest, data_tests: dict[str, Any]
) -> None:
    chosen = representative_data_tests(manifest, sql_of_their_own=True)

    def expressions(names: Iterable[str]) -> set[tuple[str, str]]:
        tests = [data_tests[name] for name in names if kind(data_tests[name])]
        return {(kind(test), sql_of(test)) for test in tests if sql_of(test)}

    assert expressions(chosen) == expressions(data_tests)
    assert {of for of, _ in expressions(chosen)} == {"expression_is_true", "never_null"}


def test_tests_of_no_ephemeral_model_read_tables_and_sources(
    manifest: Manifest, data_tests: dict[str, Any]
) -> None:
    kept = of_no_ephemeral_model(manifest, data_tests)
    assert kept and not [name for name in kept if "int_" in name or "stg_" in name]
    assert any("stg_" in name for name in data_tests.keys() - kept)
