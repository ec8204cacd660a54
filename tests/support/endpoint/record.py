"""A record of the statements that the endpoint received, and how each was answered."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

AS_WRITTEN = "as written"
BY_RULE = "by rule"
REFUSED = "refused"


@dataclass(frozen=True)
class Statement:
    """One statement. `answer` is one of the three constants above."""

    command: str  # the dbt command that sent it
    compute: str
    text: str
    kind: str
    answer: str
    error: str | None
    seconds: float

    @property
    def node(self) -> str | None:
        """The dbt node named in the comment that the adapter adds."""
        comment = re.match(r"\s*/\*\s*(\{.*?\})\s*\*/", self.text, re.DOTALL)
        return json.loads(comment[1]).get("node_id") if comment else None

    @property
    def sql(self) -> str:
        return " ".join(without_comments(self.text).split())


@dataclass(frozen=True)
class OpenedSession:
    """One session, with the settings with which the adapter opened it."""

    command: str
    compute: str
    settings: dict[str, str]


@dataclass
class Record:
    """Everything received since the endpoint started. The sender of a command announces it
    first."""

    command: str = "(none)"
    statements: list[Statement] = field(default_factory=list)
    sessions: list[OpenedSession] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)  # HTTP requests that are not Thrift
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, entry: Statement | OpenedSession) -> None:
        with self._lock:
            (self.statements if isinstance(entry, Statement) else self.sessions).append(entry)

    def count_request(self, request: str) -> None:
        with self._lock:
            self.requests[request] += 1

    def of_command(self, command: str) -> list[Statement]:
        return [statement for statement in self.statements if statement.command == command]

    def write_report(self, path: Path, kinds: Iterable) -> None:
        """Write a readable file: the kinds of statements with how and why they are answered so, and
        the statements of each dbt command."""
        seen = Counter((s.kind, s.compute) for s in self.statements if s.error is None)
        lines = ["STATEMENTS BY KIND", ""]
        for answer in (AS_WRITTEN, BY_RULE):
            lines += [f"-- {answer}"]
            for kind in kinds:
                computes = {c: n for (name, c), n in sorted(seen.items()) if name == kind.name}
                if kind.answered == answer and computes:
                    times = ", ".join(f"{n} x {compute}" for compute, n in computes.items())
                    lines += [f"{kind.name}  [{times}]"]
                    lines += [f"    {line}" for line in kind.explanation.splitlines()]
            lines += [""]
        lines += ["STATEMENTS BY COMMAND", ""]
        for command in dict.fromkeys(s.command for s in self.statements):
            lines += [f"== {command}"]
            for s in self.of_command(command):
                error = f"  !! {s.error.splitlines()[0]}" if s.error else ""
                lines += [f"{s.seconds:6.2f} s  {s.answer:14}  {s.kind:34}  {s.sql[:160]}{error}"]
            lines += [""]
        lines += ["OTHER REQUESTS", ""]
        lines += [f"{count:6}  {request}" for request, count in sorted(self.requests.items())]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def without_comments(text: str) -> str:
    """A statement without its leading comments and trailing semicolon."""
    before = re.match(r"\s*(?:(?:/\*.*?\*/|--[^\n]*(?:\n|$))\s*)*", text, re.DOTALL)
    return text[before.end() :].strip().rstrip(";").strip()
