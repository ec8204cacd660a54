"""Random artists and memberships, which collide with the values of random logs."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.support.flavours import ALL_IDS, PLAIN_IDS, WS_ART_IDS

DAY = timedelta(days=1)
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


def changed_memberships(
    rng: Random, memberships: list[dict[str, Any]], part_dates: list[str]
) -> list[dict[str, Any]]:
    """The same memberships but for one: a new one, one that is gone, one with another member,
    artist, start or end, or one as several periods that cover the same days.

    Members and artists are those of the others, so that periods overlap. A period can begin after
    the days, end before it begins, or have no start, no end or no member.
    """
    dates = [date.fromisoformat(part_date) for part_date in part_dates]

    def some_date() -> date:
        return rng.choice(dates) + rng.choice((-DAY, timedelta(0), DAY, 3 * DAY))

    if not memberships or rng.random() < 0.3:
        member = rng.choice([m["we_member_id"] for m in memberships] + [*PLAIN_IDS[:2], None])
        end = rng.choice((None, some_date(), some_date()))
        return [*memberships, membership(rng, member, some_date(), end)]
    one = rng.choice(memberships)
    others = [one_of_them for one_of_them in memberships if one_of_them is not one]
    how = rng.choice(("gone", "again", "split", "split", "we_member_id", "we_art_id", "fc_end_date",
                      "fc_end_date", "fc_start_date", "fc_start_date"))  # fmt: skip
    if how == "gone":
        return others
    if how == "again":
        return [*memberships, dict(one)]
    start, end = one["fc_start_date"], one["fc_end_date"]
    if how == "split":
        day = some_date()
        if start is None or day < start or (end is not None and end < day):
            return [*memberships, dict(one)]
        second_start = max(start, day + rng.choice((-DAY, timedelta(0), DAY)))
        return [*others, {**one, "fc_end_date": day}, {**one, "fc_start_date": second_start}]
    value = rng.choice((None, some_date(), some_date()))
    if how == "we_member_id":
        value = rng.choice(memberships)[how]
    if how == "we_art_id":
        value = rng.choice(WE_ART_IDS)
    return [*others, {**one, how: value}]
