"""Sources that differ from their declaration: the run stops before it writes and lists every
fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.faulty_sources import Fault, faults_in
from tests.support.random_sources import random_sources
from tests.support.warehouse import LOG, MART, SOURCES, Warehouse, succeed

DAY = "2024-01-15"
ORDERS = "we_mart.ws_order"

# For each declared type, other types that occur in practice, with their DuckDB names and the cast
# that the message must name. {c} is the column.
NANOS = "cast(cast({c} at time zone 'UTC' as string) as timestamp)"  # cut, not rounded
WRONG_TYPES = {
    "string": {
        "BIGINT": "cast({c} as string)",
        "INTEGER": "cast({c} as string)",
        "UBIGINT": "cast({c} as string)",
        "HUGEINT": "cast({c} as string)",
        "DOUBLE": "cast(cast({c} as bigint) as string)",
        "DECIMAL(18,0)": "cast(cast({c} as bigint) as string)",
        "UUID": "cast({c} as string)",
        "BOOLEAN": "cast({c} as string)",
        "DATE": "cast({c} as string)",
        "BLOB": "cast({c} as string)",
    },
    "timestamp": {
        "VARCHAR": "try_cast({c} as timestamp) (of text with an offset: try_cast({c} as"
        " timestamptz) at time zone 'UTC')",
        "TIMESTAMP WITH TIME ZONE": "{c} at time zone 'UTC'",
        "TIMESTAMPTZ_NS": NANOS,
        "DATE": "cast({c} as timestamp)",
        "BIGINT": "epoch_ms({c}) (of milliseconds since 1970)",
    },
    "bigint": {
        "INTEGER": "cast({c} as bigint)",
        "HUGEINT": "cast({c} as bigint)",
        "UBIGINT": "cast({c} as bigint)",
        "DOUBLE": "cast({c} as bigint)",
        "DECIMAL(18,0)": "cast({c} as bigint)",
        "VARCHAR": "cast({c} as bigint)",
    },
    "int": {
        "BIGINT": "cast({c} as int)",
        "SMALLINT": "cast({c} as int)",
        "DOUBLE": "cast({c} as int)",
        "DECIMAL(18,0)": "cast({c} as int)",
        "VARCHAR": "cast({c} as int)",
    },
    "date": {
        "VARCHAR": "cast({c} as date)",
        "TIMESTAMP": "cast({c} as date)",
        "TIMESTAMP WITH TIME ZONE": "cast({c} at time zone 'UTC' as date)",
        "TIMESTAMPTZ_NS": f"cast({NANOS} as date)",
        "INTEGER": "cast(strptime(cast({c} as string), '%Y%m%d') as date) (of yyyyMMdd)",
    },
}
# A number is also a fault for a day that is declared as a string.
WRONG_DAYS = {
    "DATE": "cast({c} as string)",
    "INTEGER": "strftime(strptime(cast({c} as string), '%Y%m%d'), '%Y-%m-%d') (of yyyyMMdd)",
    "BIGINT": "strftime(strptime(cast({c} as string), '%Y%m%d'), '%Y-%m-%d') (of yyyyMMdd)",
    "TIMESTAMP": "strftime({c}, '%Y-%m-%d') (of a day)",
    "TIMESTAMP WITH TIME ZONE": "strftime({c} at time zone 'UTC', '%Y-%m-%d') (of a day)",
    "TIMESTAMPTZ_NS": f"strftime({NANOS}, '%Y-%m-%d') (of a day)",
}


def wrong_types(column: str, declared: str) -> dict[str, str]:
    return WRONG_DAYS if column == "part_date" else WRONG_TYPES[declared]


def all_types_wrong() -> Iterator[list[Fault]]:
    """Every column of every source with each of its wrong types. Each case changes all columns at
    once, and there are enough cases for all types."""
    for turn in range(max(map(len, WRONG_TYPES.values()))):
        faults = []
        for source, columns in SOURCES.items():
            for (column, declared), place in zip(columns.items(), count()):
                types = list(wrong_types(column, declared).items())
                found, cast = types[(turn + place) % len(types)]
                faults.append(Fault(source, column, declared, found, cast.format(c=column)))
        yield faults


def make(warehouse: Warehouse, types: dict[str, dict[str, str]]) -> None:
    """Empty sources with these column types."""
    for table, columns in types.items():
        listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        warehouse.execute(f"create or replace table {table} ({listed})")


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def refused(warehouse: Warehouse, *command: str) -> str:
    """The message of a command that must stop before it creates anything."""
    before = warehouse.tables()
    done = warehouse.dbt(*(command or ("run",)), "--vars", json.dumps({"part_date": DAY}))
    assert done.returncode != 0
    assert "Nothing was written." in done.stdout
    assert warehouse.tables() == before
    return done.stdout


@pytest.mark.parametrize("faults", list(all_types_wrong()), ids=count(1))
def test_every_column_of_a_wrong_type_is_named_with_its_cast(
    warehouse: Warehouse, faults: list[Fault]
) -> None:
    types: dict[str, dict[str, str]] = {}
    for fault in faults:
        types.setdefault(fault.source, {})[fault.column] = fault.found
    make(warehouse, types)
    assert sorted(faults_in(refused(warehouse))) == sorted(faults)


# A value of a wrong type and the result of its cast, in a session time zone west of UTC.
EVENING = datetime(2024, 1, 15, 23, 30)
VALUES = [
    ("string", "BIGINT", "7", "7"),
    ("string", "DOUBLE", "7.0", "7"),
    ("string", "DECIMAL(18,0)", "7", "7"),
    ("string", "DATE", f"'{DAY}'", DAY),
    ("timestamp", "VARCHAR", "'2024-01-15 23:30:00'", EVENING),
    ("timestamp", "VARCHAR", "'no time'", None),
    ("timestamp", "TIMESTAMP WITH TIME ZONE", "'2024-01-15 23:30:00+00'", EVENING),
    ("timestamp", "TIMESTAMP WITH TIME ZONE", "'2024-01-16 08:30:00+09'", EVENING),
    ("timestamp", "TIMESTAMPTZ_NS", "'2024-01-15 23:30:00.000000999+00'", EVENING),
    ("timestamp", "DATE", f"'{DAY}'", datetime(2024, 1, 15)),
    ("timestamp", "BIGINT", "1705361400000", EVENING),
    ("bigint", "INTEGER", "7", 7),
    ("bigint", "VARCHAR", "'7'", 7),
    ("int", "BIGINT", "7", 7),
    ("date", "VARCHAR", f"'{DAY}'", date(2024, 1, 15)),
    ("date", "TIMESTAMP", "'2024-01-15 23:30:00'", date(2024, 1, 15)),
    ("date", "TIMESTAMP WITH TIME ZONE", "'2024-01-15 23:30:00+00'", date(2024, 1, 15)),
    ("date", "TIMESTAMPTZ_NS", "'2024-01-15 23:59:59.999999999+00'", date(2024, 1, 15)),
    ("date", "INTEGER", "20240115", date(2024, 1, 15)),
    ("part_date", "INTEGER", "20240115", DAY),
    ("part_date", "DATE", f"'{DAY}'", DAY),
    ("part_date", "TIMESTAMP", f"'{DAY}'", DAY),
    ("part_date", "TIMESTAMP WITH TIME ZONE", "'2024-01-15 00:30:00+00'", DAY),
    ("part_date", "TIMESTAMPTZ_NS", "'2024-01-15 23:59:59.999999999+00'", DAY),
]


@pytest.mark.parametrize(("declared", "found", "value", "mended"), VALUES)
def test_cast_gives_what_was_declared(declared: str, found: str, value: str, mended: Any) -> None:
    casts = WRONG_DAYS if declared == "part_date" else WRONG_TYPES[declared]
    cast = casts[found].format(c="held").split(" (of ")[0]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/Los_Angeles'")
        connection.execute(f"create table source as select cast({value} as {found}) as held")
        assert connection.execute(f"select {cast} from source").fetchone() == (mended,)
        connection.execute(f"create table staging as select {cast} as mended from source")
        is_of = "select data_type from duckdb_columns() where column_name = 'mended'"
        kind = {"string": "varchar", "part_date": "varchar", "int": "integer"}
        assert connection.execute(is_of).fetchone() == (kind.get(declared, declared).upper(),)


def test_message_names_every_staging_model_that_reads_the_column(warehouse: Warehouse) -> None:
    warehouse.execute(
        f"alter table {LOG} alter log_dt type timestamptz",
        f"alter table {LOG} alter os type int",
    )
    said = refused(warehouse)
    log = "models/staging/service_log/stg_service_log__weplyapi_client_log"
    assert f"in the place of log_dt in {log}.sql and in {log}_ids.sql." in said
    assert f"in the place of os in {log}.sql." in said
    assert "data_type" in said and "_service_log__sources.yml" in said


def test_everything_that_is_missing_is_named(warehouse: Warehouse) -> None:
    warehouse.execute(
        "drop table we_mart.we_artist",
        f"alter table {LOG} drop shop",
        f"alter table {LOG} drop part_date",
        f"alter table {ORDERS} rename ord_dt to ordered_at",
    )
    said = refused(warehouse)
    assert "- we_mart.we_artist: no such table or view" in said
    assert f"- {LOG}, column shop: expected string, column missing." in said
    assert f"- {LOG}, column part_date: expected string, column missing." in said
    assert f"- {ORDERS}, column ord_dt: expected timestamp, column missing." in said
    assert faults_in(said) == []


def test_schema_that_is_missing_is_named(warehouse: Warehouse) -> None:
    warehouse.execute("drop schema service_log cascade")
    assert f"- {LOG}: no such table or view" in refused(warehouse)


def test_only_the_sources_that_the_run_reads_are_looked_at(warehouse: Warehouse) -> None:
    warehouse.execute(f"alter table {ORDERS} drop shop", "drop table we_mart.we_artist")
    of_mart = refused(warehouse, "run", "--select", "ws_sess_daily")
    assert "we_mart.we_artist" in of_mart and ORDERS not in of_mart
    of_snapshot = refused(warehouse, "snapshot", "--select", "we_artist_snapshot")
    assert "we_mart.we_artist" in of_snapshot and ORDERS not in of_snapshot
    of_payments = refused(warehouse, "run", "--select", "ws_platform_daily")
    assert ORDERS in of_payments and "we_mart.we_artist" not in of_payments
    built = refused(warehouse, "build", "--select", "ws_sess_daily", "ws_platform_daily")
    assert ORDERS in built and "we_mart.we_artist" in built


def test_tables_that_were_built_stay_as_they_are(warehouse: Warehouse) -> None:
    warehouse.load(*random_sources(14, [DAY], broken=False))
    warehouse.run(DAY)
    before = warehouse.answer(f"select * from {MART} order by all")
    warehouse.execute(f"alter table {LOG} alter log_dt type timestamptz")
    assert "log_dt" in refused(warehouse, "run", "--select", "ws_sess_daily")
    assert warehouse.answer(f"select * from {MART} order by all") == before


def test_commands_that_build_nothing_ask_nothing(warehouse: Warehouse) -> None:
    # The failing test here is that of the source.
    warehouse.execute(f"alter table {LOG} drop os", f"insert into {LOG} (part_date) values (null)")
    done = warehouse.dbt("test", "--select", f"source:{LOG}", "--vars", f"part_date: {DAY}")
    assert done.returncode == 1
    assert "Sources are not" not in done.stdout and "FAIL 1 source_not_null" in done.stdout


def test_source_that_a_seed_of_the_command_makes_is_not_looked_at(warehouse: Warehouse) -> None:
    warehouse.execute("drop table we_mart.we_artist")
    selected = ("build", "--select", "we_artist", "we_artist_snapshot")
    given = ("--exclude-resource-type", "test", "--vars", f"part_date: {DAY}")
    succeed(warehouse.dbt(*selected, *given))
    assert "we_mart.we_artist_snapshot" in warehouse.tables()


# -- Types with the same values are equal -----------------------------------------------------


# The time zone of the runs, not of the rows.
TIMES = ("built_at", "mart_builds")


def as_enumeration(warehouse: Warehouse, table: str, column: str) -> str:
    """An enumeration type of all values of a column, the greatest first."""
    name = f"{table.replace('.', '_')}_{column}"
    held = f"select distinct {column} from {table} where {column} is not null order by 1 desc"
    if not warehouse.answer(held):
        return "varchar(40)"
    warehouse.execute(f"create type {name} as enum ({held})")
    return name


@pytest.fixture(scope="module")
def as_declared(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Sources of the declared types, and all tables made from them."""
    warehouse = Warehouse(tmp_path_factory.mktemp("declared"))
    warehouse.load(*random_sources(14, [DAY], broken=False))
    # Whole seconds, which all time types can store.
    for table, column in ((LOG, "log_dt"), (ORDERS, "ord_dt")):
        warehouse.execute(f"update {table} set {column} = date_trunc('second', {column})")
    succeed(warehouse.build_days(DAY, DAY))
    return warehouse


