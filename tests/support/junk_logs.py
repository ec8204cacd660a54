"""Values that no client should send but some client will, and logs made of them.

    lines = junk_lines("2024-01-15")

`junk_lines` puts every string of JUNK_TEXTS into every string column and every number of NUMBERS
into `ws_art_id`, and adds times that no day accepts. Every engine can store these values.
test_junk.py adds values that only DuckDB can store.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.support.adversarial_logs import TEXT_COLUMNS, Line

JUNK_TEXTS = (
    # Control characters. NUL ends a string in many programs.
    *("\x00", "a\x00", "\x00a", "a\x00b", "null\x00", " \x00 ", "\x01", "\x1b[31ma", "\x7f"),
    *("a\r\nb", "\r", "\v", "\x85", "\u2028", "\ufeffa", "\u200b", "\ufffe"),
    # Quotes, escapes, and code that could be executed.
    *("'", "''", '"', "`", "\\", "\\'", "\\N", "\\u0000", "a\\", "'; drop table a; --", "--", "/*"),
    *("{{ a }}", "{% a %}", "${a}", "%s", "%25", "%7C", "|", "||", "%", "_", "*", "$1"),
    # Letters whose case folding differs between engines or gives ASCII; almost null tokens.
    *("ß", "ẞ", "aßz", "ı", "İ", "ſ", "\u212a", "ŉ", "ς", "Σ", "ΑΣ", "ǆ", "ﬁ", "ａz", "ⅷ", "ᾳ"),
    *("undefİned", "UNDEFİNED", "ｎull", "nuLL\u0301", "\u00a0null", "０", "NaN\u200b"),
    # One string in two Unicode forms, combining characters, right-to-left text, astral characters.
    *("é", "e\u0301", "가", "\u1100\u1161", "\u0301", "👩‍👩‍👧‍👦", "🇰🇷", "👍🏽", "😀", "\U0010ffff"),
    *("\u202eab", "שלום", "مرحبا", "\u200fa", "ಠ_ಠ", "Z̸̧͝a̷l̶g̴o̵"),
    # Numbers and dates of other programs.
    *("-0", "1e309", "Infinity", "-1", "0x0", "9" * 40, "1970-01-01", "true", "[]", "{}"),
    "a" * 4_000,
    "😀" * 1_000,
)
NUMBERS = (-(2**63), -(2**31) - 1, -1, 0, 2**31, 2**53 + 1, 2**63 - 1, None)
WE_ART_IDS = (-(2**31), -1, 0, 2**31 - 1)
TIMES = (datetime.min, datetime(1582, 10, 10), datetime(1969, 12, 31), datetime.max)
STEPS = [
    timedelta(minutes=minutes, microseconds=microseconds)
    for minutes in (0, 1, 31)
    for microseconds in (0, 1)
]


def junk_lines(part_date: str) -> list[Line]:
    """Lines with each junk string once in each string column, combined at random, then the same
    devices with other values, and a few rejected lines."""
    rng = Random(part_date)
    noon = datetime.fromisoformat(part_date) + timedelta(hours=12)
    columns = [rng.sample(JUNK_TEXTS, len(JUNK_TEXTS)) for _ in TEXT_COLUMNS]
    lines = [
        {
            "part_date": part_date,
            "log_dt": noon + rng.choice(STEPS),
            "ws_art_id": rng.choice(NUMBERS),
            **dict(zip(TEXT_COLUMNS, texts)),
        }
        for texts in zip(*columns)
    ]
    lines += [{**line, **_some(rng, other)} for line, other in zip(lines, lines[::-1])]
    return lines + [{**line, "log_dt": time} for time in TIMES for line in lines[:3]]


def _some(rng: Random, line: Line) -> dict[str, Any]:
    """Some columns of a line, but never the browser."""
    kept = ("part_date", "user_device_id")
    return {c: v for c, v in line.items() if c not in kept and rng.random() < 0.5}


def junk_artists() -> list[dict[str, Any]]:
    """One artist for each number that is a valid key."""
    keys = [number for number in NUMBERS if number is not None]
    return [
        {"ws_art_id": key, "we_art_id": WE_ART_IDS[i % len(WE_ART_IDS)], "we_art_name": name}
        for i, (key, name) in enumerate(zip(keys, JUNK_TEXTS))
    ]


def junk_memberships() -> list[dict[str, Any]]:
    """One membership per junk string, of different artists, unlimited or of one day."""
    return [
        {
            "we_member_id": text,
            "we_art_id": WE_ART_IDS[i % len(WE_ART_IDS)],
            "fc_start_date": (date.min, date(2024, 1, 15))[i % 2],
            "fc_end_date": (date.max, None, date(2024, 1, 15))[i % 3],
        }
        for i, text in enumerate(JUNK_TEXTS)
    ]
