"""One Spark session for the whole suite, and messages about missing Java or jars.

If something is missing, the suite is skipped, or fails if CI is set in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scripts.paths import ROOT
from tests.support.required import leave_out, missing_for_spark
from tests.support.spark_settings import JVM_MEMORY, JVM_OPTIONS, SMALL_QUERIES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.support.random_days import Held
    from tests.support.spark_warehouse import SparkWarehouse


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The session that dbt creates from the committed profile, in a separate folder."""
    if missing := missing_for_spark():
        leave_out("Spark", missing)
    from pyspark.sql import SparkSession

    from tests.support.spark_warehouse import run_dbt

    folder = tmp_path_factory.mktemp("spark")
    jars = ROOT / os.environ.get("WS_SPARK_DIR", ".spark") / "ivy"
    os.environ.setdefault("WS_SPARK_IVY_DIR", str(jars))
    os.environ["WS_SPARK_DIR"] = str(folder)
    os.environ["WS_SPARK_MEMORY"] = JVM_MEMORY
    os.environ["JDK_JAVA_OPTIONS"] = JVM_OPTIONS
    started = run_dbt(folder, "debug", "--connection")
    if started.returncode:
        leave_out(
            "Spark",
            "Spark did not start. Its jars (Delta Lake) come from Maven Central, once, into"
            f" {os.environ['WS_SPARK_IVY_DIR']}; without that network, put them there."
            f"\n{started.stdout}",
        )
    session = SparkSession.builder.getOrCreate()
    for name, value in SMALL_QUERIES.items():
        session.conf.set(name, value)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def on_spark(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkWarehouse:
    """All random days, built in one run, in a session time zone west of UTC. All later commands are
    in one east of it. Only for the modules before test_sample.py, because a new warehouse empties
    the catalog."""
    from tests.support.random_days import DAYS, EAST, SOURCE_ROWS, VARIABLES, WEST
    from tests.support.spark_warehouse import SparkWarehouse
    from tests.support.warehouse import succeed

    warehouse = SparkWarehouse(spark, tmp_path_factory.mktemp("random_days"), time_zone=WEST)
    warehouse.load(*SOURCE_ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], **VARIABLES))
    warehouse.time_zone = EAST
    return warehouse


@pytest.fixture(scope="session")
def built(on_spark: SparkWarehouse) -> Held:
    """The tables after this run."""
    from tests.support.random_days import Held

    return Held(on_spark)
