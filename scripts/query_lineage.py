"""What the columns of one query are made of, as columns of the tables that it reads.

    columns_of(sqlglot.parse_one(sql, dialect="duckdb"), read)    # read(table): its columns

A value is **made of** the columns that it is computed from, and **decided by** the columns of the
conditions, partitions and orders that choose it: `case when d then v end` is made of v and decided
by d. If the conditions choose among constants, as in a flag, it is made of d. A count of rows is
made of ROWS of a table, or, where the rows were grouped before, of the columns that they were
grouped by. A constant that says from which branch of a `union all` a row came is made of the rows
of the branches. Any other constant, such as the time of the run, is made of nothing, and so is the
number of a row, which is only decided by an order.

The branches of a `union all` stay apart until an aggregate or a window merges them: where a branch
holds a constant, a condition on it (`fact_source = 'log'`) takes that branch alone. A left or semi
join only looks up values and makes no rows. SQL that is not known here (`except`, `lateral`,
correlated queries) raises LineageError, because its lineage would be a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import NamedTuple

from sqlglot import exp

ROWS = "*"
# Joins of more branches, as of the digits that make a calendar, are followed as one.
MOST_BRANCHES = 100
_SEMI = ("SEMI", "ANTI")


class Ref(NamedTuple):
    """A column of a table, or its ROWS."""

    table: str
    column: str


class LineageError(Exception):
    """SQL that cannot be followed; the message names the part."""


@dataclass(frozen=True)
class Value:
    """What a column is made of and decided by."""

    made_of: frozenset[Ref] = frozenset()
    decided_by: frozenset[Ref] = frozenset()
    # The SQL of the constant, if it is one.
    constant: str | None = None
    # False if the value is handed on as it is, perhaps under another name or as another type.
    is_computed: bool = True
    # The rows are grouped by it.
    is_key: bool = False

    def __or__(self, other: Value) -> Value:
        return Value(
            self.made_of | other.made_of,
            self.decided_by | other.decided_by,
            self.constant if self.constant == other.constant else None,
            self.is_computed or other.is_computed,
            self.is_key and other.is_key,
        )

    @property
    def read(self) -> frozenset[Ref]:
        return self.made_of | self.decided_by


# Columns by name, in the order of the query. The last one is ROWS: what the rows are made of, and
# decided by in all conditions, joins and groups up to here.
Branch = dict[str, Value]
NOTHING = Value()


def columns_of(query: exp.Expression, read: Callable[[exp.Table], Branch]) -> Branch:
    """The columns of a query, and its ROWS. `read` gives those of a table that is no CTE."""
    return _merged(_Query(read).branches(query, {}))


class _Query:
    """Follows a query. It is a list of branches, and so is each CTE, which is known by name."""

    def __init__(self, read: Callable[[exp.Table], Branch]) -> None:
        self.read = read

    def branches(self, query: exp.Expression, ctes: dict[str, list[Branch]]) -> list[Branch]:
        ctes = dict(ctes)
        for cte in (query.args.get("with_") or exp.With()).expressions:
            ctes[cte.alias] = self._named(cte, self.branches(cte.this, ctes))
        match query:
            case exp.Subquery():
                return self.branches(query.this, ctes)
            case exp.Union():
                return self._union(query, ctes)
            case exp.Select():
                return self._select(query, ctes)
        raise LineageError(f"Its {query.key} is not known here: {query.sql()[:200]}")

    def _named(self, source: exp.Expression, branches: list[Branch]) -> list[Branch]:
        """The branches under the names of `as t (a, b)`."""
        names = source.alias_column_names
        # Without names for all columns, the last ones, as ROWS, keep theirs.
        return [
            dict(zip([*names, *list(branch)[len(names) :]], branch.values(), strict=True))
            for branch in branches
        ]

    def _union(self, query: exp.Union, ctes: dict[str, list[Branch]]) -> list[Branch]:
        left, right = self.branches(query.left, ctes), self.branches(query.right, ctes)
        # Columns are matched by position.
        branches = left + [dict(zip(left[0], one.values(), strict=True)) for one in right]
        if query.args.get("distinct"):
            merged = _merged(branches)
            merged[ROWS] |= Value(decided_by=_all(value.read for value in merged.values()))
            return [merged]
        # Branches with the same constants need not be kept apart.
        alike: dict[tuple[str | None, ...], Branch] = {}
        for branch in branches:
            constants = tuple(value.constant for value in branch.values())
            held = alike.get(constants)
            alike[constants] = {c: held[c] | v for c, v in branch.items()} if held else branch
        return list(alike.values())

    def _select(self, query: exp.Select, ctes: dict[str, list[Branch]]) -> list[Branch]:
        joins = query.args.get("joins") or []
        if query.args.get("laterals") or any(j.method or j.args.get("using") for j in joins):
            raise LineageError(f"One of its joins is not known here: {query.sql()[:200]}")
        read = [item.this for item in (query.args.get("from_"), *joins) if item]
        sources = {source.alias_or_name: self._source(source, ctes) for source in read}
        if prod(map(len, sources.values())) > MOST_BRANCHES:
            sources = {name: [_merged(branches)] for name, branches in sources.items()}
        scopes = [
            _Scope(self, query, dict(zip(sources, combination, strict=True)), ctes)
            for combination in product(*sources.values())
        ]
        where = query.args.get("where")
        found = [s.branch() for s in scopes if not where or s.truth(where.this) is not False]
        if not found:
            raise LineageError(f"No branch fulfils its conditions: {query.sql()[:200]}")
        # A window reads the rows of all branches.
        for projection in query.expressions:
            if projection.find(exp.Window):
                value = _any(branch[projection.alias_or_name] for branch in found)
                for branch in found:
                    branch[projection.alias_or_name] = replace(value, constant=None)
        is_aggregate = any(query.args.get(key) for key in ("group", "distinct")) or any(
            aggregate.find_ancestor(exp.Window, exp.Select) is query
            for projection in query.expressions
            for aggregate in projection.find_all(exp.AggFunc)
        )
        return [_merged(found)] if is_aggregate else found

    def _source(self, source: exp.Expression, ctes: dict[str, list[Branch]]) -> list[Branch]:
        match source:
            case exp.Table() if not source.db and source.name in ctes:
                return ctes[source.name]
            case exp.Table():
                return [self.read(source)]
            case exp.Values():
                return [dict.fromkeys([*source.alias_column_names, ROWS], NOTHING)]
        return self._named(source, self.branches(source, ctes))


@dataclass
class _Scope:
    """What the expressions of a query can name: columns by the alias of their table, for one
    combination of the branches, and the query's own columns."""

    query: _Query
    select: exp.Select
    sources: dict[str, Branch]
    ctes: dict[str, list[Branch]]

    @property
    def joins(self) -> list[exp.Join]:
        return self.select.args.get("joins") or []

    def branch(self) -> Branch:
        """The columns of the query."""
        branch = {c: v for item in self.select.expressions for c, v in self.projected(item)}
        args = self.select.args
        deciding = [args[key].this for key in ("where", "having", "qualify") if args.get(key)]
        deciding += [join.args["on"] for join in self.joins if join.args.get("on")]
        decided = [self.value(part).read for part in deciding]
        decided += [source[ROWS].read for source in self.sources.values()]
        keys = [*branch.values()] if args.get("distinct") else self.keys()
        decided += [key.read for key in keys]
        rows = _all(source[ROWS].made_of for source in self.counted())
        branch[ROWS] = Value(rows, _all(decided), is_computed=False)
        if keys or self.joins:
            is_grouped = bool(args.get("group"))
            branch = {c: replace(v, is_key=is_grouped and v in keys) for c, v in branch.items()}
        return branch

    def counted(self) -> list[Branch]:
        """The sources whose rows make the rows of the query. A left or semi join only looks up: a
        row that finds no partner stays, and one that finds some is not multiplied."""
        looked_up = {
            join.alias_or_name for join in self.joins if join.side == "LEFT" or join.kind in _SEMI
        }
        return [branch for source, branch in self.sources.items() if source not in looked_up]

    def keys(self) -> list[Value]:
        """The values that the rows are grouped by."""
        group = self.select.args.get("group")
        return [self.value(key) for key in group.expressions] if group else []

    def projected(self, projection: exp.Expression) -> Iterator[tuple[str, Value]]:
        star = projection.this if isinstance(projection, exp.Column) else projection
        if not isinstance(star, exp.Star):
            yield projection.alias_or_name.lower(), self.value(projection.unalias())
            return
        table = projection.table if isinstance(projection, exp.Column) else ""
        left_out = {ROWS} | {column.name for column in star.args.get("except_") or []}
        replaced = {item.alias: item.this for item in star.args.get("replace") or []}
        for source, branch in self.sources.items():
            for name, value in branch.items():
                if name not in left_out and table in ("", source):
                    yield name, self.value(replaced[name]) if name in replaced else value

    def column(self, column: exp.Column) -> Value:
        name, table = column.name.lower(), column.table
        for source, branch in self.sources.items():
            if name in branch and table in ("", source):
                return branch[name]
        # DuckDB and Spark also know the columns of the query itself.
        for projection in self.select.expressions:
            is_in_itself = any(node is column for node in projection.find_all(exp.Column))
            if (projection.alias, "") == (column.name, table) and not is_in_itself:
                return self.value(projection.this)
        raise LineageError(f"Column {column.sql()} is in none of {', '.join(self.sources)}.")

    def value(self, expression: exp.Expression) -> Value:
        """What an expression is made of and decided by."""
        match expression:
            case exp.Column():
                return self.column(expression)
            case exp.Literal() | exp.Null() | exp.Boolean():
                return Value(constant=expression.sql())
            case exp.Paren() | exp.Cast() | exp.IgnoreNulls():
                return self.value(expression.this)
            case exp.Case() | exp.If():
                return self._case(expression)
            case exp.Window():
                return self._decided(self.value(expression.this), self._window(expression))
            case exp.Filter() | exp.Nullif():
                return self._decided(self.value(expression.this), [expression.expression])
            case exp.Count() if isinstance(expression.this, exp.Star):
                counted = self.counted()
                keys = [v.made_of for source in counted for v in source.values() if v.is_key]
                rows = [source[ROWS].made_of for source in counted]
                # Within a group, the columns of its own key are the same on all rows.
                return Value(_all(keys or rows) - _all(key.made_of for key in self.keys()))
            case exp.Subquery() | exp.Select() | exp.SetOperation():
                branches = self.query.branches(expression, self.ctes)
                value = _any(v for b in branches for c, v in b.items() if c != ROWS)
                rows = _all(branch[ROWS].read for branch in branches)
                return Value(value.made_of, value.decided_by | rows)
            case exp.Max() | exp.Min():
                # Of a constant it is that constant, in each branch of a union.
                return replace(self.value(expression.this), is_computed=True)
        return replace(_any(map(self.value, expression.iter_expressions())), constant=None)

    def _window(self, window: exp.Window) -> list[exp.Expression]:
        """The partitions and orders of a window and of the named window that it is based on."""
        parts = [*window.args.get("partition_by", ()), window.args.get("order")]
        for named in self.select.args.get("windows", ()):
            if named.name == window.alias:
                parts += self._window(named)
        return [part for part in parts if part]

    def _case(self, expression: exp.Case | exp.If) -> Value:
        """The values of the branches that can be true, decided by the conditions before them."""
        ifs = expression.args["ifs"] if isinstance(expression, exp.Case) else [expression]
        default = expression.args.get("default") or expression.args.get("false") or exp.Null()
        operand = expression.this if isinstance(expression, exp.Case) else None
        values, conditions = [], [operand] if operand else []
        for branch in ifs:
            truth = None if operand else self.truth(branch.this)
            if truth is False:
                continue
            conditions.append(branch.this)
            values.append(self.value(branch.args["true"]))
            if truth:
                break
        else:
            values.append(self.value(default))
        if len(values) > 1 and all(value.constant for value in values):
            return replace(_any(map(self.value, conditions)), constant=None)
        return self._decided(_any(values), conditions)

    def _decided(self, value: Value, parts: Iterable[exp.Expression]) -> Value:
        decided = _all(self.value(part).read for part in parts)
        return Value(value.made_of, value.decided_by | decided, value.constant)

    def truth(self, condition: exp.Expression) -> bool | None:
        """Whether a condition is true or false because of constants. None if that is not known."""
        match condition:
            case exp.Paren():
                return self.truth(condition.this)
            case exp.And() | exp.Or():
                sides = self.truth(condition.left), self.truth(condition.right)
                deciding = isinstance(condition, exp.Or)
                if deciding in sides:
                    return deciding
                return None if None in sides else not deciding
            case exp.EQ() | exp.In() if not condition.args.get("query"):
                given = condition.args.get("expressions") or [condition.expression]
                held, *others = [self.value(part).constant for part in (condition.this, *given)]
                return held in others if held and all(others) else None
        return None


def _any(values: Iterable[Value]) -> Value:
    """A value that comes from any of these."""
    found: Value | None = None
    for value in values:
        found = found | value if found else value
    return replace(found, is_computed=True) if found else NOTHING


def _merged(branches: list[Branch]) -> Branch:
    """The branches as one."""
    if len(branches) == 1:
        return branches[0]
    rows = {branch[ROWS].made_of for branch in branches}
    merged = {}
    for name in branches[0]:
        values = [branch[name] for branch in branches]
        merged[name] = _any(values)
        # It says from which of the branches a row came, if these do not read the same rows.
        if all(value.constant for value in values) and not merged[name].constant and len(rows) > 1:
            merged[name] |= Value(made_of=_all(rows))
    return merged


def _all(refs: Iterable[frozenset[Ref]]) -> frozenset[Ref]:
    return frozenset().union(*refs)
