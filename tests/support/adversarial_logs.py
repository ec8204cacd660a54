"""Random client logs that hit the edge cases of SPEC sections 2 to 4, fixed by a seed.

    world = random_world(seed=7, part_dates=["2024-01-15", "2024-01-16"])
    world.lines, world.artists, world.memberships

A log of random values would almost never contain a gap of exactly the timeout, or two lines that
tie in all columns but one. Therefore all values come from small pools. Every day of a world draws a
`Flavour`, which decides how small each pool is, how dense the events are in time, and how
carelessly the client spells values. Days are independent of each other in the mart, so a world of
300 days is 300 tests. `world.flavours` says what each day stresses. The lines of a day do not
depend on the other days of the list, so a failing day can be examined alone.

This module only knows the form of a log, not the rules of the mart. It shares no code with the
oracle (`spec_oracle.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

Line = dict[str, Any]

NULL_WORDS = ("", "null", "undefined", "none", "nan")
ID_NULL_WORDS = NULL_WORDS + ("0", "00000000-0000-0000-0000-000000000000")
ID_COLUMNS = ("log_id", "user_device_id", "wv_device_id", "s_wemember_id", "s_user_id")
FOLDED_COLUMNS = ("s_device_type", "s_ctry", "s_lang", "shop", "platform")  # case is ignored
TEXT_COLUMNS = ID_COLUMNS + FOLDED_COLUMNS + ("os", "app_ver")
CHANGEABLE_COLUMNS = TEXT_COLUMNS + ("ws_art_id", "log_dt")
# The columns that order events at the same time, in the order of SPEC section 3.
ORDERED_COLUMNS = (
    "s_wemember_id", "wv_device_id", "s_user_id", "s_ctry", "s_lang", "platform", "os", "app_ver",
)  # fmt: skip
# Columns that could be mistaken for part of the order but are not.
UNORDERED_COLUMNS = ("log_id", "s_device_type", "user_device_id")

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)

# -- Pools ------------------------------------------------------------------------------------
# Pools overlap on purpose: one string can be a browser, a Weverse device and an account.

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

# Pairs whose order by bytes differs from the order by locale, by UTF-16 units, without case, or
# with nulls last. Columns with case folding have only ASCII letters, because SPEC defines no other
# folding.
FOLDED_TRAPS = (("_", "a"), ("B", "_"), ("~", "가"), ("ｱ", "😀"), ("\ue000", "😀"), (None, "A"))
ORDER_TRAPS = FOLDED_TRAPS + (("B", "a"), ("A", "a"), ("z", "é"), ("É", "é"), ("ａ", "😀"))

LOG_IDS = ("1", "2", "10", "9", "a", "A", "b", "é", "가", "ａ", "😀")
DEVICE_TYPES = ("PC", "MOBILE", "TABLET", None, "TV", "PC\u00a0", "PCX", "0", "DESKTOP")
NOT_PC = tuple(name for name in DEVICE_TYPES if name != "PC")
COUNTRIES = ("KR", "US", "JP", None, "0", "한국", "K R", "NANS")
LANGUAGES = ("ko", "en", "ja", None, "0", "한국어", "zh-tw")
SHOPS = ("KR", "GLOBAL", "JP", None, "0", "위버스샵", "K|R", "US\t")
PLATFORMS = ("APP", "WEB", None, "0", "APP\u00a0")
SYSTEMS = ("iOS", "ios", "Android", None, "0", "윈도우", 'Mac "OS"')
VERSIONS = ("3.2.1", "3.10.0", "3.2.1-RC", "3.2.1-rc", None, "0", "1")

WS_ART_IDS = (1, 2, 3, 4, 5, 6, 0, -1, 2**31, 5_000_000_000, None)
WE_ART_IDS = (7, 9, 10, 100, -1, 0)
ARTIST_NAMES = (
    "BTS", "bts", "SEVENTEEN", "세븐틴", "방탄소년단", 'TXT "투바투"', "L'arc", " 뉴진스 ", "",
    "null", "é", "😀", "ａ", None,
)  # fmt: skip

# Fractions of a second for which truncating, rounding and cutting to seconds differ.
MICROSECONDS = (0, 1, 499, 999, 1_000, 123_000, 123_456, 123_999, 500_000, 999_499, 999_999)


@dataclass
class World:
    """The three sources of the mart as raw data."""

    lines: list[Line]
    artists: list[dict[str, Any]]
    memberships: list[dict[str, Any]]
    flavours: dict[str, str] = field(default_factory=dict)  # part_date -> name, for messages


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


def random_world(
    seed: int,
    part_dates: list[str],
    max_lines_per_day: int = 60,
    *,
    session_timeout_minutes: int = 30,
    max_clock_skew_hours: int = 24,
) -> World:
    """Make a world of the given days (`yyyy-MM-dd`). The same arguments give the same world.

    Each day gets between one and `max_lines_per_day` lines, at least one of which is accepted. The
    timeout and the skew are those with which the mart is built, and decide the gaps and times near
    the limits. Lines of all days are shuffled together.
    """
    world = World([], [], [])
    logs: dict[str, list[Line]] = {}
    late: dict[str, float] = {}
    for part_date in part_dates:
        # Seeded by a string, so that a day does not depend on the other days of the list.
        rng = Random(f"{seed}/{part_date}")
        flavour = _random_flavour(rng)
        log = _DayLog(rng, part_date, flavour, session_timeout_minutes, max_clock_skew_hours)
        logs[part_date] = log.make(max_lines_per_day)
        world.memberships += log.memberships()
        world.flavours[part_date] = flavour.name
        late[part_date] = flavour.other_day
    for part_date, lines in logs.items():
        room = max_lines_per_day - len(lines)
        world.lines += lines + _from_other_days(seed, part_date, logs, late[part_date])[:room]
    rng = Random(f"{seed}/world")
    world.artists = _artists(rng)
    world.memberships += _long_memberships(rng, part_dates)
    return shuffled(world, seed)


def _from_other_days(
    seed: int, part_date: str, logs: dict[str, list[Line]], share: float
) -> list[Line]:
    """Lines of the previous and the next day, also delivered under this `part_date`."""
    rng = Random(f"{seed}/{part_date}/other days")
    neighbours = [f"{_midnight(part_date) + days:%Y-%m-%d}" for days in (-DAY, DAY)]
    return [
        {**line, "part_date": part_date}
        for neighbour in neighbours
        for line in logs.get(neighbour, [])
        if rng.random() < share
    ]


def shuffled(world: World, seed: int) -> World:
    """The same world, with every source in another order."""
    rng = Random(f"{seed}/shuffled")
    return replace(
        world,
        lines=rng.sample(world.lines, len(world.lines)),
        artists=rng.sample(world.artists, len(world.artists)),
        memberships=rng.sample(world.memberships, len(world.memberships)),
    )


def redelivered(world: World, seed: int) -> World:
    """The same world, with about a third of the lines, accepted or not, delivered once or twice
    more, either identical or spelt differently. No row of the mart may change.
    """
    rng = Random(f"{seed}/redelivered")
    again = []
    for line in world.lines:
        if rng.random() < 0.3:
            for _ in range(rng.choice((1, 1, 2))):
                again.append(_respelt(rng, line, rng.choice((0.0, 0.5))))
    return shuffled(replace(world, lines=world.lines + again), seed)


def relabelled(world: World, seed: int) -> World:
    """The same world, with another `log_id` or none on every line. No row of the mart may
    change."""
    rng = Random(f"{seed}/relabelled")
    lines = [{**line, "log_id": rng.choice((*LOG_IDS, None))} for line in world.lines]
    return replace(world, lines=lines)


# ---------------------------------------------------------------------------------------------
# One day of the log
# ---------------------------------------------------------------------------------------------


@dataclass
class _Actor:
    """A person at a device: the values that their client would send on the next line."""

    clock: datetime
    browser: str
    wv_device: str
    account: str | None
    device_type: str | None


class _DayLog:
    """Makes the lines of one `part_date` with one flavour."""

    def __init__(
        self, rng: Random, part_date: str, flavour: Flavour, timeout_minutes: int, skew_hours: int
    ) -> None:
        self.rng = rng
        self.part_date = part_date
        self.flavour = flavour
        self.day = _midnight(part_date)
        self.earliest = self.day - timedelta(hours=skew_hours)
        self.latest = self.day + DAY + timedelta(hours=skew_hours)
        self.browsers = self._pool(flavour.ids, flavour.browsers)
        self.wv_devices = self._pool(flavour.ids, flavour.wv_devices)
        self.accounts = self._pool(flavour.ids, flavour.accounts)
        self.steps = _steps(timedelta(minutes=timeout_minutes))[flavour.steps]
        self.pools: dict[str, list[Any]] = {
            "log_id": self._pool(LOG_IDS, flavour.log_ids) + [None],
            "user_device_id": self.browsers + [None],
            "wv_device_id": self.wv_devices + [None],
            "s_wemember_id": self.accounts + [None],
            "s_user_id": self._pool(flavour.ids, flavour.user_ids) + [None],
            "s_device_type": self._plain_pool(DEVICE_TYPES),
            "s_ctry": self._plain_pool(COUNTRIES),
            "s_lang": self._plain_pool(LANGUAGES),
            "shop": self._plain_pool(SHOPS),
            "platform": self._plain_pool(PLATFORMS),
            "os": self._plain_pool(SYSTEMS),
            "app_ver": self._plain_pool(VERSIONS),
            "ws_art_id": self._pool(WS_ART_IDS, flavour.ws_arts),
        }
        # Device types only matter in rule 3, and there only PC, so PC is nearly always in the pool.
        if rng.random() < 0.9 and "PC" not in self.pools["s_device_type"]:
            self.pools["s_device_type"][0] = "PC"
        self.anchors = self._anchors()
        self.actors = [self._new_actor() for _ in range(flavour.actors)]

    def make(self, max_lines: int) -> list[Line]:
        """The day's lines, at least one and at most `max_lines` of them."""
        rng, flavour = self.rng, self.flavour
        wanted = rng.randint(1, max_lines)
        if rng.random() < flavour.few_lines:
            wanted = min(wanted, rng.randint(2, 8))
        lines = [self._acceptable_line()]
        has_ending = rng.random() < flavour.ending
        column_in_turn = rng.randrange(len(CHANGEABLE_COLUMNS))
        while len(lines) < wanted:
            line = self._next_line()
            lines.append(line)
            if rng.random() < flavour.again:
                for _ in range(rng.choice((1, 1, 2))):
                    is_other = rng.random() < flavour.other_log_id
                    lines.append(self._twin(line, "log_id") if is_other else dict(line))
            if rng.random() < flavour.one_column:
                column_in_turn = (column_in_turn + 1) % len(CHANGEABLE_COLUMNS)
                lines.append(self._twin(line, CHANGEABLE_COLUMNS[column_in_turn]))
            if rng.random() < flavour.crossed:
                lines.append(self._crossed_twin(line))
            if rng.random() < flavour.rejected:
                lines.append(self._rejected(line))
        ending = self._ending(lines[:wanted]) if has_ending else []
        if len(ending) < wanted:
            lines = lines[: wanted - len(ending)] + ending
        lines = self._with_log_ids(lines[:wanted])
        return [_respelt(rng, line, flavour.misspelt) for line in lines]

    def memberships(self) -> list[dict[str, Any]]:
        """Memberships of the day's accounts that start or end on the day or next to it."""
        rng = self.rng
        near = [self.day.date() + timedelta(days=offset) for offset in (-2, -1, 0, 0, 1, 2)]
        memberships = []
        for _ in range(rng.choice((0, 2, 5, 10))):
            member, start, end = rng.choice(self.accounts), rng.choice(near), rng.choice(near)
            memberships.append(_membership(rng, member, start, end))
            if rng.random() < 0.3:  # another one of the same member and artist, which can overlap
                memberships.append({**memberships[-1], "fc_start_date": rng.choice(near)})
        return memberships

    def _pool(self, values: tuple, size: int) -> list:
        return self.rng.sample(values, min(size, len(values)))

    def _plain_pool(self, values: tuple) -> list:
        is_single = self.rng.random() < self.flavour.single
        return self._pool(values, 1 if is_single else self.flavour.values)

    def _anchors(self) -> list[datetime]:
        """Start times of the clocks: only a few, so that actors meet."""
        rng, latest, earliest = self.rng, self.latest, self.earliest
        edges = [
            edge + offset
            for edge in (earliest, self.day, self.day + DAY, latest)
            for offset in (-MICROSECOND, timedelta(0), MICROSECOND, timedelta(milliseconds=-1))
        ]
        within = [
            self.day + timedelta(0, rng.randrange(86_400), rng.choice(MICROSECONDS))
            for _ in range(3)
        ]
        if self.flavour.anchors == "edges":
            return edges
        return within + rng.sample(edges, 1)

    def _new_actor(self) -> _Actor:
        return _Actor(
            clock=self.rng.choice(self.anchors),
            browser=self.rng.choice(self.browsers),
            wv_device=self.rng.choice(self.wv_devices),
            account=self.rng.choice(self.pools["s_wemember_id"]),
            device_type=self.rng.choice(self.pools["s_device_type"]),
        )

    def _next_line(self) -> Line:
        """An actor advances in time, may change something, and sends a line."""
        rng, flavour = self.rng, self.flavour
        actor = rng.choice(self.actors)
        actor.clock += rng.choice(self.steps)(rng)
        if rng.random() < flavour.clock_jump or not self.earliest <= actor.clock <= self.latest:
            actor.clock = rng.choice(self.anchors + [other.clock for other in self.actors])
        if rng.random() < flavour.rotating:
            actor.browser = rng.choice(self.browsers)
        if rng.random() < flavour.wv_change:
            actor.wv_device = rng.choice(self.wv_devices)
        if rng.random() < flavour.account_change:
            actor.account = rng.choice(self.pools["s_wemember_id"])
        if rng.random() < flavour.device_type_change:
            actor.device_type = rng.choice(self.pools["s_device_type"])
        if rng.random() < flavour.stray:
            actor = replace(self._new_actor(), clock=actor.clock)
        line = self._values()
        line["log_dt"] = actor.clock
        line["s_device_type"] = actor.device_type
        line["user_device_id"] = actor.browser
        line["wv_device_id"] = actor.wv_device if rng.random() < flavour.in_app else None
        if rng.random() < flavour.no_user_device:
            # The browser is then the Weverse device, which can be the browser of another line.
            line["user_device_id"] = None
            line["wv_device_id"] = rng.choice((actor.wv_device, actor.browser))
        line["s_wemember_id"] = actor.account if rng.random() < flavour.login else None
        return line

    def _values(self) -> Line:
        """A line of random values from the day's pools, with the columns in the order of the
        source."""
        rng = self.rng

        def value(column: str) -> Any:
            is_null = rng.random() < self.flavour.null_value
            return None if is_null else rng.choice(self.pools[column])

        return {
            "part_date": self.part_date,
            "log_id": value("log_id"),
            "log_dt": None,
            "user_device_id": value("user_device_id"),
            "wv_device_id": value("wv_device_id"),
            "s_device_type": value("s_device_type"),
            "s_wemember_id": value("s_wemember_id"),
            "s_user_id": value("s_user_id"),
            "s_ctry": value("s_ctry"),
            "s_lang": value("s_lang"),
            "ws_art_id": value("ws_art_id"),
            "shop": value("shop"),
            "platform": value("platform"),
            "os": value("os"),
            "app_ver": value("app_ver"),
        }

    def _acceptable_line(self) -> Line:
        """A valid line, so that every day has an event."""
        line = self._values()
        line["user_device_id"] = self.browsers[0]
        line["log_dt"] = self.actors[0].clock
        if not self.day <= line["log_dt"] < self.day + DAY:
            line["log_dt"] = self.day + timedelta(seconds=self.rng.randrange(86_400))
        return line

    def _twin(self, line: Line, column: str) -> Line:
        """The line with a different value in one column."""
        if column == "log_dt":
            step = self.rng.choice((MICROSECOND, timedelta(milliseconds=1), timedelta(seconds=1)))
            return {**line, "log_dt": line["log_dt"] + self.rng.choice((-1, 1)) * step}
        return {**line, column: self._another(column, line[column])}

    def _crossed_twin(self, line: Line) -> Line:
        """The line with different values in two adjacent columns of the order of events, so that
        the last line depends on which column comes first. Or with a different value in a column
        that is not part of the order, so that neither line is the last one."""
        alone = [(column,) for column in UNORDERED_COLUMNS]
        columns = self.rng.choice([*pairwise(ORDERED_COLUMNS), *alone])
        return {**line, **{column: self.rng.choice(self.pools[column]) for column in columns}}

    def _ending(self, lines: list[Line]) -> list[Line]:
        """Two or three lines at the same time, mostly of one device, after all others of the day,
        so that the rows of the day show which of them is the last.

        In the order of events they agree up to a column. From there on they differ, or differ only
        in that column, or agree. They may also differ in one column outside the order.
        """
        rng = self.rng
        moments = [line["log_dt"] for line in lines if line["log_dt"] is not None]
        before = max(moment for moment in moments if moment <= self.latest)
        first = self._values() | {
            "log_dt": min(before + rng.choice((MICROSECOND, DAY / 86_400)), self.latest),
            "user_device_id": rng.choice(self.browsers),
            "s_device_type": rng.choice(NOT_PC),
        }
        beside = rng.choice((*UNORDERED_COLUMNS, "log_id", None))
        if beside == "user_device_id":  # browsers with the same Weverse device are one device
            first["wv_device_id"] = rng.choice(self.wv_devices)
        # The last columns rarely decide a tie by chance. 8 is past the end.
        place = rng.choice((0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 7, 7, 8, 8))
        columns = ORDERED_COLUMNS[place : rng.choice((place + 1, None))]
        if "s_user_id" in columns:  # it only has an effect on lines with an account
            first["s_wemember_id"] = rng.choice(self.accounts)
        ending = [first]
        for _ in range(rng.choice((1, 1, 2))):
            other = first | {column: self._another(column, first[column]) for column in columns}
            if beside == "s_device_type":
                other[beside] = rng.choice([name for name in NOT_PC if name != first[beside]])
            elif beside is not None:
                other[beside] = self._another(beside, first[beside])
            ending.append(other)
        if columns and rng.random() < 0.6:
            trap = rng.choice(FOLDED_TRAPS if columns[0] in FOLDED_COLUMNS else ORDER_TRAPS)
            for line, value in zip(ending, rng.sample(trap, 2)):
                line[columns[0]] = value
        if place < 2:  # accounts and Weverse devices are visible by the line that follows
            after = min(first["log_dt"] + MICROSECOND, self.latest)
            kept = {c: first[c] for c in ("part_date", "user_device_id", "s_device_type")}
            ending.append(dict.fromkeys(first) | kept | {"log_dt": after})
        return ending

    def _another(self, column: str, value: str | None) -> str | None:
        """Another value of the day for this column, or null."""
        others = [other for other in self.pools[column] + [None] if other != value]
        return self.rng.choice(others or [None])

    def _with_log_ids(self, lines: list[Line]) -> list[Line]:
        """Set the `log_id` of the lines as the flavour says: distinct, the same for all, null, or
        descending along the order of events."""
        habit = self.rng.choice(self.flavour.log_id_habits)
        if habit == "pool":
            return lines
        if habit == "opposite":
            places = sorted({_place_in_order(line) for line in lines}, reverse=True)
            log_ids = {place: f"line {number:06}" for number, place in enumerate(places)}
            return [{**line, "log_id": log_ids[_place_in_order(line)]} for line in lines]
        return [{**line, "log_id": "the one" if habit == "one" else None} for line in lines]

    def _rejected(self, line: Line) -> Line:
        """A line like this one that is rejected for one or more reasons. If it were accepted, it
        would change rows. At the limits of time, it is just inside the limit half of the time."""
        how = self.rng.choice(("log_dt", "device", "range", "limit", "all"))
        line = {**line, "s_wemember_id": self.rng.choice(self.accounts)}
        if how in ("log_dt", "all"):
            line["log_dt"] = None
        if how in ("device", "all"):
            line["user_device_id"] = line["wv_device_id"] = None
        if how == "range":
            line["log_dt"] += self.rng.choice((-1, 1)) * timedelta(days=self.rng.choice((4, 400)))
        if how == "limit":
            out, step = self.rng.choice(((self.earliest, -MICROSECOND), (self.latest, MICROSECOND)))
            line["log_dt"] = out + step * self.rng.choice((0, 1, 1_000))
        return line


