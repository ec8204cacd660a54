"""All kinds of statements that the endpoint supports.

Most statements run unchanged. Statements that Databricks has and Spark with Delta Lake lacks are
answered by a rule: a function that returns either a replacement statement or the result itself.
The docstring of a rule says what it replaces, and is part of the record that the tests write.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from tests.support.endpoint import catalog
from tests.support.endpoint.record import AS_WRITTEN, BY_RULE

if TYPE_CHECKING:
    from tests.support.endpoint.engine import Compute, Session

Rule = Callable[["Session", re.Match[str]], "str | pa.Table"]

IDENTIFIER = r"(?:`[^`]+`|\w+)"
TABLE = rf"{IDENTIFIER}(?:\.{IDENTIFIER}){{0,2}}"
NOTHING = pa.table({})


@dataclass(frozen=True)
class Kind:
    name: str
    pattern: re.Pattern[str]
    answered: str  # AS_WRITTEN or BY_RULE
    explanation: str = ""
    rule: Rule | None = None
    since: tuple[int, int] = (0, 0)  # not supported by a cluster with an older runtime
    on_warehouse: bool = True
    on_cluster: bool = True

    def is_known_on(self, compute: Compute) -> bool:
        allowed = self.on_warehouse if compute.is_warehouse else self.on_cluster
        return allowed and compute.has(self.since)


KINDS: list[Kind] = []


def kind_of(statement: str, compute: Compute) -> tuple[Kind, re.Match[str]] | None:
    """The first kind that matches a statement. Rules are tried first."""
    for kind in KINDS:
        match = kind.pattern.fullmatch(statement)
        if match and kind.is_known_on(compute):
            return kind, match
    return None


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which a space matches any white space."""
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


def answers(name: str, pattern: str, **limits) -> Callable:
    def register(rule: Rule) -> Rule:
        explanation = inspect.getdoc(rule)
        KINDS.append(Kind(name, _compiled(pattern), BY_RULE, explanation, rule, **limits))
        return rule

    return register


def runs_as_written(name: str, pattern: str, **limits) -> None:
    KINDS.append(Kind(name, _compiled(pattern), AS_WRITTEN, **limits))


def unquoted(identifier: str) -> str:
    return identifier.strip("`")


def parts(name: str) -> list[str]:
    return [unquoted(part) for part in re.findall(IDENTIFIER, name)]


# -- Statements that Spark with Delta Lake lacks ----------------------------------------------


@answers("information_schema", r"(?:select|with)\b.*\binformation_schema\b.*")
def _information_schema(session: Session, match: re.Match[str]) -> str:
    """Unity Catalog's views of its tables. They become temporary views with the current contents of
    Spark's catalog and the Delta log. The query is unchanged except for their names."""
    return catalog.information_schema(session, match[0])


@answers(
    "describe … as json",
    rf"describe table extended (?P<table>{TABLE}) as json",
    since=(16, 2),
)
def _describe_as_json(session: Session, match: re.Match[str]) -> str:
    """Columns and types of a table as JSON. Spark supports this for views only, so a temporary view
    of the table is described."""
    if len(parts(match["table"])) == 1:
        return match[0]
    session.spark.table(match["table"]).createOrReplaceTempView("described_as_json")
    return "describe table extended described_as_json as json"


@answers(
    "show table extended",
    rf"show table extended in (?P<schema>{TABLE}) like '[^']*'",
)
def _show_table_extended(session: Session, match: re.Match[str]) -> pa.Table:
    """Read by `dbt docs generate`. Spark's answer, plus the columns of the table, which Spark's
    catalog does not keep for Delta tables. The comment is the last entry, because the adapter takes
    all text up to the last `Key:` as the comment."""
    rows = []
    for row in session.rows(match[0]):
        if row.isTemporary:
            continue
        entries = row.information.split("\nSchema: root")[0].strip()
        comment = re.search(r"^Comment: (?:.|\n)*?(?=\n[A-Z][A-Za-z ]+: |\Z)", entries, re.M)
        if comment:
            entries = entries.replace(comment[0], "").strip() + "\n" + comment[0]
        table = session.spark.table(f"`{parts(match['schema'])[-1]}`.`{row.tableName}`")
        tree = table._jdf.schema().treeString()
        rows.append((row.database, row.tableName, "false", f"{entries}\nSchema: {tree}"))
    return catalog.text_table("database tableName isTemporary information", rows)


@answers("show tblproperties", rf"show tblproperties (?P<table>{TABLE})")
def _show_tblproperties(session: Session, match: re.Match[str]) -> pa.Table:
    """Spark's answer without the property in which the endpoint stores a primary key."""
    properties = session.properties(match["table"]).items()
    return catalog.text_table("key value", [p for p in properties if catalog.is_shown(p[0])])


