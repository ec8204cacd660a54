"""Unit tests on Spark, and the comments of views."""

from __future__ import annotations

from tests.support.random_days import DAYS, VARIABLES
from tests.support.selections import engine_macros, unit_tested_models_calling_engine_macros
from tests.support.spark_warehouse import ON_SPARK, SparkWarehouse, ran
from tests.support.warehouse import succeed

DAY = DAYS[1]


def test_unit_tests_of_what_engines_spell_differently_pass(on_spark: SparkWarehouse) -> None:
    """Unit tests of models that together call every macro of macros/engine.

    Every input of a unit test is a fixture, so for all other SQL Spark would run the same text as
    DuckDB. The tables of test_parity.py show that each model gives the same rows on both.
    """
    chosen = unit_tested_models_calling_engine_macros(ON_SPARK.manifest)
    assert set().union(*chosen.values()) == set(engine_macros(ON_SPARK.manifest).values())
    # dbt reads the sources when it runs unit tests, so they must exist.
    selected = [f"{model},test_type:unit" for model in chosen]
    done = on_spark.dbt("test", "--select", *selected, "--threads", "2")
    succeed(done)
    tested = {test.node.tested_node_unique_id.split(".")[-1] for test in ran(done, "unit_test")}
    assert tested == chosen.keys()


def test_view_with_long_comments_is_not_kept_waiting(on_spark: SparkWarehouse) -> None:
    """The metastore would try ten times to store them, two seconds apart (profiles.yml.example)."""
    done = on_spark.build_days(DAY, DAY, "ws_user_sess_daily", **VARIABLES)
    succeed(done)
    (view,) = [view for view in ran(done, "model") if view.node.name == "ws_user_sess_daily"]
    assert max(len(column.description) for column in view.node.columns.values()) > 256
    assert view.execution_time < 18