@pytest.mark.parametrize(
    ("text", "time"),
    [("enum", "timestamp_ns"), ("varchar(40)", "timestamp_ms"), ("text", "timestamp_s")],
)
def test_types_that_hold_the_same_values_give_the_same_rows(
    as_declared: Warehouse, tmp_path: Path, text: str, time: str
) -> None:
    other = Warehouse(tmp_path)
    other.execute(
        f"attach '{as_declared.path}' as declared (read_only)",
        *(f"insert into {table} select * from declared.{table}" for table in SOURCES),
        "detach declared",
    )
    for table, columns in SOURCES.items():
        for column, kind in columns.items():
            if kind == "timestamp":
                other.execute(f"alter table {table} alter {column} type {time}")
            elif kind == "string":
                of_type = as_enumeration(other, table, column) if text == "enum" else text
                other.execute(f"alter table {table} alter {column} type {of_type}")
    succeed(other.build_days(DAY, DAY))
    for table in as_declared.tables() - SOURCES.keys():
        found, expected = (
            [{k: v for k, v in row.items() if k not in TIMES} for row in warehouse.rows(table)]
            for warehouse in (other, as_declared)
        )
        assert found == expected


def test_view_with_other_columns_and_names_in_capitals_is_as_declared(
    warehouse: Warehouse,
) -> None:
    warehouse.load(*random_sources(14, [DAY], broken=False))
    names = ", ".join(f"{column} as {column.upper()}" for column in SOURCES[LOG])
    warehouse.execute(
        f"create table service_log.delivered as select *, 1 as other from {LOG}",
        f"drop table {LOG}",
        f"create view {LOG} as select other, {names} from service_log.delivered",
        f"alter table {ORDERS} add column another int",
    )
    succeed(warehouse.build_days(DAY, DAY))
