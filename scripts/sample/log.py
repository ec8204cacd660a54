"""The log of the sample: its values, and the clients whose lines it has.

A line has what a real client would write. The cases of scripts/sample/cases.py say which client
sends which lines; the values that they leave open come from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Row = dict[str, Any]
Page = tuple[int | None, str | None]  # ws_art_id, shop
Country = tuple[str, str, str, int]  # country, language, shop, weight

# ws_art_id, we_art_id, name, weight. An artist can have a second shop (210 is the Japanese shop of
# the artist of 107). All names are invented.
ARTISTS = [
    (101, 11, "하늘결", 22),
    (102, 12, "NOVA TIDE", 16),
    (103, 13, "새벽별 (SAEBYUK)", 14),
    (104, 14, '루나 "LUNA", Moonlight', 12),
    (105, 15, "Marble Arcade", 9),
    (106, 16, "온새미", 8),
    (107, 17, "Kaito & The Rains", 7),
    (210, 17, "Kaito & The Rains", 4),
    (108, 18, "ORBIT-EIGHT", 5),
    (109, 19, "초록우산클럽", 3),
]
UNKNOWN_ARTIST = 131  # a shop that opened on the last sample day and is missing in we_artist

COUNTRIES: list[Country] = [
    ("KR", "ko", "KR", 34),
    ("JP", "ja", "JP", 22),
    ("US", "en", "US", 14),
    ("ID", "en", "GLOBAL", 8),
    ("TH", "th", "GLOBAL", 6),
    ("TW", "zh-TW", "GLOBAL", 6),
    ("PH", "en", "GLOBAL", 4),
    ("MX", "es", "GLOBAL", 3),
    ("BR", "pt", "GLOBAL", 3),
]
OS = {
    "ios": ["iOS 17.2.1", "iOS 17.2.1", "iOS 17.1.2", "iOS 16.7.4"],
    "android": ["Android 14", "Android 14", "Android 13", "Android 12"],
    "pc": ["Windows 11", "Windows 10", "Windows 10", "macOS 14.2.1", "macOS 13.6"],
}
SHOP_APP = ["2.14.1", "2.14.1", "2.14.0", "2.13.4"]
WEVERSE_APP = ["2.12.2", "2.12.2", "2.12.0", "2.11.7"]

ZERO_UUID = "00000000-0000-0000-0000-000000000000"

DAYS = ("2024-01-14", "2024-01-15", "2024-01-16")

# Client builds: how each writes missing values, and its habit. 'lower' writes codes in the wrong
# case, 'padded' leaves spaces around some values. (weight, blanks, habit)
BUILDS = {
    "web": [
        (60, {}, ""),
        (14, {"s_wemember_id": "undefined", "s_user_id": "NaN", "app_ver": "undefined"}, ""),
        (10, {"s_wemember_id": "null", "s_user_id": "null", "app_ver": "null"}, "lower"),
        (8, {"s_lang": "  ", "s_user_id": "undefined"}, "padded"),
    ],
    "ios": [
        (70, {}, ""),
        (20, {"s_wemember_id": "0", "s_user_id": "0"}, ""),
        (8, {"s_user_id": "nan", "wv_device_id": "None"}, "padded"),
    ],
    "android": [
        (65, {}, ""),
        (20, {"wv_device_id": ZERO_UUID, "s_user_id": "0"}, ""),
        (15, {"wv_device_id": "null", "s_wemember_id": "NULL"}, "lower"),
    ],
    "weverse": [
        (70, {}, ""),
        (15, {"s_wemember_id": "Undefined", "s_user_id": "None"}, ""),
        (15, {"user_device_id": ZERO_UUID, "s_wemember_id": "NULL"}, "lower"),
    ],
}


class Dice(random.Random):
    """Random choices based on random() only, whose sequence Python guarantees not to change."""

    def between(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))

    def pick(self, values: Sequence[T], weights: Sequence[float] | None = None) -> T:
        if weights is None:
            return values[int(self.random() * len(values))]
        left = self.random() * sum(weights)
        for value, weight in zip(values, weights):
            left -= weight
            if left < 0:
                return value
        return values[-1]

    def chance(self, share: float) -> bool:
        return self.random() < share

    def text(self, alphabet: str, length: int) -> str:
        return "".join(self.pick(alphabet) for _ in range(length))

    def uuid(self) -> str:
        text = self.text("0123456789abcdef", 32)
        text = text[:12] + "4" + text[13:16] + self.pick("89ab") + text[17:]  # version 4
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Member(NamedTuple):
    account: str
    user: str
    country: Country


@dataclass
class Client:
    """A browser or app on a device, with the values that its lines share."""

    user_device_id: str | None
    wv_device_id: str | None
    s_device_type: str | None
    country: Country
    platform: str
    os: str
    app_ver: str | None
    blanks: dict[str, str] = field(default_factory=dict)
    habit: str = ""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(when: datetime | None) -> str | None:
    return when.isoformat(sep=" ", timespec="milliseconds") if when else None


class Log:
    """The log being generated: its lines, and the visits of members, which orders refer to."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        # part_date, time of delivery, line
        self.lines: list[tuple[str, datetime, Row]] = []
        # member, last line's time, ws_art_id, shop
        self.visits: list[tuple[Member, datetime, int, str]] = []
        self.everyone: dict[str, Member] = {}  # by account, in order of arrival
        self.members: dict[str, Member] = {}  # those with a name, used in the cases
        # Devices of the members seen inside the Weverse app, for their Weverse sessions.
        self.in_weverse: dict[str, str] = {}

    def member(
        self, name: str | None = None, country: str | None = None, account: str | None = None
    ) -> Member:
        if name in self.members:
            return self.members[name]
        countries = [row for row in COUNTRIES if country in (None, row[0])]
        made = Member(
            account or "wm" + self.dice.text("0123456789abcdef", 12),
            str(self.dice.between(10_000_000, 49_999_999)),
            self.dice.pick(countries, [row[3] for row in countries]),
        )
        self.everyone[made.account] = made
        if name:
            self.members[name] = made
        return made

    def client(self, kind: str, country: Country, clean: bool = False, **changes: Any) -> Client:
        """A client of `kind` web, mobile_web, shop_app or weverse. `clean` clients have no
        quirks."""
        dice = self.dice
        system = "pc" if kind == "web" else dice.pick(["ios", "android"], [55, 45])
        app = kind in ("shop_app", "weverse")
        device_type = "PC" if kind == "web" else dice.pick(["MOBILE", "TABLET"], [92, 8])
        builds = BUILDS["weverse" if kind == "weverse" else system if app else "web"]
        _, blanks, habit = dice.pick(builds, [build[0] for build in builds])
        made = Client(
            user_device_id=dice.uuid(),
            wv_device_id=dice.uuid() if kind == "weverse" else None,
            s_device_type=device_type,
            country=country,
            platform="APP" if app else "WEB",
            os=dice.pick(OS[system]),
            app_ver={"shop_app": dice.pick(SHOP_APP), "weverse": dice.pick(WEVERSE_APP)}.get(kind),
            blanks={} if clean else blanks,
            habit="" if clean else habit,
        )
        if system == "ios" and app:  # iOS writes ids in upper case
            made.user_device_id = made.user_device_id.upper()
        if made.blanks.get("user_device_id"):  # tracking is off: the web view has no id
            made.user_device_id = None
        return replace(made, **changes)

    def log_id(self, when: datetime) -> str:
        """A ULID: milliseconds, then random bits, in Crockford's base 32."""
        alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        millis = int((when - datetime(1970, 1, 1)) / timedelta(milliseconds=1))
        return "".join(alphabet[millis >> shift & 31] for shift in range(45, -5, -5)) + (
            self.dice.text(alphabet, 16)
        )

    def line(
        self,
        client: Client,
        when: datetime | None,
        member: Member | None = None,
        page: Page = (None, None),
        part_date: str | None = None,
        delivered: datetime | None = None,
        **changes: Any,
    ) -> Row:
        """Write one line. `changes` override the values that the client would write."""
        dice = self.dice
        delivered = delivered or when + timedelta(milliseconds=dice.between(150, 2_500))
        row = {
            "part_date": part_date or (when or delivered).date().isoformat(),
            "log_id": self.log_id(when or delivered),
            "log_dt": written(when),
            "user_device_id": client.user_device_id,
            "wv_device_id": client.wv_device_id,
            "s_device_type": client.s_device_type,
            "s_wemember_id": member and member.account,
            # the shop user id is known only after the shop has responded, so not on every line
            "s_user_id": member.user if member and dice.chance(0.88) else None,
            "s_ctry": client.country[0],
            "s_lang": client.country[1] if dice.chance(0.97) else None,
            "ws_art_id": page[0],
            "shop": page[1],
            "platform": client.platform,
            "os": client.os,
            "app_ver": client.app_ver,
        }
        for column, token in client.blanks.items():
            if row[column] is None:
                row[column] = token
        if client.habit == "lower":
            for column in ("s_device_type", "s_ctry", "shop", "platform"):
                row[column] = row[column] and row[column].lower()
            row["s_lang"] = row["s_lang"] and row["s_lang"].upper()
        elif client.habit == "padded" and dice.chance(0.5):
            column = dice.pick(["user_device_id", "s_wemember_id", "s_ctry", "s_lang", "shop"])
            row[column] = row[column] and dice.pick([" {}", "{} ", " {} "]).format(row[column])
        row.update(changes)
        self.lines.append((row["part_date"], delivered, row))
        return row

    def pages(self, count: int, country: Country, artist: int | None = None) -> list[Page]:
        """(ws_art_id, shop) of the pages of a visit: mostly one artist, sometimes two. The front
        page of the shop has no artist; account and cart pages have neither."""
        dice = self.dice
        known = [row[0] for row in ARTISTS]
        artist = artist or dice.pick(known, [row[3] for row in ARTISTS])
        shop = dice.pick([country[2], "GLOBAL", "WEVERSE"], [82, 10, 8])
        made: list[Page] = []
        for number in range(count):
            if dice.chance(0.05):
                artist = dice.pick(known)
            front, own = (0.45, 0.0) if number == 0 else (0.03, 0.07)
            if dice.chance(front):
                made.append((None, shop))
            else:
                made.append((None, None) if dice.chance(own) else (artist, shop))
        return made

    def visit(
        self,
        client: Client,
        start: str | datetime,
        members: Sequence[Member | None],
        artist: int | None = None,
        gaps: Sequence[int] | None = None,
        **changes: Any,
    ) -> list[Row]:
        """A visit with one line per entry of `members` (None: nobody is logged in). `gaps` are the
        milliseconds before the second line, the third line and so on."""
        dice = self.dice
        when = moment(start) if isinstance(start, str) else start
        pages = self.pages(len(members), client.country, artist)
        made: list[Row] = []
        last_seen: dict[Member, datetime] = {}
        for number, (member, page) in enumerate(zip(members, pages)):
            if number:
                low, high = dice.pick(
                    [(900, 8_000), (8_000, 45_000), (45_000, 240_000), (240_000, 1_300_000)],
                    [34, 42, 20, 4],
                )
                pause = gaps[number - 1] if gaps else dice.between(low, high)
                when += timedelta(milliseconds=pause)
                if when.date().isoformat() > DAYS[-1]:  # the sample ends here
                    break
            made.append(self.line(client, when, member, page, **changes))
            if member:
                last_seen[member] = when
        page = next((page for page in reversed(pages) if page[0]), (ARTISTS[0][0], "GLOBAL"))
        for member, last in last_seen.items():
            self.visits.append((member, last, *page))
            if client.wv_device_id:
                self.in_weverse[member.account] = client.wv_device_id
        return made
