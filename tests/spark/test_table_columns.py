"""A change of columns on Spark. tests/e2e/test_columns.py tests every kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from changed_columns import add_to_mart, rename
from changed_project import copied_project
from spark_warehouse import SparkWarehouse, succeed
from test_parity import DAYS, SOURCE_ROWS, SUNDAY
from warehouse import MART

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

V2 = "we_mart.ws_sess_daily_v2"
MODELS = ("ws_sess_daily", "ws_sess_daily_v2")


def test_column_at_the_end_is_added_and_other_changes_are_refused(
    spark: SparkSession, tmp_path: Path
) -> None:
    warehouse = SparkWarehouse(spark, tmp_path)
    warehouse.load(*SOURCE_ROWS)
    succeed(warehouse.build_days(DAYS[0], DAYS[-1], *MODELS))
    before = {table: warehouse.rows(table) for table in (MART, V2)}
    columns = spark.table(MART).columns

    project = copied_project(tmp_path)
    add_to_mart(project)
    warehouse.use_project(project)
    succeed(warehouse.build_days(SUNDAY, SUNDAY, "ws_sess_daily"))
    assert warehouse.rows(V2) == before[V2]
    succeed(warehouse.build_days(SUNDAY, SUNDAY, *MODELS))
    assert spark.table(MART).columns == [*columns, "lang_upper"]
    assert spark.table(V2).columns == [*columns, "lang_upper", "is_wv_app", "is_ws_app"]
    for table in (MART, V2):
        rows = warehouse.rows(table)
        assert {row["part_date"] for row in rows if row["lang_upper"]} == {SUNDAY}
        assert [
            {name: value for name, value in row.items() if name != "lang_upper"} for row in rows
        ] == before[table]

    rename(project)
    warehouse.use_project(project)
    held = warehouse.answer(f"select * from {MART} order by all")
    done = warehouse.build_days(SUNDAY, SUNDAY, *MODELS)
    assert done.returncode != 0
    assert f"- {MART}: column os (string) is not in the model any more" in done.stdout
    assert f"- {MART}: column os_name is new and not at the end" in done.stdout
    assert warehouse.answer(f"select * from {MART} order by all") == held
