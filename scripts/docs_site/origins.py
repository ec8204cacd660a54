"""What the pages of the documentation site say about where columns come from.

The raw columns, steps and uses are those of column_lineage.py. A step is said to implement a rule
of docs/specification.md if the rule defines the column and the description of the model names the
rule.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from scripts.column_lineage import ColumnLineage
from scripts.query_lineage import ROWS, Ref

# In section 3 of the specification: a rule, and in it the columns that a sentence defines.
SECTION = re.compile(r"^## 3\. .*?(?=^## )", re.MULTILINE | re.DOTALL)
RULE = re.compile(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", re.MULTILINE | re.DOTALL)
DEFINED = re.compile(r"(?:^|[.)] |; |let )((?:`\w+`(?:, )?)+)(?::| =| be | likewise)")
# In the description of a model: "SPEC rules 8, 9 and 12".
NAMED = re.compile(r"\brules? ((?:\d+(?:, | and )?)+)")

Group = tuple[str, list[str]]


class Step(NamedTuple):
    """A model that computes a column."""

    model: str
    column: str
    rule: str
    decided_by: list[str]


class Origin(NamedTuple):
    """The columns by source that a column is made of, and the steps that compute it."""

    made_of: list[Group]
    steps: list[Step]


class Use(NamedTuple):
    """The columns by table that are made of a column of a source, and the models that it decides in
    a condition, a join, a group, a partition or an order."""

    column: str
    tables: list[Group]
    decides: list[str]


class Origins:
    """The origins of the columns of tables, and the uses of the columns of sources."""

    def __init__(
        self, manifest: dict[str, Any], nodes: dict[str, Any], specification: Path
    ) -> None:
        self.lineage = ColumnLineage(manifest)
        self.nodes = nodes
        self.defined = rules_by_column(specification)

    def is_followed(self, table: str) -> bool:
        return table not in self.lineage.ends

    def of(self, table: str, column: str) -> Origin:
        steps = []
        for ref in self.lineage.steps(table, column):
            deciding = {by.column for by in self.lineage.decided_by(*ref)} - {ROWS}
            steps.append(Step(*ref, self.rule(*ref), sorted(deciding)))
        return Origin(_grouped(self.lineage.made_of(table, column)), steps)

    def uses(self, source: str) -> list[Use]:
        """The uses of each column of a source, and of its rows."""
        return [
            Use(
                column,
                _grouped(r for r in self.lineage.used_by(source, column) if r.table in self.nodes),
                [model for model in self.lineage.decides(source, column) if model in self.nodes],
            )
            for column in [*self.nodes[source]["columns"], ROWS]
        ]

    def rule(self, model: str, column: str) -> str:
        """The number of the rule that the model implements in this column, or nothing."""
        named = "".join(NAMED.findall(" ".join(self.nodes[model]["description"].split())))
        rules = self.defined.get(column, set()) & set(re.findall(r"\d+", named))
        return rules.pop() if len(rules) == 1 else ""


def rules_by_column(specification: Path) -> dict[str, set[str]]:
    """The numbers of the rules that define each column."""
    found: dict[str, set[str]] = defaultdict(set)
    for section in SECTION.findall(specification.read_text(encoding="utf-8")):
        for number, text in RULE.findall(section):
            for columns in DEFINED.findall(" ".join(text.split())):
                for column in re.findall(r"\w+", columns):
                    found[column].add(number)
    if not found:
        raise ValueError(f"{specification.name} has no rule in section 3 that defines a column")
    return found


def _grouped(refs: Iterable[Ref]) -> list[Group]:
    """The columns by table, both in alphabetical order."""
    groups = groupby(sorted(refs), key=lambda ref: ref.table)
    return [(table, [ref.column for ref in of_table]) for table, of_table in groups]
