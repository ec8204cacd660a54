"""One endpoint for the whole suite, and messages about missing requirements.

If a requirement is missing, the suite is skipped, or fails if CI is set in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from scripts.paths import ROOT
from tests.support.required import leave_out, missing_for_spark

if TYPE_CHECKING:
    from tests.support.endpoint.running import Endpoint


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The endpoint that replaces a Databricks workspace, with the jars of the profile's target
    `spark`."""
    if missing := missing_for_spark():
        leave_out("the Databricks adapter", missing)
    from tests.support.endpoint.running import free_address, running_endpoint

    profile = yaml.safe_load((ROOT / "profiles.yml.example").read_text(encoding="utf-8"))
    spark = profile["ws_shop"]["outputs"]["spark"]["server_side_parameters"]
    jars = ROOT / os.environ.get("WS_SPARK_DIR", ".spark") / "ivy"
    try:
        address = free_address()
    except OSError as error:
        leave_out(
            "the Databricks adapter",
            f"Port 443 of this machine cannot be opened; on Linux this needs root: {error}.",
        )
    running = running_endpoint(
        "wev_prod",
        tmp_path_factory.mktemp("endpoint"),
        address=address,
        packages=spark["spark.jars.packages"],
        ivy=Path(os.environ.get("WS_SPARK_IVY_DIR", jars)),
    )
    with ExitStack() as stack:
        try:
            endpoint = stack.enter_context(running)
        except Exception as error:
            leave_out(
                "the Databricks adapter",
                "Spark did not start. Its jars (Delta Lake) come from Maven Central, once, into"
                f" {jars} (or WS_SPARK_IVY_DIR); without that network, put them there.\n{error}",
            )
        yield endpoint
