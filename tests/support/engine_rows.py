"""Compare the rows of a table on two engines."""

from __future__ import annotations

from collections import Counter

from tests.support.warehouse import Row

CHECKSUMS = {
    *("log_checksum", "orders_checksum", "wv_sessions_checksum", "memberships_checksum"),
    *("checksum_then", "checksum_now"),
}
RUN_TIMES = {"mart_builds", "built_at", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}
BUILD_LOG = "we_mart.ws_sess_daily_build"
# A snapshot key that is derived from the row and the time of the run.
NOT_COMPARED = CHECKSUMS | RUN_TIMES | {"dbt_scd_id"}


def assert_same_rows(table: str, on_duckdb: list[Row], on_other: list[Row]) -> None:
    expected, found = counted(on_duckdb), counted(on_other)
    if table == BUILD_LOG:
        # One row per run, and one engine may have had more runs.
        expected, found = Counter({*expected}), Counter({*found})
    missing, extra = expected - found, found - expected
    assert not missing and not extra, "\n".join(
        [f"{table}: {missing.total()} of {expected.total()} rows differ"]
        + [f"  DuckDB: {dict(row)}" for row in sorted(missing, key=str)[:3]]
        + [f"  other:  {dict(row)}" for row in sorted(extra, key=str)[:3]]
    )


def counted(rows: list[Row]) -> Counter[tuple]:
    """Count the rows. In columns that are not compared, only null or not null counts."""
    return Counter(
        tuple(
            (c, v is not None if c in NOT_COMPARED else v)
            for c, v in row.items()
            if c != "run_timestamp"
        )
        for row in rows
    )
