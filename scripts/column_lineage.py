"""Where each column comes from, computed from the SQL that dbt compiled.

    lineage = ColumnLineage(manifest)                   # manifest.json of `dbt compile`
    lineage.made_of("ws_sess_daily", "account_id")      # the columns of sources
    lineage.steps("ws_sess_daily", "account_id")        # the steps that compute it, sources first
    lineage.used_by("weplyapi_client_log", "s_lang")    # columns of tables that are made of it

query_lineage.py says what "made of" and "decided by" mean. Each model is read once. The CTEs that
dbt adds for ephemeral models are taken as tables, so that every step keeps its name.

Nothing is guessed. The lineage ends at sources and at models whose SQL reads no table, such as
`ws_sess_daily_build`, whose rows macros write. It also ends at a model whose SQL cannot be followed
and is listed in `problems`. Columns that dbt adds to snapshots are made of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from scripts.query_lineage import NOTHING, ROWS, Branch, LineageError, Ref, Value, columns_of

# The prefix of the CTEs that dbt adds for ephemeral models.
EPHEMERAL = "__dbt__cte__"


class ColumnLineage:
    """The lineage of all models and snapshots in a manifest."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.dialect = manifest["metadata"]["adapter_type"]
        self.nodes = {
            node["name"]: node
            for node in [*manifest["nodes"].values(), *manifest["sources"].values()]
            if node["resource_type"] in ("model", "snapshot", "source")
        }
        # Without the quotes, which differ between engines.
        self.relations = {
            f"{node['schema']}.{node.get('alias') or node['identifier']}": name
            for name, node in self.nodes.items()
        }
        # Models that cannot be followed, each with the reason.
        self.problems: dict[str, str] = {}
        # Sources, and models that read no table or cannot be followed.
        self.ends: set[str] = set()
        self.columns: dict[str, Branch] = {}
        self._made_of: dict[Ref, list[Ref]] = {}
        for name in self.nodes:
            self._read(name)

    # -- answers

    def made_of(self, table: str, column: str) -> list[Ref]:
        """The columns of sources, or of tables where the lineage ends, that a column is made of."""
        ref = Ref(table, column)
        if ref not in self._made_of:
            found = self._closure(ref, lambda other: self._value(other).made_of)
            self._made_of[ref] = sorted(other for other in found if other.table in self.ends)
        return self._made_of[ref]

    def depends_on(self, table: str, column: str) -> list[Ref]:
        """The columns that a column is made of or decided by at any step, together with those that
        decide which rows there are. These are most columns for most columns."""
        found = self._closure(
            Ref(table, column),
            lambda ref: self._value(ref).read | self._value(Ref(ref.table, ROWS)).read,
        )
        return sorted(ref for ref in found if ref.table in self.ends)

    def steps(self, table: str, column: str) -> list[Ref]:
        """The columns of models that compute a column, each after those that it reads. Models that
        only hand a column on are left out."""
        found: list[Ref] = []
        seen = {Ref(table, column)}

        def visit(ref: Ref) -> None:
            value = self._value(ref)
            for other in sorted(value.made_of - seen):
                seen.add(other)
                visit(other)
            if value.is_computed and value.read:
                found.append(ref)

        visit(Ref(table, column))
        return found

    def decided_by(self, table: str, column: str) -> list[Ref]:
        """The columns of what the model reads that decide a value in this step alone."""
        value = self._value(Ref(table, column))
        return sorted(value.decided_by - value.made_of)

    def used_by(self, table: str, column: str) -> list[Ref]:
        """The columns of tables and views that are made of a column of a source."""
        ref = Ref(table, column)
        return [
            other
            for other in self._all_columns()
            if other.column != ROWS
            and self.nodes[other.table]["config"].get("materialized") != "ephemeral"
            and ref in self.made_of(*other)
        ]

    def decides(self, table: str, column: str) -> list[str]:
        """The models in which a column of a source decides another value or the rows: it is in a
        condition, a join, a group, a partition or an order."""
        ref = Ref(table, column)
        found = {
            other.table
            for other in self._all_columns()
            if ref not in self.made_of(*other)
            and any(ref in self.made_of(*by) for by in self._value(other).decided_by)
        }
        return sorted(found)

    def _all_columns(self) -> Iterator[Ref]:
        for name, branch in sorted(self.columns.items()):
            if name not in self.ends:
                yield from (Ref(name, column) for column in branch)

    def _value(self, ref: Ref) -> Value:
        return self.columns[ref.table].get(ref.column, NOTHING)

    @staticmethod
    def _closure(ref: Ref, follow: Callable[[Ref], Iterable[Ref]]) -> set[Ref]:
        found, waiting = {ref}, [ref]
        while waiting:
            new = set(follow(waiting.pop())) - found
            found |= new
            waiting += new
        return found

    # -- models

    def _read(self, name: str) -> Branch:
        """The columns of a model, which is read after those that it reads."""
        if name in self.columns:
            return self.columns[name]
        node = self.nodes[name]
        # This is also what a model sees of its own table.
        declared = {column.lower(): NOTHING for column in node["columns"]} | {ROWS: NOTHING}
        self.columns[name] = declared
        if node["resource_type"] != "source":
            try:
                self.columns[name] = declared | self._columns_of(node.get("compiled_code") or "")
            except (LineageError, SqlglotError) as error:
                self.problems[name] = str(error)
        if not any(value.read for value in self.columns[name].values()):
            self.ends.add(name)
        return self.columns[name]

    def _columns_of(self, sql: str) -> Branch:
        if not sql:
            raise LineageError("It is not compiled.")
        query = sqlglot.parse_one(sql, dialect=self.dialect)
        for cte in [*query.ctes]:
            if cte.alias.startswith(EPHEMERAL):
                cte.pop()
        return columns_of(query, self._table)

    def _table(self, table: exp.Table) -> Branch:
        name = table.name.removeprefix(EPHEMERAL)
        if not table.name.startswith(EPHEMERAL):
            relation = f"{table.db}.{table.name}"
            if relation not in self.relations:
                raise LineageError(f"{relation} is neither a model nor a source.")
            name = self.relations[relation]
        return {
            column: Value(frozenset({Ref(name, column)}), is_computed=False, is_key=value.is_key)
            for column, value in self._read(name).items()
        }