def _random_flavour(rng: Random) -> Flavour:
    """One of the flavours. A third of the time, one number or share comes from another flavour."""
    flavour = rng.choice(FLAVOURS)
    if rng.random() < 0.33:
        knob = rng.choice([f.name for f in fields(Flavour) if f.name != "name"])
        other = rng.choice(FLAVOURS)
        name = f"{flavour.name}, {knob} of {other.name}"
        flavour = replace(flavour, **{knob: getattr(other, knob), "name": name})
    return flavour


def _steps(timeout: timedelta) -> dict[str, list[Callable[[Random], timedelta]]]:
    """Steps of a clock between two lines, by kind of day."""

    def exactly(step: timedelta) -> Callable[[Random], timedelta]:
        return lambda rng: step

    def up_to(most: timedelta) -> Callable[[Random], timedelta]:
        return lambda rng: most * rng.random()

    zero = timedelta(0)
    second, millisecond = timedelta(seconds=1), timedelta(milliseconds=1)
    at_timeout = [
        exactly(timeout + offset)
        for offset in (zero, millisecond, MICROSECOND, -MICROSECOND, -millisecond, second, -second)
    ]
    near = [exactly(zero), exactly(MICROSECOND), exactly(second), up_to(timeout / 4)]
    fractions = [timedelta(microseconds=number) for number in MICROSECONDS]
    return {
        "none": [exactly(zero)],
        "near": near,
        "timeout": at_timeout * 2 + near,
        # Gaps that differ from the timeout by a fraction. They fail if times are cut to seconds
        # first.
        "fractions": [exactly(base + f) for f in fractions for base in (zero, timeout)]
        + [exactly(timeout - f) for f in fractions],
        "long": [up_to(timeout * 2), exactly(timeout * 3)] + near[:2],
        "any": at_timeout + near * 2 + [up_to(timeout * 2), up_to(timeout), exactly(timeout * 3)],
    }