@answers(
    "comment on column",
    rf"comment on column (?P<table>{TABLE})\.(?P<column>{IDENTIFIER}) is (?P<text>'.*')",
    since=(16, 1),
)
def _comment_on_column(_: Session, match: re.Match[str]) -> str:
    """ALTER TABLE … ALTER COLUMN … COMMENT, which older runtimes and Spark have."""
    return f"alter table {match['table']} alter column {match['column']} comment {match['text']}"


@answers(
    "create table with a primary key",
    rf"create table if not exists (?P<table>{TABLE}) \((?P<columns>.*), constraint"
    rf" (?P<name>{IDENTIFIER}) primary key \((?P<key>[^()]*)\) \) (?P<clauses>using delta .*)",
)
def _create_table_with_primary_key(_: Session, match: re.Match[str]) -> str:
    """The same statement with the key, which is informational, as a table property. It is refused
    if a column of the key is not declared NOT NULL."""
    key = catalog.key_property(unquoted(match["name"]), parts(match["key"]), match["columns"])
    return (
        f"create table if not exists {match['table']} ({match['columns']}) {match['clauses']}"
        f" tblproperties {key}"
    )


@answers("grant", rf"grant (?P<privilege>\w+) on (?P<table>{TABLE}) to (?P<who>{IDENTIFIER})")
def _grant(session: Session, match: re.Match[str]) -> pa.Table:
    """Remembered for SHOW GRANTS. No permissions change."""
    grant = (match["privilege"].upper(), unquoted(match["who"]))
    session.engine.grants[match["table"]].add(grant)
    return NOTHING


@answers("show grants", rf"show grants on (?P<table>{TABLE})")
def _show_grants(session: Session, match: re.Match[str]) -> pa.Table:
    """The grants that this endpoint has received."""
    table = match["table"]
    return catalog.text_table(
        "Principal ActionType ObjectType ObjectKey",
        [(who, what, "TABLE", table) for what, who in sorted(session.engine.grants[table])],
    )


@answers("reorg", rf"reorg table {TABLE} apply \(purge\)", since=(11, 3))
def _reorg(session: Session, match: re.Match[str]) -> pa.Table:
    """The same statement. Its metrics, which are structs, are not sent back."""
    session.rows(match[0])
    return NOTHING


@answers("current_catalog()", r"select current_catalog\(\)")
def _current_catalog(session: Session, _: re.Match[str]) -> pa.Table:
    """The name of the served catalog. Spark would return `spark_catalog`."""
    return catalog.text_table("current_catalog()", [(session.engine.catalog,)])


@answers(
    "set: runtime version",
    r"set spark\.databricks\.clusterUsageTags\.sparkVersion",
    on_warehouse=False,
)
def _runtime_version(session: Session, match: re.Match[str]) -> pa.Table:
    """The runtime of the cluster. The adapter decides by it which statements it can send."""
    major, minor = session.compute.runtime
    version = f"{major}.{minor}.x-scala2.13"
    return catalog.text_table("key value", [("spark.databricks.clusterUsageTags", version)])


# -- Statements that Spark runs unchanged ------------------------------------------------------

runs_as_written("show schemas", rf"show schemas in {IDENTIFIER}(?: like '[^']*')?")
runs_as_written("create table as", rf"create or replace table {TABLE} using delta .*\bas\s.*")
runs_as_written(
    "create table if not exists",
    rf"create table if not exists {TABLE} \(.*\) using delta .*",
)
runs_as_written("create temporary view", rf"create or replace temporary view {IDENTIFIER} as .*")
runs_as_written("create view", rf"create or replace view {TABLE}\s.*\bas\s*\(.*\)")
runs_as_written("describe extended", rf"describe extended {TABLE}")
runs_as_written("describe table", rf"describe table {TABLE}")
runs_as_written("describe history", rf"describe history {TABLE} limit \d+")
runs_as_written("comment on table", rf"comment on table {TABLE} is '.*'")
runs_as_written(
    "alter column comment", rf"alter table {TABLE} alter column {IDENTIFIER} comment '.*'"
)
runs_as_written("add columns", rf"alter table {TABLE} add columns? \([^()]*\)")
runs_as_written(
    "insert … replace where",
    rf"insert into {TABLE} replace where .* select .* from .*",
    since=(12, 0),
)
runs_as_written("insert by name", rf"insert into {TABLE} by name select \* from .*", since=(12, 2))
runs_as_written("delete", rf"delete from {TABLE} where .*")
runs_as_written("merge", rf"merge into {TABLE} as \w+ using {IDENTIFIER} as \w+ on .*")
runs_as_written("drop temporary view", rf"drop view if exists {IDENTIFIER}")
runs_as_written("select", r"(?:select|with)\b.*")
