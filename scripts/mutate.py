#!/usr/bin/env python3
"""Break the SQL on purpose, one rule of SPEC at a time, and check that a test fails.

    .venv/bin/python -m scripts.mutate                  # all of them; `make mutations`
    .venv/bin/python -m scripts.mutate --only 3.4       # those with the text in rule, name or file
    .venv/bin/python -m scripts.mutate --unit           # with unit tests only, which takes minutes
    .venv/bin/python -m scripts.mutate --list           # list the mutations without running them

The mutations are listed in tests/mutations. Each is applied to a copy of the project, never to
the working tree. On the copy, these tests run until one fails:
    1. the unit tests of the models that the mutated file is part of;
    2. all unit tests;
    3. the end-to-end test that compares random logs with the oracle, SPEC in plain Python.
If a mutation names an end-to-end test, no unit test covers its rule. After step 1, only that test
runs. --unit skips these mutations and step 3.
One line per mutation says which test caught it, `unit …` or `end to end …`. If several tests would
fail, it is the first one that ran. Before any mutation, the unit tests must pass on the unchanged
copy. An end-to-end test must also pass unchanged before its failure counts.

The script uses the dbt and pytest of the Python that runs it. It writes only to a temporary folder,
which is removed at the end. --jobs N (default 2) runs N mutations at a time. A mutation that a unit
test catches takes two seconds of one core, and each of the others a minute or two.

Exit codes: 0 every mutation was caught; 1 one was not caught, or its SQL does not run (which proves
nothing); 2 wrong arguments, a mutation that does not match its text, or tests that fail without a
mutation.
"""

import argparse
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from scripts.paths import ROOT

MUTATIONS = ROOT / "tests" / "mutations"
END_TO_END = "tests/e2e/"
NOT_COPIED = (".git", ".venv", "target", "logs", "__pycache__", ".spark", "*.duckdb*")
QUIET = ("--log-level", "none", "--log-level-file", "none")
UNIT_TEST = "test_type:unit"
RANDOM_LOGS = "test_random_logs.py"
PYTEST = (sys.executable, "-m", "pytest", "-x", "-q")
MACRO = re.compile(
    r"\{%-? macro (?:default__|spark__|databricks__)?(\w+)\(.*?endmacro -?%\}", re.DOTALL
)


class Mutation(NamedTuple):
    rule: str
    name: str  # of a model, macro or data test; or a path
    file: str
    text: str  # of the macro, with its versions for the engines, or of the whole file
    old: str
    new: str
    end_to_end_test: str = RANDOM_LOGS

    def __str__(self) -> str:
        return f"{self.rule} ({Path(self.name).name})"


class Unfit(Exception):
    """The mutations cannot be tested, because the list, the arguments or the project are wrong."""