def _place_in_order(line: Line) -> tuple:
    """The sort key of a line without variant spellings, nulls first."""
    texts = [line[column] for column in ORDERED_COLUMNS]
    moment = line["log_dt"] or datetime.min
    return (moment, *[(text is not None, (text or "").encode()) for text in texts])


def _respelt(rng: Random, line: Line, share: float) -> Line:
    """The same line in the spelling of another client: with surrounding spaces, in another case
    where case is ignored, with null tokens for null. `share` of the values are changed.
    """
    line = dict(line)
    if _means_null("user_device_id", line["user_device_id"]) and rng.random() < share:
        line["user_device_id"] = line["wv_device_id"]  # the same browser, written explicitly
    for column in TEXT_COLUMNS:
        if rng.random() >= share:
            continue
        value = line[column]
        is_null = _means_null(column, value)
        if is_null:
            value = rng.choice((None, *_null_words(column)))
        if value is not None:
            if is_null or column in FOLDED_COLUMNS:
                value = _in_some_case(rng, value)
            spaces = ("", "", " ", "  ")
            value = rng.choice(spaces) + value + rng.choice(spaces)
        line[column] = value
    return line


def _null_words(column: str) -> tuple[str, ...]:
    return ID_NULL_WORDS if column in ID_COLUMNS else NULL_WORDS


