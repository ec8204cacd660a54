"""The histories of artists and memberships: what changed, what was deleted and what came back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.support.warehouse import SOURCES, Warehouse, succeed


def history(warehouse: Warehouse, snapshot: str, *columns: str) -> list[tuple[object, ...]]:
    """The rows of a snapshot, with flags for deleted keys and for rows that are still valid."""
    wanted = (*columns, "dbt_is_deleted", "dbt_valid_to")
    return [
        (*(row[column] for column in wanted[:-1]), row["dbt_valid_to"] is None)
        for row in warehouse.rows(f"we_mart.{snapshot}", f"{columns[0]}, dbt_valid_from")
    ]


def test_snapshots_keep_what_changed_went_and_came_back(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)

    def snapshot(artists: list[tuple], members: list[tuple], *command: str) -> None:
        columns = [list(SOURCES[f"we_mart.{t}"]) for t in ("we_artist", "ws_fc_user_history")]
        tables = [
            [dict(zip(names, row, strict=True)) for row in table]
            for names, table in zip(columns, (artists, members), strict=True)
        ]
        warehouse.load([], *tables)
        succeed(warehouse.dbt(*(command or ["snapshot"])))

    start, end = date(2024, 1, 1), date(2024, 12, 31)
    snapshot(
        [(1, 10, "LUMEN"), (2, 20, None), (3, 30, "NOVA 5"), (4, 40, "VEGA")],
        [("a", 10, start, None), ("b", 10, start, end), ("c", 10, start, end)],
    )
    # 1 has another name, 2 another id, 3 is deleted, 5 is new; a has an end, b is deleted.
    snapshot(
        [(1, 10, "Lumen"), (2, None, None), (4, 40, "VEGA"), (5, 50, "TIDE")],
        [("a", 10, start, end), ("c", 10, start, end)],
    )
    # 3 and b exist again unchanged. The snapshot tests run with this command.
    snapshot(
        [(1, 10, "Lumen"), (2, None, None), (3, 30, "NOVA 5"), (4, 40, "VEGA"), (5, 50, "TIDE")],
        [("a", 10, start, end), ("b", 10, start, end), ("c", 10, start, end)],
        *("build", "--select", "resource_type:snapshot"),
    )
    assert history(warehouse, "we_artist_snapshot", "ws_art_id", "we_art_id", "we_art_name") == [
        (1, 10, "LUMEN", "False", False),
        (1, 10, "Lumen", "False", True),
        (2, 20, None, "False", False),
        (2, None, None, "False", True),
        (3, 30, "NOVA 5", "False", False),
        (3, 30, "NOVA 5", "True", False),
        (3, 30, "NOVA 5", "False", True),
        (4, 40, "VEGA", "False", True),
        (5, 50, "TIDE", "False", True),
    ]
    running = date(9999, 12, 31)
    assert history(warehouse, "fc_membership_snapshot", "we_member_id", "fc_end_date") == [
        ("a", running, "False", False),
        ("a", end, "False", True),
        ("b", end, "False", False),
        ("b", end, "True", False),
        ("b", end, "False", True),
        ("c", end, "False", True),
    ]

    # A gap in one snapshot, and an overlap and a flag that is neither in the other, are found.
    warehouse.execute(
        "delete from we_mart.we_artist_snapshot where dbt_is_deleted = 'True'",
        "update we_mart.fc_membership_snapshot set dbt_valid_to = dbt_valid_to + interval 1 hour"
        " where we_member_id = 'a' and dbt_valid_to is not null",
        "update we_mart.fc_membership_snapshot set dbt_is_deleted = null where we_member_id = 'c'",
    )
    done = warehouse.dbt("test", "--select", "resource_type:snapshot")
    assert done.returncode == 1
    for name in ("we_artist_snapshot", "fc_membership_snapshot"):
        assert f"FAIL 1 {name}_ranges_neither_overlap_nor_leave_gaps" in done.stdout
    assert "FAIL 1 fc_membership_snapshot_is_deleted_is_true_or_false" in done.stdout
    assert " PASS we_artist_snapshot_is_deleted_is_true_or_false" in done.stdout
