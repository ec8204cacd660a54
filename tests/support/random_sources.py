"""Random rows of all sources that hit the edge cases of the specification."""

from __future__ import annotations

from datetime import date, timedelta

from tests.support.adversarial_logs import random_world
from tests.support.adversarial_orders import orders_and_weverse_sessions
from tests.support.spec_oracle import build_mart
from tests.support.warehouse import Row


def days_from(first: str, number: int) -> list[str]:
    return [str(date.fromisoformat(first) + timedelta(days=offset)) for offset in range(number)]


def random_sources(
    seed: int, days: list[str], *, broken: bool = True, **variables: int
) -> list[list[Row]]:
    """Rows of all sources in the form that the warehouses load. Without `broken`, artists, orders
    and Weverse sessions pass the source tests."""
    world = random_world(seed, days, **variables)
    artists = world.artists
    if not broken:
        by_key = {row["ws_art_id"]: row for row in artists if row["ws_art_id"] is not None}
        artists = [*by_key.values()]
    mart = build_mart(world.lines, artists, world.memberships, **variables)
    orders, wv_sessions = orders_and_weverse_sessions(seed, mart, days, broken=broken)
    return [world.lines, artists, world.memberships, orders, wv_sessions]
