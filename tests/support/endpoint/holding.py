"""Hold one client's statement at some point while statements of other clients continue.

endpoint.engine.hold = hold = Hold("insert … replace where", "`ws_sess_daily`", WITHIN)
…                     # a client in another process starts
hold.wait()           # wait until its statement has arrived
…                     # other clients do their work
hold.release()
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BEFORE = "before it runs"
WITHIN = "after it has looked at the tables, before it commits"
AFTER = "after it has committed, before its client knows"

PATIENCE = 300  # seconds


class Hold:
    """Holds the first statement that is of a kind and contains a text, and no other statement."""

    def __init__(self, kind: str, text: str, point: str) -> None:
        self.kind, self.text, self.point = kind, text, point
        self._folder = tempfile.TemporaryDirectory()
        self._stop = _stop_by(self._folder.name)

    def is_of(self, kind: str, statement: str) -> bool:
        return kind == self.kind and self.text in statement

    def wait(self) -> None:
        """Wait until the statement is held."""
        patient_until = time.monotonic() + PATIENCE
        while not Path(self._folder.name, "reached").exists():
            if time.monotonic() > patient_until:
                raise TimeoutError(f"There came no statement “{self.kind}” with {self.text}.")
            time.sleep(0.02)

    def release(self) -> None:
        Path(self._folder.name, "released").touch()

    def before(self, spark: SparkSession, statement: str) -> str:
        """Change the statement so that it is held while it runs: a function that waits is called
        for each row to be written. The statement must end with `from` and a table."""
        if self.point == BEFORE:
            self._stop("")
        if self.point != WITHIN:
            return statement
        # Declared nondeterministic. Otherwise Spark would call it early and in several tasks, which
        # would occupy the cores that other statements need.
        from pyspark.sql.functions import udf

        spark.udf.register("held", udf(self._stop, "string").asNondeterministic())
        return f"{statement} where held(part_date) is not null"

    def after(self) -> None:
        if self.point == AFTER:
            self._stop("")


def _stop_by(folder: str) -> Callable[[str], str]:
    """A function that creates a file in a folder and waits for another file there. Spark calls it
    in a separate process, which cannot import this module."""
    patience = PATIENCE

    def stop(value: str) -> str:
        import pathlib
        import time

        pathlib.Path(folder, "reached").touch()
        patient_until = time.monotonic() + patience
        while not pathlib.Path(folder, "released").exists():
            if time.monotonic() > patient_until:
                raise TimeoutError("Nobody has released this statement.")
            time.sleep(0.02)
        return value

    return stop
