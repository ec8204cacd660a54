"""The values of random logs, and the flavours of their days (adversarial_logs.py).

Pools overlap on purpose: one string can be a browser, a Weverse device and an account.
"""

from __future__ import annotations

from dataclasses import dataclass

PLAIN_IDS = ("a", "b", "c", "d", "e", "f")
# Ids that collide if the separators of `sess_id` are not escaped, or are escaped in the wrong
# order: device `a` with account `b|c`, and device `a|b` with account `c`, for example.
SEPARATOR_IDS = (
    "a", "b", "c", "a|b", "b|c", "a|b|c", "a%7Cb", "a%257Cb", "a%b", "|", "%", "a|", "|b",
)  # fmt: skip
# Ids that are distinct or ordered only if strings are compared by bytes, not by locale or UTF-16
# units, and ids with white space that must not be trimmed (tab, no-break space, line feed, …).
UNICODE_IDS = (
    "a", "A", "B", "Z", "z", "é", "É", "~", "가", "나나", "ａ", "😀", "\ue000", "-", "_a",
)  # fmt: skip
KEPT_BLANKS = (
    "a\t", "\ta", "a\u00a0", "\u00a0a", "a\u3000", "a\u2003", "a\n", "\u00a0", "\t", "a b", "a  b",
)  # fmt: skip
# Not null, but almost a null token, or null for a careless parser.
NOT_NULL_IDS = (
    "00", "0.0", "-0", "nil", "n/a", "nulls", "null\t", "\u00a0null", "nan ull", "false", "''",
)  # fmt: skip
QUOTED_IDS = ('say "a"', "it's", '"', "a,b", "a\\b", "방탄 소년단", "${a}", "{{ a }}")
ALL_IDS = PLAIN_IDS + SEPARATOR_IDS + UNICODE_IDS + KEPT_BLANKS + NOT_NULL_IDS + QUOTED_IDS

LOG_IDS = ("1", "2", "10", "9", "a", "A", "b", "é", "가", "ａ", "😀")
WS_ART_IDS = (1, 2, 3, 4, 5, 6, 0, -1, 2**31, 5_000_000_000, None)
# The columns with few values.
PLAIN_VALUES: dict[str, tuple[str | None, ...]] = {
    "s_device_type": ("PC", "MOBILE", "TABLET", None, "TV", "PC\u00a0", "PCX", "0", "DESKTOP"),
    "s_ctry": ("KR", "US", "JP", None, "0", "한국", "K R", "NANS"),
    "s_lang": ("ko", "en", "ja", None, "0", "한국어", "zh-tw"),
    "shop": ("KR", "GLOBAL", "JP", None, "0", "위버스샵", "K|R", "US\t"),
    "platform": ("APP", "WEB", None, "0", "APP\u00a0"),
    "os": ("iOS", "ios", "Android", None, "0", "윈도우", 'Mac "OS"'),
    "app_ver": ("3.2.1", "3.10.0", "3.2.1-RC", "3.2.1-rc", None, "0", "1"),
}

# Fractions of a second for which truncating, rounding and cutting to seconds differ.
MICROSECONDS = (0, 1, 499, 999, 1_000, 123_000, 123_456, 123_999, 500_000, 999_499, 999_999)


@dataclass
class Flavour:
    """The properties of one day. Numbers are pool sizes, shares are probabilities per line."""

    name: str = "mixed"
    ids: tuple[str, ...] = ALL_IDS
    actors: int = 3  # people who use the shop, each with their own clock during the day
    browsers: int = 3
    wv_devices: int = 2
    accounts: int = 3
    user_ids: int = 3
    log_ids: int = 4
    log_id_habits: tuple[str, ...] = ("pool", "pool", "pool", "opposite", "opposite", "one", "none")
    ws_arts: int = 3
    values: int = 3  # values of each plain column: country, shop, os ...
    single: float = 0.1  # ... a plain column has only one value all day
    rotating: float = 0.2  # a new browser id on the same Weverse device
    in_app: float = 0.4  # the line carries a wv_device_id
    wv_change: float = 0.1
    login: float = 0.5  # the line carries the account
    account_change: float = 0.2
    no_user_device: float = 0.1
    null_value: float = 0.2  # any of the other columns is null
    device_type_change: float = 0.2
    steps: str = "any"  # kind of gaps, a key of `_steps`
    anchors: str = "any"  # start of the clocks, a key of `_anchors`
    clock_jump: float = 0.1  # the actor jumps to another time, for example that of another actor
    stray: float = 0.0  # every id of the line is drawn again, independently of the actor
    misspelt: float = 0.2
    rejected: float = 0.1
    again: float = 0.1  # delivered a second or third time
    other_log_id: float = 0.3  # ... with another log_id, which makes it a different event
    one_column: float = 0.15  # a twin that differs in one column
    crossed: float = 0.15  # a twin that differs in two adjacent columns of the order, see there
    ending: float = 0.6  # the day ends with lines of the same time, made by `_ending`
    other_day: float = 0.05  # the same line under another part_date
    few_lines: float = 0.25  # probability of a day of at most 8 lines, which a person can read


