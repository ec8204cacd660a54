"""The columns of a log: how DuckDB reads their values in a file, and which values are invalid.

scripts/load_log.py describes the contents of the columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# The log's columns and their DuckDB types (models/staging/service_log/_service_log__sources.yml).
COLUMNS = {
    "part_date": "VARCHAR",
    "log_id": "VARCHAR",
    "log_dt": "TIMESTAMP",
    "user_device_id": "VARCHAR",
    "wv_device_id": "VARCHAR",
    "s_device_type": "VARCHAR",
    "s_wemember_id": "VARCHAR",
    "s_user_id": "VARCHAR",
    "s_ctry": "VARCHAR",
    "s_lang": "VARCHAR",
    "ws_art_id": "BIGINT",
    "shop": "VARCHAR",
    "platform": "VARCHAR",
    "os": "VARCHAR",
    "app_ver": "VARCHAR",
}
# The days that a run can build (macros/dates/real_dates.sql).
FIRST_DAY, LAST_DAY = "1970-01-01", "2999-12-31"
EXPECTED = dict.fromkeys(COLUMNS, "string") | {
    "part_date": f"day as yyyy-MM-dd from {FIRST_DAY} to {LAST_DAY}",
    "log_dt": "timestamp",
    "ws_art_id": "whole number",
}
# A time in a CSV file. Other names of time zones than these mean different offsets to different
# readers.
TIME = (
    r" *\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d*)?)?"
    r"( *(Z|[+-](0\d|1[0-7])(:?[0-5]\d){0,2}|[+-]18(:?00){0,2})| +(?i:UTC|GMT))? *"
)
EXPECTED_TIME = "timestamp in UTC, or with Z, UTC, GMT or an offset up to 18:00 such as +09:00"

# Types of Parquet columns, by DuckDB's names, that are accepted for columns other than strings.
TIMESTAMP_TYPES = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"}
NANOSECOND_TYPES = {"TIMESTAMP_NS", "TIMESTAMPTZ_NS"}
WHOLE_NUMBER_TYPES = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
}
# The type of a Parquet column in which every value is null.
NO_TYPE = '"NULL"'


@dataclass
class Column:
    """How a column of a file is read: its SQL expression, the condition for invalid values, and
    what is expected instead (default: EXPECTED)."""

    value: str
    is_bad: str | None = None
    expected: str = ""


def text(value: object) -> str:
    """Quote a string for SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: Iterable[object]) -> str:
    """Quote strings for a list in SQL."""
    return ", ".join(map(text, values))


def name(column: str) -> str:
    """Quote a column name for SQL."""
    return '"' + column.replace('"', '""') + '"'


def read_text(column: str, source: str) -> Column:
    """How a column of a CSV file is read."""
    if column == "part_date":
        return Column(source, f"not {is_day(source)}")
    if column == "log_dt":
        # Cast to timestamptz first, because a cast to timestamp would drop the offset. It cuts
        # what is finer than a microsecond, and wants no space before an offset.
        joined = f"regexp_replace({source}, ' +([+-]|Z)', '\\1')"
        value = (
            f"case when regexp_full_match({source}, {text(TIME)})"
            f" then try_cast({joined} as timestamptz) at time zone 'UTC' end"
        )
        return Column(value, f"{source} is not null and ({value}) is null", EXPECTED_TIME)
    if column == "ws_art_id":
        # The digits are extracted first, because a plain cast would round.
        digits = rf"regexp_extract({source}, '^ *([+-]?[0-9]+)(\.0*)? *$', 1)"
        value = f"try_cast({digits} as bigint)"
        return Column(value, f"{source} is not null and {value} is null")
    return Column(source)


def read_typed(column: str, source: str, found_type: str) -> Column | None:
    """How a column of a Parquet file is read, or None if its type is not accepted."""
    value = f"cast({source} as {COLUMNS[column]})"
    if column == "part_date" and found_type == "DATE":
        value = f"strftime({source}, '%Y-%m-%d')"
    if column == "part_date" and found_type in ("DATE", "VARCHAR", NO_TYPE):
        return Column(value, f"not {is_day(value)}")
    if found_type == NO_TYPE:
        return Column(value)
    if column == "log_dt":
        if found_type == "TIMESTAMP WITH TIME ZONE":
            value = f"{source} at time zone 'UTC'"
        elif found_type in NANOSECOND_TYPES:
            # Unlike a cast of the time itself, that of its text does not round.
            source = f"cast({source} as timestamp_ns)"
            value = f"cast(cast({source} as varchar) as timestamp)"
        elif found_type not in TIMESTAMP_TYPES:
            return None
        return Column(value, f"not isfinite({source})")
    if column == "ws_art_id":
        value = f"try_cast({source} as bigint)"
        if found_type in WHOLE_NUMBER_TYPES:
            return Column(value, f"{source} is not null and {value} is null")
        # pandas stores whole numbers with nulls as doubles.
        if found_type in ("DOUBLE", "FLOAT") or found_type.startswith("DECIMAL"):
            return Column(
                value, f"{source} is not null and ({value} is null or {value} <> {source})"
            )
        return None
    return Column(source) if found_type == "VARCHAR" else None


def is_real_day(value: str) -> bool:
    """Whether a string is a real day as yyyy-MM-dd."""
    try:
        return datetime.strptime(value, "%Y-%m-%d").strftime("%Y-%m-%d") == value
    except ValueError:
        return False


def is_day(source: str) -> str:
    """SQL for a day that a run can build; false for null."""
    return (
        rf"coalesce(regexp_full_match({source}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        f" and {source} between '{FIRST_DAY}' and '{LAST_DAY}'"
        f" and try_cast({source} as date) is not null, false)"
    )