def _means_null(column: str, value: str | None) -> bool:
    return value is None or value.strip(" ").lower() in _null_words(column)


def _in_some_case(rng: Random, value: str) -> str:
    """The value with ASCII letters in another case. SPEC defines no other folding."""
    how = rng.choice((str.lower, str.upper, str.swapcase))
    return "".join(how(char) if char.isascii() else char for char in value)


def _midnight(part_date: str) -> datetime:
    return datetime.strptime(part_date, "%Y-%m-%d")


# ---------------------------------------------------------------------------------------------
# Artists and memberships
# ---------------------------------------------------------------------------------------------


def _artists(rng: Random) -> list[dict[str, Any]]:
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


def _long_memberships(rng: Random, part_dates: list[str]) -> list[dict[str, Any]]:
    """A few memberships that began long ago or still run, and a few whose ids match only after
    cleaning."""
    dates = [_midnight(part_date).date() for part_date in part_dates]
    memberships = []
    for _ in range(rng.randint(3, 9)):
        start = rng.choice(dates) + timedelta(days=rng.choice((-400, -1, 0, 1)))
        member = rng.choice(rng.choice((PLAIN_IDS, ALL_IDS)))
        memberships.append(_membership(rng, member, start, rng.choice((None, start + 700 * DAY))))
    for member in (" a ", "a ", " b", "NULL", "", None, None):
        if rng.random() < 0.6:
            start = rng.choice(dates) - timedelta(days=30)
            memberships.append(_membership(rng, member, start, None))
    return memberships


def _membership(rng: Random, member: str | None, start: date, end: date | None) -> dict[str, Any]:
    """A membership of some artist, sometimes of none."""
    return {
        "we_member_id": member,
        "we_art_id": rng.choice(WE_ART_IDS * 2 + (None,)),
        "fc_start_date": start,
        "fc_end_date": end,
    }
