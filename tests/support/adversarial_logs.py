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
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from tests.support.adversarial_masters import long_memberships, membership, random_artists
from tests.support.flavours import (
    FLAVOURS,
    LOG_IDS,
    MICROSECONDS,
    PLAIN_VALUES,
    WS_ART_IDS,
    Flavour,
)

Line = dict[str, Any]

NULL_WORDS = ("", "null", "undefined", "none", "nan")
ID_NULL_WORDS = NULL_WORDS + ("0", "00000000-0000-0000-0000-000000000000")
ID_COLUMNS = ("log_id", "user_device_id", "wv_device_id", "s_wemember_id", "s_user_id")
FOLDED_COLUMNS = ("s_device_type", "s_ctry", "s_lang", "shop", "platform")  # case is ignored
TEXT_COLUMNS = ID_COLUMNS + FOLDED_COLUMNS + ("os", "app_ver")
LOG_COLUMNS = (
    "part_date", "log_id", "log_dt", "user_device_id", "wv_device_id", "s_device_type",
    "s_wemember_id", "s_user_id", "s_ctry", "s_lang", "ws_art_id", "shop", "platform", "os",
    "app_ver",
)  # fmt: skip
CHANGEABLE_COLUMNS = TEXT_COLUMNS + ("ws_art_id", "log_dt")
# The columns that order events at the same time, in the order of SPEC section 3.
ORDERED_COLUMNS = (
    "s_wemember_id", "wv_device_id", "s_user_id", "s_ctry", "s_lang", "platform", "os", "app_ver",
)  # fmt: skip
# Columns that could be mistaken for part of the order but are not.
UNORDERED_COLUMNS = ("log_id", "s_device_type", "user_device_id")

NOT_PC = tuple(name for name in PLAIN_VALUES["s_device_type"] if name != "PC")

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)

# Pairs whose order by bytes differs from the order by locale, by UTF-16 units, without case, or
# with nulls last. Columns with case folding have only ASCII letters, because SPEC defines no other
# folding.
FOLDED_TRAPS = (("_", "a"), ("B", "_"), ("~", "가"), ("ｱ", "😀"), ("\ue000", "😀"), (None, "A"))
ORDER_TRAPS = FOLDED_TRAPS + (("B", "a"), ("A", "a"), ("z", "é"), ("É", "é"), ("ａ", "😀"))


@dataclass
class World:
    """The three sources of the mart as raw data."""

    lines: list[Line]
    artists: list[dict[str, Any]]
    memberships: list[dict[str, Any]]
    flavours: dict[str, str] = field(default_factory=dict)  # part_date -> name, for messages


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
    world.artists = random_artists(rng)
    world.memberships += long_memberships(rng, part_dates)
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
            **{column: self._plain_pool(values) for column, values in PLAIN_VALUES.items()},
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
            memberships.append(membership(rng, member, start, end))
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

        given = {"part_date": self.part_date, "log_dt": None}
        return {c: given[c] if c in given else value(c) for c in LOG_COLUMNS}

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
