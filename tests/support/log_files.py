"""Files of a log as CSV and Parquet, and a DuckDB file into which they are loaded."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.load_log import COLUMNS, Loaded, LoadError, load

TABLE = "service_log.weplyapi_client_log"
HEADER = ",".join(COLUMNS)

Row = dict[str, Any]


def line(id_of_line: str, day: str = "2024-01-14", **other: Any) -> Row:
    """A valid line of the log in the form of a CSV file."""
    return {
        **dict.fromkeys(COLUMNS, ""),
        "part_date": day,
        "log_id": id_of_line,
        "log_dt": f"{day} 10:00:00.123",
        "user_device_id": "b1",
        "ws_art_id": "101",
        **other,
    }


def write_csv(file: Path, rows: list[Row], columns: list[str] | None = None) -> Path:
    columns = columns or list(COLUMNS)
    file.parent.mkdir(parents=True, exist_ok=True)
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def write_parquet(file: Path, rows: list[Row], **of_columns: str) -> Path:
    """The rows with the types of the log, except columns for which SQL on the CSV text is given."""
    file.parent.mkdir(parents=True, exist_ok=True)
    source = write_csv(file.with_suffix(".source"), rows)
    columns = {
        column: f"cast({column} as {of_type})" for column, of_type in COLUMNS.items()
    } | of_columns
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {', '.join(f'{sql} as {name}' for name, sql in columns.items() if sql)}"
            f" from read_csv('{source}', all_varchar = true, hive_partitioning = false))"
            f" to '{file}' (format parquet)"
        )
    source.unlink()
    return file


class Local:
    """A DuckDB file and the contents of its log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, log: object) -> Loaded:
        return load(str(log), self.path)

    def problems(self, log: object) -> list[str]:
        """The message of a load that fails. The file must stay identical."""
        before = self.path.read_bytes() if self.path.exists() else None
        with pytest.raises(LoadError) as stopped:
            self.load(log)
        assert (self.path.read_bytes() if self.path.exists() else None) == before
        return stopped.value.problems

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def ids(self) -> list[str]:
        return [row[0] for row in self.query(f"select log_id from {TABLE} order by 1")]

    def only(self, column: str) -> Any:
        ((value,),) = self.query(f"select {column} from {TABLE}")
        return value


def with_two_days(folder: Path) -> Local:
    """A database with one line on each of two days."""
    local = Local(folder / "ws shop.duckdb")
    local.load(write_csv(folder / "before.csv", [line("a"), line("b", "2024-01-15")]))
    return local
