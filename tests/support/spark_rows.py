"""Write rows to Spark and read them, for the warehouses of tests/spark and tests/databricks.

Times are passed as instants, independently of the session's time zone. Outside they are UTC without
a time zone, as on DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow

from tests.support.warehouse import Row

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ARROW_TYPES = {
    "string": pyarrow.string(),
    "timestamp": pyarrow.timestamp("us", tz="UTC"),
    "date": pyarrow.date32(),
    "bigint": pyarrow.int64(),
    "int": pyarrow.int32(),
}


def write_rows(
    spark: SparkSession,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Row],
    partition_by: Sequence[str] = (),
) -> None:
    """Replace the contents of a Delta table by these rows. Missing columns are null."""
    schema = pyarrow.schema([(name, ARROW_TYPES[kind]) for name, kind in columns.items()])
    given = [{name: _instant(row.get(name)) for name in columns} for row in rows]
    frame = spark.createDataFrame(pyarrow.Table.from_pylist(given, schema=schema))
    writer = frame.coalesce(1).write.format("delta").mode("overwrite")
    writer.partitionBy(*partition_by).saveAsTable(table)


def read_rows(frame: DataFrame) -> list[Row]:
    """The rows of a query, in its order."""
    return [
        {name: _wall_clock(value) for name, value in row.items()}
        for row in frame.toArrow().to_pylist()
    ]


def sorted_rows(frame: DataFrame) -> list[Row]:
    """The rows of a query, in the order of DuckDB's `order by all`."""
    return sorted(read_rows(frame), key=lambda row: [_nulls_last(v) for v in row.values()])


def _instant(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _wall_clock(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _nulls_last(value: Any) -> tuple[bool, Any]:
    # Strings are sorted by bytes, as on DuckDB. Python's order by code points is the same.
    return (value is None, 0 if value is None else value)
