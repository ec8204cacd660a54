"""Metadata that Unity Catalog keeps: nullability, keys, grants, `information_schema`.

Nullability is enforced, as on Databricks: a NOT NULL column has a CHECK constraint in Delta. Keys
are stored as a table property, so that they disappear when the table is replaced. Neither is
listed by SHOW TBLPROPERTIES. Grants are stored by table name and never checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from endpoint.engine import Session

NOT_NULL = "endpoint_not_null_"
NOT_NULL_PROPERTY = f"delta.constraints.{NOT_NULL}"
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


# -- Constraints ------------------------------------------------------------------------------


def not_null_columns(session: Session, table: str) -> set[str]:
    return {
        name.removeprefix(NOT_NULL_PROPERTY)
        for name in session.properties(table)
        if name.startswith(NOT_NULL_PROPERTY)
    }


def set_not_null(table: str, column: str) -> str:
    name = f"{NOT_NULL}{column}"
    return f"alter table {table} add constraint {name} check (`{column}` is not null)"


def add_primary_key(session: Session, table: str, name: str, columns: list[str]) -> str:
    """Refuse a second primary key, and a key with a nullable column, as Databricks does (SQL
    reference, "ADD CONSTRAINT clause")."""
    if PRIMARY_KEY_PROPERTY in session.properties(table):
        raise ValueError(f"Table {table} has a primary key already.")
    if nullable := set(columns) - not_null_columns(session, table):
        raise ValueError(
            f"Cannot create the primary key {name} because its column(s)"
            f" {', '.join(sorted(nullable))} are nullable."
        )
    key = json.dumps({"name": name, "columns": columns})
    return f"alter table {table} set tblproperties ('{PRIMARY_KEY_PROPERTY}' = '{key}')"


def primary_key(session: Session, table: str) -> tuple[str, list[str]] | None:
    key = session.properties(table).get(PRIMARY_KEY_PROPERTY)
    return tuple(json.loads(key).values()) if key else None


def is_shown(property_name: str) -> bool:
    return not property_name.startswith((NOT_NULL_PROPERTY, PRIMARY_KEY_PROPERTY))


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
        content = text_table(columns, rows_of(session, literals))
        session.spark.createDataFrame(content).createOrReplaceTempView(f"information_schema_{view}")
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
