"""Metadata that Unity Catalog keeps: nullability, keys, grants, `information_schema`.

A primary key is stored as a table property, so that it disappears when the table is replaced. SHOW
TBLPROPERTIES does not list it. Grants are stored by table name and never checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from tests.support.endpoint.engine import Session

PRIMARY_KEY_PROPERTY = "endpoint.primary_key"

Rows = list[tuple[str | None, ...]]


def text_table(columns: str, rows: Rows) -> pa.Table:
    """A table of strings. `columns` are names separated by spaces."""
    return pa.table(
        {
            column: pa.array([row[position] for row in rows], pa.string())
            for position, column in enumerate(columns.split())
        }
    )


def text_query(columns: str, rows: Rows) -> str:
    """The same as a query, which Spark answers without a job. The first column has no null."""
    names = columns.split()
    # The first row gives the columns their type, and is left out.
    values = [
        "(" + ", ".join("cast(null as string)" if v is None else quoted(v) for v in row) + ")"
        for row in [(None,) * len(names), *rows]
    ]
    table = f"values {', '.join(values)} as rows ({', '.join(names)})"
    return f"select * from {table} where {names[0]} is not null"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


# -- Constraints ------------------------------------------------------------------------------


def not_null_columns(session: Session, table: str) -> set[str]:
    return {field.name for field in session.spark.table(table).schema if not field.nullable}


def key_property(name: str, key: list[str], columns: str) -> str:
    """The table property of a primary key; `columns` is the text of the columns' definitions."""
    nullable = [
        column for column in key if not re.search(rf"(?:^|,)\s*{column} \w+ not null\b", columns)
    ]
    if nullable:
        raise ValueError(
            f"Cannot create the primary key {name} because its column(s)"
            f" {', '.join(nullable)} are nullable."
        )
    return f"('{PRIMARY_KEY_PROPERTY}' = '{json.dumps({'name': name, 'columns': key})}')"


def primary_key(session: Session, table: str) -> tuple[str, list[str]] | None:
    key = session.properties(table).get(PRIMARY_KEY_PROPERTY)
    return tuple(json.loads(key).values()) if key else None


def is_shown(property_name: str) -> bool:
    return property_name != PRIMARY_KEY_PROPERTY


# -- information_schema -----------------------------------------------------------------------


def information_schema(session: Session, statement: str) -> str:
    """Create the `information_schema` views of the statement as temporary views with the current
    contents of the catalog, and return the statement with their names."""
    reference = re.compile(r"(?:`?\w+`?\.)?`?information_schema`?\.`?(\w+)`?", re.IGNORECASE)
    # Reading the metadata of a table takes time, so only tables named in the statement are read.
    literals = set(re.findall(r"'([^']*)'", statement))
    for view in {name.lower() for name in reference.findall(statement)}:
        if view not in VIEWS:
            raise ValueError(f"[TABLE_OR_VIEW_NOT_FOUND] information_schema.{view}")
        columns, rows_of = VIEWS[view]
        rows = text_query(columns, rows_of(session, literals))
        session.spark.sql(f"create or replace temporary view information_schema_{view} as {rows}")
    return reference.sub(lambda name: f"information_schema_{name[1].lower()}", statement)


def _tables(session: Session, _: set[str]) -> Rows:
    rows = []
    for schema, name in session.table_names():
        stored = session.stored(schema, name)
        is_view = stored.tableType().name() == "VIEW"
        file_format = None if is_view else stored.provider().get().upper()
        kind = stored.tableType().name()
        rows.append((session.engine.catalog, schema, name, kind, file_format, "endpoint"))
    return rows


def _columns(session: Session, names: set[str]) -> Rows:
    rows = []
    for schema, name in _tables_among(session, names):
        not_null = not_null_columns(session, f"`{schema}`.`{name}`")
        for column in session.spark.table(f"`{schema}`.`{name}`").columns:
            nullable = "NO" if column in not_null else "YES"
            rows.append((session.engine.catalog, schema, name, column, nullable))
    return rows


def _key_columns(session: Session, names: set[str]) -> Rows:
    return [
        (catalog, schema, key, catalog, schema, table, column, str(position))
        for catalog, schema, table, key, columns in _primary_keys(session, names)
        for position, column in enumerate(columns, start=1)
    ]


def _table_constraints(session: Session, names: set[str]) -> Rows:
    return [
        (catalog, schema, key, catalog, schema, table, "PRIMARY KEY")
        for catalog, schema, table, key, _ in _primary_keys(session, names)
    ]


def _primary_keys(session: Session, names: set[str]) -> list[tuple]:
    return [
        (session.engine.catalog, schema, name, *key)
        for schema, name in _tables_among(session, names)
        if (key := primary_key(session, f"`{schema}`.`{name}`"))
    ]


def _tables_among(session: Session, names: set[str]) -> list[tuple[str, str]]:
    return [
        (schema, name)
        for schema, name in session.table_names()
        if name in names and session.stored(schema, name).tableType().name() != "VIEW"
    ]


def _none(*_) -> Rows:
    return []


# Name of the view -> its columns (those that the adapter reads) and the function for its rows.
VIEWS: dict[str, tuple[str, Callable[[Session, set[str]], Rows]]] = {
    "tables": (
        "table_catalog table_schema table_name table_type data_source_format table_owner",
        _tables,
    ),
    "columns": ("table_catalog table_schema table_name column_name is_nullable", _columns),
    "key_column_usage": (
        "constraint_catalog constraint_schema constraint_name"
        " table_catalog table_schema table_name column_name ordinal_position",
        _key_columns,
    ),
    "table_constraints": (
        "constraint_catalog constraint_schema constraint_name"
        " table_catalog table_schema table_name constraint_type",
        _table_constraints,
    ),
    # No statement here creates any of these.
    "referential_constraints": (
        "constraint_catalog constraint_schema constraint_name"
        " unique_constraint_catalog unique_constraint_schema unique_constraint_name",
        _none,
    ),
    "column_masks": (
        "table_catalog table_schema table_name column_name mask_name using_columns",
        _none,
    ),
    "row_filters": (
        "table_catalog table_schema table_name filter_name target_columns",
        _none,
    ),
}