def macros() -> dict[str, tuple[str, str]]:
    """The file and the text of each macro, with its versions for the engines."""
    found = {}
    for path in sorted((ROOT / "macros").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        spans: dict[str, list[int]] = {}
        for macro in MACRO.finditer(text):
            spans.setdefault(macro[1], []).extend(macro.span())
        for name, span in spans.items():
            found[name] = str(path.relative_to(ROOT)), text[span[0] : span[-1]]
    return found


def read_mutations() -> list[Mutation]:
    """Read tests/mutations. Unfit names each mutation that does not match its text."""
    entries = [
        (name, old, *texts)
        for path in sorted(MUTATIONS.glob("[!_]*.py"))
        for name, by_text in runpy.run_path(str(path))["MUTATIONS"].items()
        for old, pairs in by_text.items()
        for texts in pairs
    ]
    mutations, wrong = [], []
    places = macros()
    for name in dict.fromkeys(name for name, *_ in entries):
        for pattern in (name, f"models/**/{name}.sql", f"tests/**/{name}.sql"):
            for path in ROOT.glob(pattern):
                places[name] = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for name, old, rule, new, *test in entries:
        if name in places:
            mutations.append(Mutation(rule, name, *places[name], old, new, *test))
        else:
            wrong.append(f"{name}: there is no such model, macro, data test or file")
    for mutation in mutations:
        times = mutation.text.count(mutation.old)
        if times != 1 or mutation.old == mutation.new:
            wrong.append(f"{mutation}: the old text occurs {times} times, not once")
    if wrong:
        raise Unfit("\n".join(wrong))
    return mutations


def models_of(mutation: Mutation) -> list[str]:
    """The models that a mutation changes: the model itself, or all that call the macro."""
    if mutation.file.startswith("models/"):
        return [Path(mutation.file).stem]
    texts = {name: text for name, (_, text) in macros().items()}
    called = [mutation.name] if mutation.name in texts else []
    for name in called:  # the list grows during the loop
        call = re.compile(rf"\b{name}\(")
        called += [
            caller for caller in texts if caller not in called and call.search(texts[caller])
        ]
    calls = re.compile(rf"\b({'|'.join(called)})\(")
    models = sorted((ROOT / "models").rglob("*.sql")) if called else []
    return [path.stem for path in models if calls.search(path.read_text(encoding="utf-8"))]


class Copy:
    """A copy of the project in its own folder, with a warehouse of the sample's sources."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        shutil.copytree(ROOT, self.project, ignore=shutil.ignore_patterns(*NOT_COPIED))
        profiles = folder / "profiles"
        profiles.mkdir()
        shutil.copy(ROOT / "profiles.yml.example", profiles / "profiles.yml")
        os.environ |= {
            "WS_DUCKDB_PATH": str(folder / "ws_shop.duckdb"),
            "DBT_PROFILES_DIR": str(profiles),
            "DBT_TARGET": "local",
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }
        os.chdir(self.project)
        # Imported here because importing dbt takes seconds, and --list and --help do not need it.
        from dbt.cli.main import dbtRunner

        self.dbt = dbtRunner().invoke
        self.green: dict[str, bool] = {}
        if not self.dbt([*QUIET, "seed"]).success:
            raise Unfit("dbt seed fails without any mutation.")
        failed, _ = self.unit_tests(UNIT_TEST)
        if failed:
            raise Unfit(f"Without any mutation a unit test fails: {failed}")

    def check(self, mutation: Mutation, end_to_end: bool) -> tuple[bool, str]:
        """Whether a test catches the mutation, and its name, or the reason why none can."""
        test = mutation.end_to_end_test
        own = [f"{UNIT_TEST},{model}" for model in models_of(mutation)]
        for selection in (own, [UNIT_TEST]) if test == RANDOM_LOGS else (own,):
            if selection:
                failed, error = self.mutated(mutation, lambda s=selection: self.unit_tests(*s))
                if error:
                    return False, f"NOTHING: it does not run ({error})"
                if failed:
                    return True, f"unit {failed}"

        if not end_to_end:
            return False, "NOTHING: no unit test"
        if test not in self.green:
            self.green[test] = self.end_to_end(test) is None
        if not self.green[test]:
            return False, f"NOTHING: no unit test, and {test} fails without any mutation"
        failed = self.mutated(mutation, lambda: self.end_to_end(test))
        return (True, f"end to end {failed}") if failed else (False, "NOTHING")

    def mutated(self, mutation: Mutation, run_tests: Callable[[], Any]) -> Any:
        path = self.project / mutation.file
        original = path.read_text(encoding="utf-8")
        mutated = mutation.text.replace(mutation.old, mutation.new)
        path.write_text(original.replace(mutation.text, mutated), encoding="utf-8")
        try:
            return run_tests()
        finally:
            path.write_text(original, encoding="utf-8")

    def unit_tests(self, *selection: str) -> tuple[str | None, str | None]:
        """The first unit test that fails, or the error that prevented one from running."""
        done = self.dbt([*QUIET, "test", "--fail-fast", "--select", *selection])
        results = done.result.results if done.result else []
        for result in results:
            if result.status == "fail":
                return result.node.name, None
        errors = [result.message for result in results if result.status == "error"]
        if errors or done.exception:
            return None, " ".join(str(errors[0] if errors else done.exception).split())
        return None, None

    def end_to_end(self, test: str) -> str | None:
        """The end-to-end test that fails, or None if all pass."""
        done = subprocess.run(
            [*PYTEST, END_TO_END + test], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode == 0:
            return None
        failed = re.search(r"^(?:FAILED|ERROR) \S+?::(.+?)(?: - |$)", done.stdout, re.MULTILINE)
        return failed[1] if failed else f"pytest exits with {done.returncode}"


def start(folder: str) -> None:
    """Prepare a job: make its copy of the project, which it uses for all its mutations."""
    global copy
    try:
        copy = Copy(Path(tempfile.mkdtemp(dir=folder)))
    except Unfit as problem:
        copy = problem


def check(mutation: Mutation, end_to_end: bool) -> tuple[bool, str]:
    if isinstance(copy, Unfit):
        raise copy
    return copy.check(mutation, end_to_end)


def main() -> int:
    parser = argparse.ArgumentParser(description="Break the SQL on purpose; a test must fail.")
    parser.add_argument("--only", metavar="TEXT", default="", help="rule, name or file has TEXT")
    parser.add_argument("--jobs", type=int, metavar="N", default=2, help="mutations at a time")
    parser.add_argument("--unit", action="store_true", help="unit tests only")
    parser.add_argument("--list", action="store_true", help="list the mutations and stop")
    arguments = parser.parse_args()

    mutations = [m for m in read_mutations() if arguments.only in f"{m.rule} {m.name} {m.file}"]
    if arguments.unit:
        mutations = [m for m in mutations if m.end_to_end_test == RANDOM_LOGS]
    if not mutations or arguments.jobs < 1:
        raise Unfit(f"No rule, name or file contains {arguments.only!r}, or --jobs is below 1.")
    if arguments.list:
        print(*mutations, sep="\n")
        return 0

    started = time.monotonic()
    width = max(len(str(mutation)) for mutation in mutations)
    print("mutation: the rule that it breaks".ljust(width), "| caught by", flush=True)
    survivors = 0
    with (
        tempfile.TemporaryDirectory(prefix="ws_mutate_") as folder,
        ProcessPoolExecutor(arguments.jobs, initializer=start, initargs=(folder,)) as jobs,
    ):
        for mutation, (caught, by) in zip(
            mutations, jobs.map(check, mutations, repeat(not arguments.unit))
        ):
            survivors += not caught
            print(str(mutation).ljust(width), "|", by, flush=True)
    minutes = (time.monotonic() - started) / 60
    print(f"{len(mutations) - survivors} of {len(mutations)} caught, {minutes:.1f} minutes.")
    return 1 if survivors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unfit as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
