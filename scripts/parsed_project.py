"""A dbt project that is parsed once; each command runs in this process on a copy of it.

A `dbt` process takes two seconds for imports and four or more for parsing, because a change of
`--vars` invalidates the previous parse. For many commands in a row, as in scripts/build.py and in
the tests, this is most of the time.

    dbt = ParsedProject({"DBT_TARGET": "local", "DBT_PROFILES_DIR": "."})
    done = dbt("run", "--vars", "part_date: 2024-01-15")
    done.returncode, done.stdout

The rows are the same as with a separate process, because models, hooks and tests are compiled when
a command runs, with its variables. Only what dbt resolves while parsing is fixed. For a command
with variables that change it (PARSED_VARIABLES), the project is parsed once more with their values.

The parsed project is kept in target/parsed_project/ for partial parsing: the next process parses
only the files that have changed, or everything if a generic test has. dbt would parse everything
again for other variables or another connection, but here all processes parse with the same ones.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scripts.paths import ROOT

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

# The parsed project, by target and by the text of the generic tests.
KEPT = ROOT / "target" / "parsed_project"

# Variables used in settings, sources and the profile of the job, which dbt renders while parsing.
PARSED_VARIABLES = {"readers", "source_database", "catalog", "warehouse_id"}

# While parsing, dbt connects to nothing, so every process can parse with the same connection. Only
# the name of a DuckDB file matters, because it is the name of the database.
PARSED_CONNECTION = {"DATABRICKS_HOST": "localhost", "DATABRICKS_HTTP_PATH": "/"}

# Messages are in the result of a command, so dbt prints none.
OWN_FLAGS = ("--quiet", "--log-level", "none", "--no-use-colors")

# Called after each node of a command with the number of finished nodes and the total.
Progress = Callable[[int, int], None]


@dataclass
class Done:
    """The result of a command, with the attribute names of subprocess.CompletedProcess."""

    args: tuple[str, ...]
    returncode: int  # as on dbt's command line: 1 if a node failed, 2 for any other error
    stdout: str  # all messages of dbt except debug messages
    result: Any  # dbt's return value: for run and test, an object with `results`
    stderr: str = ""
    printed: tuple[str, ...] = ()  # what macros printed


class ParsedProject:
    """The project at `project`, with the same environment variables for every command.

    environment  the variables that a process would get: DBT_TARGET, DBT_PROFILES_DIR,
                 DBT_TARGET_PATH, and those that profiles.yml reads. A call can add or change
                 variables, except the target and the name of the database, which are parsed once.
    flags        global flags of dbt, placed before every command.
    """

    def __init__(self, environment: Mapping[str, str], *flags: str, project: Path = ROOT) -> None:
        self.environment = {"DBT_PROJECT_DIR": str(project), **environment}
        self.flags = (*OWN_FLAGS, *flags)
        # By the values of PARSED_VARIABLES.
        self._parsed: dict[str, Manifest] = {}

    def with_flags(self, *flags: str) -> ParsedProject:
        """The same parsed project with these global flags instead."""
        other = copy(self)
        other.flags = (*OWN_FLAGS, *flags)
        return other

    def __call__(
        self, *arguments: str, progress: Progress | None = None, **environment: str
    ) -> Done:
        """Run a dbt command (a second `parse` does nothing). KeyboardInterrupt is raised; any other
        error counts as a failed command."""
        given = _parsed_variables(arguments)
        if arguments == ("parse",) and given in self._parsed:
            return Done(arguments, 0, "", None)
        said: list[str] = []
        printed: list[str] = []

        def listen(event: Any) -> None:
            if event.info.level != "debug":
                said.append(event.info.msg)
            if event.info.name == "PrintEvent":
                printed.append(event.info.msg)
            if progress and (total := _nodes_of(event)):
                progress(event.data.index, total)

        with _environment(self.environment | environment):
            if given not in self._parsed:
                parse = ("parse", "--vars", given) if given else ("parse",)
                keep = not given and arguments != ("parse",)
                with _environment(self._parsing(keep)):
                    result = self._invoke(None, listen, *parse)
                if (manifest := result.result) is not None:
                    # dbt fails to copy disabled nodes, such as seeds on Spark, saved queries, which
                    # no dbt command runs, and selectors, which it reads again.
                    manifest.disabled.clear()
                    manifest.saved_queries.clear()
                    manifest.selectors.clear()
                    self._parsed[given] = manifest
            if given in self._parsed and arguments != ("parse",):
                result = self._invoke(_copy(self._parsed[given]), listen, *arguments)
        if result.exception is not None:
            said.append(str(result.exception))
        code = 0 if result.success else 1 if result.exception is None else 2
        text = "\n".join(said)
        return Done(arguments, code, text, result.result, printed=tuple(printed))

    @property
    def manifest(self) -> Manifest:
        """The manifest without variables, which the first command without them parsed. It must not
        be modified."""
        assert "" in self._parsed, "No command has been run yet."
        return self._parsed[""]

    def _parsing(self, keep: bool) -> dict[str, str]:
        """The environment variables for parsing. keep: for the next process, instead of artifacts
        in the target folder of the command, which `dbt parse` writes."""
        tests = Path(self.environment["DBT_PROJECT_DIR"], "tests", "generic").glob("*.sql")
        digest = hashlib.sha256(b"".join(test.read_bytes() for test in sorted(tests)))
        # If a generic test has changed, dbt 1.11 loses a snapshot that uses it, so dbt then parses
        # everything.
        kept = KEPT / os.environ.get("DBT_TARGET", "default") / digest.hexdigest()[:16]
        file = kept / "partial_parse.msgpack"
        duckdb = Path(os.environ.get("WS_DUCKDB_PATH", "ws_shop.duckdb")).name
        parsing = PARSED_CONNECTION | {"WS_DUCKDB_PATH": duckdb}
        # Other projects are mostly changed copies. They start from the same file, but leave it.
        if file.exists():
            parsing["DBT_PARTIAL_PARSE_FILE_PATH"] = str(file)
        if self.environment["DBT_PROJECT_DIR"] == str(ROOT) and keep:
            parsing["DBT_TARGET_PATH"] = str(kept)
        return parsing

    def _invoke(
        self, manifest: Manifest | None, listen: Callable[[Any], None], *arguments: str
    ) -> dbtRunnerResult:
        # A command makes many objects that refer to each other and are soon gone, and so does the
        # import of dbt. By default, Python looks for cycles among them and all nodes of the
        # project hundreds of times.
        gc.set_threshold(50_000, 20, 50)
        # Imported here because importing dbt takes seconds, and `--help` does not need it.
        from dbt.cli.main import dbtRunner

        try:
            result = dbtRunner(manifest, [listen]).invoke([*self.flags, *arguments])
        finally:
            _close_duckdb()
        if isinstance(result.exception, KeyboardInterrupt):
            raise result.exception
        return result


def _copy(manifest: Manifest) -> Manifest:
    """A copy for one command, because dbt modifies nodes during a command. Macros, which take
    longest to copy, are not modified, so all commands share them."""
    macros, manifest.macros = manifest.macros, {}
    try:
        copied = manifest.deepcopy()
    finally:
        manifest.macros = macros
    copied.macros = macros
    return copied


def _nodes_of(event: Any) -> int | None:
    """The number of nodes in the command, if the event is the result of one of them."""
    if "Result" not in event.info.name or not hasattr(event.data, "index"):
        return None
    # Test events use another attribute name.
    return getattr(event.data, "total", None) or getattr(event.data, "num_models", None)


def _close_duckdb() -> None:
    """Close the DuckDB file. A command that fails in a hook leaves it open, and then no other
    process can open it."""
    if duckdb := sys.modules.get("dbt.adapters.duckdb.connections"):
        with suppress(Exception):  # raised if nothing was opened
            duckdb.DuckDBConnectionManager.env().close()


def _parsed_variables(arguments: tuple[str, ...]) -> str:
    """The variables in `--vars` that change what dbt parses, as JSON. Empty if there is none, or if
    the value is not valid YAML, which dbt reports itself."""
    if "--vars" not in arguments:
        return ""
    try:
        variables = yaml.safe_load(arguments[arguments.index("--vars") + 1])
    except (yaml.YAMLError, ValueError):
        return ""
    if not isinstance(variables, dict):
        return ""
    given = {name: variables[name] for name in sorted(PARSED_VARIABLES & variables.keys())}
    return json.dumps(given, default=str) if given else ""


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set these environment variables, and restore the previous ones afterwards."""
    before = os.environ.copy()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
