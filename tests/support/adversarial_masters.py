"""Random artists and memberships, which collide with the values of random logs."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.support.flavours import ALL_IDS, PLAIN_IDS, WS_ART_IDS

WE_ART_IDS = (7, 9, 10, 100, -1, 0)
ARTIST_NAMES = (
    "BTS", "bts", "SEVENTEEN", "세븐틴", "방탄소년단", 'TXT "투바투"', "L'arc", " 뉴진스 ", "",
    "null", "é", "😀", "ａ", None,
)  # fmt: skip


def random_artists(rng: Random) -> list[dict[str, Any]]:
    """No, one or several rows per `ws_art_id`. Some ids are always unknown, and some have two
    rows."""
    artists = []
    known = [ws_art_id for ws_art_id in WS_ART_IDS if ws_art_id is not None]
    counts = rng.sample((0, 0, 1, 1, 1, 1, 2, 2, 3, 3), len(known))
    # A null key is an invalid row of the source. It must not join to lines without an artist.
    for ws_art_id, count in [*zip(known, counts), (None, rng.choice((0, 1, 1)))]:
        for _ in range(count):
            same_artist = artists and artists[-1]["ws_art_id"] == ws_art_id and rng.random() < 0.4
            we_art_id = rng.choice(WE_ART_IDS + (None,))
            artists.append(
                {
                    "ws_art_id": ws_art_id,
                    "we_art_id": artists[-1]["we_art_id"] if same_artist else we_art_id,
                    "we_art_name": rng.choice(ARTIST_NAMES),
                }
            )
    return artists


def long_memberships(rng: Random, part_dates: list[str]) -> list[dict[str, Any]]:
    """A few memberships that began long ago or still run, and a few whose ids match only after
    cleaning."""
    dates = [date.fromisoformat(part_date) for part_date in part_dates]
    memberships = []
    for _ in range(rng.randint(3, 9)):
        start = rng.choice(dates) + timedelta(days=rng.choice((-400, -1, 0, 1)))
        member = rng.choice(rng.choice((PLAIN_IDS, ALL_IDS)))
        end = rng.choice((None, start + timedelta(days=700)))
        memberships.append(membership(rng, member, start, end))
    for member in (" a ", "a ", " b", "NULL", "", None, None):
        if rng.random() < 0.6:
            start = rng.choice(dates) - timedelta(days=30)
            memberships.append(membership(rng, member, start, None))
    return memberships


def membership(rng: Random, member: str | None, start: date, end: date | None) -> dict[str, Any]:
    """A membership of some artist, sometimes of none."""
    return {
        "we_member_id": member,
        "we_art_id": rng.choice(WE_ART_IDS * 2 + (None,)),
        "fc_start_date": start,
        "fc_end_date": end,
    }