FLAVOURS = (
    Flavour("mixed"),
    Flavour("plain", ids=PLAIN_IDS, misspelt=0.0, rejected=0.02),
    Flavour("tiny", ids=PLAIN_IDS, browsers=2, wv_devices=1, accounts=2, user_ids=2, log_ids=1,
            ws_arts=1, values=2, stray=0.8, few_lines=0.5),
    Flavour("gaps", ids=PLAIN_IDS, actors=1, browsers=1, wv_devices=1, log_ids=2, ws_arts=1,
            steps="timeout", clock_jump=0.0, rejected=0.05, again=0.03, one_column=0.03),
    Flavour("two clocks", ids=PLAIN_IDS, actors=2, browsers=2, wv_devices=1, in_app=0.7,
            device_type_change=0.1, steps="timeout", clock_jump=0.05),
    Flavour("accounts", ids=PLAIN_IDS, actors=1, browsers=2, wv_devices=2, accounts=3, login=0.4,
            account_change=0.5, rotating=0.1, steps="near"),
    Flavour("late login", ids=PLAIN_IDS, actors=3, browsers=3, accounts=2, login=0.1, in_app=0.2,
            account_change=0.1, steps="long"),
    Flavour("app", ids=PLAIN_IDS, actors=2, browsers=5, wv_devices=2, rotating=0.6, in_app=0.5,
            wv_change=0.1, account_change=0.3),
    Flavour("weverse ids", ids=PLAIN_IDS, actors=1, browsers=1, wv_devices=4, in_app=0.5,
            wv_change=0.6, account_change=0.5, login=0.5, steps="long"),
    Flavour("one id for all", ids=PLAIN_IDS[:3], actors=2, browsers=3, wv_devices=3, accounts=3,
            user_ids=3, no_user_device=0.4, stray=0.5),
    Flavour("ties", ids=PLAIN_IDS + UNICODE_IDS, log_ids=3, steps="none", stray=0.6,
            clock_jump=0.05, null_value=0.3, one_column=0.4),
    Flavour("total ties", ids=PLAIN_IDS, log_ids=1, actors=1, browsers=2, wv_devices=2,
            steps="none", stray=0.5, clock_jump=0.0, null_value=0.3, one_column=0.6),
    Flavour("separators", ids=SEPARATOR_IDS, actors=8, browsers=8, wv_devices=4, accounts=6,
            steps="none", clock_jump=0.0, stray=0.5, misspelt=0.05, values=2),
    # Lines that tie in all columns but two, or in all but the last few columns of the order.
    Flavour("tails", ids=PLAIN_IDS, actors=1, browsers=1, wv_devices=1, accounts=1, user_ids=1,
            values=3, single=0.3, rotating=0.0, in_app=0.0, login=0.0, no_user_device=0.0,
            null_value=0.1, device_type_change=0.1, steps="near", clock_jump=0.0, rejected=0.05,
            one_column=0.0, crossed=0.9),
    Flavour("long tails", ids=PLAIN_IDS, actors=1, browsers=1, wv_devices=1, accounts=1,
            user_ids=2, values=4, single=0.3, rotating=0.0, in_app=0.9, login=0.9,
            no_user_device=0.0, null_value=0.1, steps="none", clock_jump=0.0, rejected=0.05,
            one_column=0.03),
    Flavour("bytes", ids=UNICODE_IDS, actors=1, browsers=2, accounts=2, user_ids=6,
            wv_devices=1, null_value=0.1, steps="none", clock_jump=0.0, rejected=0.05,
            one_column=0.0),
    Flavour("blanks", ids=KEPT_BLANKS + PLAIN_IDS[:1], browsers=5, accounts=4, values=9,
            misspelt=0.6),
    Flavour("null words", ids=NOT_NULL_IDS + PLAIN_IDS[:1], browsers=3, misspelt=0.8,
            null_value=0.5, values=9, no_user_device=0.4, in_app=0.5),
    Flavour("delivery", ids=PLAIN_IDS, browsers=2, again=0.6, misspelt=0.4, rejected=0.2),
    Flavour("twins", ids=PLAIN_IDS, browsers=2, one_column=0.9, again=0.2, steps="near"),
    Flavour("edges of the day", actors=6, browsers=4, anchors="edges", steps="near",
            clock_jump=0.5),
    Flavour("fractions", ids=PLAIN_IDS, actors=2, browsers=2, steps="fractions", misspelt=0.0),
    Flavour("rejected", ids=PLAIN_IDS, browsers=2, rejected=0.6),
    Flavour("artists", ids=PLAIN_IDS, browsers=2, accounts=4, login=0.8, ws_arts=11, steps="near"),
    Flavour("late delivery", ids=PLAIN_IDS, other_day=0.5, anchors="edges"),
    Flavour("crowd", actors=12, browsers=15, wv_devices=8, accounts=10, user_ids=10, log_ids=11,
            values=9, ws_arts=8),
)  # fmt: skip
