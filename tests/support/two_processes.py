"""Run dbt on the endpoint in two separate processes, each of which parses the project once.

with two_processes(warehouse) as run:
    first = run("run", "--vars", "part_date: 2024-01-15")     # returns immediately
    second = run("snapshot")                                  # in the other process
    first.result().returncode, second.result().stdout
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context

from scripts.parsed_project import Done
from tests.support.databricks_warehouse import ON_DATABRICKS, DatabricksWarehouse


@contextmanager
def two_processes(warehouse: DatabricksWarehouse) -> Iterator[Callable[..., Future[Done]]]:
    environment = warehouse.environment()
    with ProcessPoolExecutor(2, get_context("spawn"), _start, (environment,)) as processes:
        # Run one command in each process first, so that the project is parsed before the tests.
        for parsed in [processes.submit(_dbt, "parse") for _ in range(2)]:
            assert parsed.result().returncode == 0
        yield lambda *arguments: processes.submit(_dbt, *arguments)


def _start(environment: dict[str, str]) -> None:
    own = f"{environment['DBT_TARGET_PATH']}-{os.getpid()}"
    os.environ.update(environment | {"DBT_TARGET_PATH": own})
    ON_DATABRICKS("parse")


def _dbt(*arguments: str) -> Done:
    # The result object of dbt cannot be sent to another process.
    return replace(ON_DATABRICKS(*arguments), result=None)
