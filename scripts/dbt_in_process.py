"""dbt in this process: the project is parsed once, and each command gets a copy of what was parsed.

A `dbt` process imports for two seconds and parses for four or more, since a change of `--vars`
throws away what an earlier one has parsed. Where many commands follow each other, as in
scripts/build.py and in the tests, that is most of the time.

    dbt = InProcess({"DBT_TARGET": "local", "DBT_PROFILES_DIR": "."})
    done = dbt("run", "--vars", "part_date: 2024-01-15")
    done.returncode, done.stdout

The rows are those of a process: models, hooks and tests are compiled when a command runs, with its
variables. Only what dbt settles while it parses stays as it was parsed; a command with a variable
that changes that (PARSED_VARIABLES) is parsed by itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

ROOT = Path(__file__).resolve().parent.parent

# Variables that settings and sources read: dbt renders those when it parses.
PARSED_VARIABLES = {"readers", "source_database"}

# Called after each node of a command: how many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass
class Done:
    """What came of a command, under the names of subprocess.CompletedProcess."""

    args: tuple[str, ...]
    returncode: int  # that of dbt's own command line: 1 a node failed, 2 anything else
    stdout: str  # all that dbt said, but for its debug messages
    result: Any  # what dbt gives back: of run and test, an object with `results`
    stderr: str = ""


class InProcess:
    """The project at `project`, with the same environment variables for every command.

    environment  what a process would be given: DBT_TARGET, DBT_PROFILES_DIR, DBT_TARGET_PATH, what
                 profiles.yml reads. A call may add more or change some, but for the target and the
                 name of the database, which are parsed once.
    flags        flags of dbt itself, before every command.
    """

    def __init__(self, environment: Mapping[str, str], *flags: str, project: Path = ROOT) -> None:
        self.environment = {"DBT_PROJECT_DIR": str(project), **environment}
        self.flags = ("--quiet", "--log-level", "none", "--no-use-colors", *flags)
        self._parsed: Manifest | None = None

    def __call__(
        self, *arguments: str, progress: Progress | None = None, **environment: str
    ) -> Done:
        """Run a dbt command (`parse` does nothing a second time). KeyboardInterrupt goes through;
        any other error is a failed command."""
        if arguments == ("parse",) and self._parsed is not None:
            return Done(arguments, 0, "", None)
        said: list[str] = []

        def listen(event: Any) -> None:
            if event.info.level != "debug":
                said.append(event.info.msg)
            if progress and (total := _nodes_of(event)):
                progress(event.data.index, total)

        with _environment(self.environment | environment):
            if PARSED_VARIABLES & _variables(arguments).keys():
                result = self._invoke(None, listen, *arguments)
            else:
                if self._parsed is None:
                    result = self._invoke(None, listen, "parse")
                    self._parsed = result.result
                    if self._parsed is not None:
                        # dbt's own copying fails at disabled nodes, as seeds are on Databricks,
                        # and at saved queries, which no command runs (mf reads what dbt parsed).
                        self._parsed.disabled.clear()
                        self._parsed.saved_queries.clear()
                if self._parsed is not None and arguments != ("parse",):
                    # dbt marks in it what it has done, so the next command needs another copy.
                    result = self._invoke(self._parsed.deepcopy(), listen, *arguments)
        if result.exception is not None:
            said.append(str(result.exception))
        code = 0 if result.success else 1 if result.exception is None else 2
        return Done(arguments, code, "\n".join(said), result.result)

    @property
    def manifest(self) -> Manifest:
        """What the first command has parsed, to read and not to change."""
        assert self._parsed is not None, "There was no command yet."
        return self._parsed

    def _invoke(
        self, manifest: Manifest | None, listen: Callable[[Any], None], *arguments: str
    ) -> dbtRunnerResult:
        # Not above: dbt takes seconds to import, and `--help` of a script needs none of it.
        from dbt.cli.main import dbtRunner

        try:
            result = dbtRunner(manifest, [listen]).invoke([*self.flags, *arguments])
        finally:
            _close_duckdb()
        if isinstance(result.exception, KeyboardInterrupt):
            raise result.exception
        return result


def _nodes_of(event: Any) -> int | None:
    """How many nodes the command has, if the event is the result of one of them."""
    if "Result" not in event.info.name or not hasattr(event.data, "index"):
        return None
    # Tests have their own name for it.
    return getattr(event.data, "total", None) or getattr(event.data, "num_models", None)


def _close_duckdb() -> None:
    """Let go of the DuckDB file: a command that fails in a hook does not, and then no other process
    can open it."""
    if duckdb := sys.modules.get("dbt.adapters.duckdb.connections"):
        with suppress(Exception):  # it raises one where nothing was opened
            duckdb.DuckDBConnectionManager.env().close()


def _variables(arguments: tuple[str, ...]) -> dict[str, Any]:
    """What `--vars` holds; nothing where that is no YAML, of which dbt complains by itself."""
    if "--vars" not in arguments:
        return {}
    try:
        given = yaml.safe_load(arguments[arguments.index("--vars") + 1])
    except (yaml.YAMLError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These environment variables, and afterwards those from before."""
    before = os.environ.copy()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
