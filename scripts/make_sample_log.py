#!/usr/bin/env python3
"""Make the sample data: the seeds of this project, or a Weverse Shop client log of any size.

    python scripts/make_sample_log.py
        The five seed CSVs, into seeds/. Needs nothing but Python.

    python scripts/make_sample_log.py --lines 10000000 --days 2 --out /tmp/log [--skew 0.01]
        DIR/weplyapi_client_log_2024-01-14.parquet and so on, a file per part_date of exactly
        --lines lines each. Needs numpy and pyarrow. 10 million lines: half a minute, 0.7 GB.

The same arguments always make the same rows: nothing comes from the clock, the machine or the
order of a hash. The CSVs are the same bytes everywhere, the Parquet files wherever pyarrow has
the same version.

The seed log is everyday traffic (`everyday_visitors`) in which every shape that makes a rule of
the mart matter occurs at least once:

    shape                                                            made by
    ---------------------------------------------------------------  ------------------------
    late login                                                       late_login
    account change within a visit and between visits                 account_change
    A -> B -> A within one session                                   a_b_a_on_one_tablet
    rotating browser ids inside the Weverse app                      rotating_browser_ids
    PC and MOBILE lines of one browser with Weverse ids, Weverse     desktop_site_in_the_app
        id that comes late, Weverse id lost at an account change
    ties in time: login, artist, account, two browser ids            ties_in_time
    gaps of exactly 30:00.000 and of 30:00.001                       gaps_around_the_timeout
    a visit over midnight UTC                                        visit_over_midnight
    a browser shared by two accounts, another by nobody at last      shared_pc
    unknown artist (ws_art_id that we_artist lacks)                  artist_not_in_master
    `|` and `%` inside ids                                           encoded_ids
    a line delivered a day late, alone or under two part_dates       late_delivery
    each rejection reason, and clocks that are off but accepted      broken_clients
    lines delivered two or three times                               redelivered_lines
    null tokens, spaces, letter case, as the builds write them       BUILDS, Log.line
    lines without artist or shop                                     Log.pages
    orders in a session's first second, before any visit, after      orders
        midnight, of no account, of accounts that never visit
    memberships overlapping, ended, running, starting or ending      memberships
        on a sample day
    Weverse sessions of members who never visit the shop             weverse_sessions
"""

import argparse
import csv
import os
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

try:  # for --lines alone: the seeds need nothing but Python
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
except ImportError as error:
    missing_package = error.name
else:
    missing_package = None

LOG_COLUMNS = (
    "part_date log_id log_dt user_device_id wv_device_id s_device_type s_wemember_id s_user_id "
    "s_ctry s_lang ws_art_id shop platform os app_ver"
).split()

# ws_art_id, we_art_id, name, weight. An artist may have a second shop (210 is the one of 107 in
# Japan). All names are invented.
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
UNKNOWN_ARTIST = 131  # a shop that opened on the last sample day: the master lacks it

# country, language, shop, weight
COUNTRIES = [
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


# -------------------------------------------------------------------------------- the seeds

DAYS = ("2024-01-14", "2024-01-15", "2024-01-16")
EVERYDAY_VISITORS = 78
SEED = 20240147  # one that gives about 2,000 lines, a third of them from inside Weverse

# How a build of a client writes what it does not have, and its habits: 'lower' writes codes in
# the wrong case, 'padded' leaves spaces around some values. (weight, blanks, habit)
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
    """Random choices from random() alone, whose sequence Python promises not to change."""

    def between(self, low, high):
        return low + int(self.random() * (high - low + 1))

    def pick(self, values, weights=None):
        if weights is None:
            return values[int(self.random() * len(values))]
        left = self.random() * sum(weights)
        for value, weight in zip(values, weights):
            left -= weight
            if left < 0:
                return value
        return values[-1]

    def chance(self, share):
        return self.random() < share

    def text(self, alphabet, length):
        return "".join(self.pick(alphabet) for _ in range(length))

    def uuid(self):
        text = self.text("0123456789abcdef", 32)
        text = text[:12] + "4" + text[13:16] + self.pick("89ab") + text[17:]  # version 4
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Member(NamedTuple):
    account: str
    user: str
    country: tuple


@dataclass
class Client:
    """A browser or an app on a device: what its lines have in common."""

    user_device_id: str
    wv_device_id: str
    s_device_type: str
    country: tuple
    platform: str
    os: str
    app_ver: str
    blanks: dict = field(default_factory=dict)
    habit: str = ""


def moment(text):
    return datetime.fromisoformat(text)


def written(when):
    return when.isoformat(sep=" ", timespec="milliseconds") if when else None


class Log:
    """The log in the making: its lines, and the visits of members, which orders refer to."""

    def __init__(self, seed):
        self.dice = Dice(seed)
        self.lines = []  # (part_date, time of delivery, line)
        self.visits = []  # (member, last line's time, ws_art_id, shop)
        self.everyone = {}  # by account, in the order they came
        self.members = {}  # the ones with a name, for the stories
        self.in_weverse = {}  # members seen inside the Weverse app, for their Weverse sessions

    # -- who and with what

    def member(self, name=None, country=None, account=None):
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

    def client(self, kind, country, clean=False, **changes):
        """A client of `kind` web, mobile_web, shop_app or weverse; `clean`: without quirks."""
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
        if system == "ios" and app:  # iOS writes its ids in capitals
            made.user_device_id = made.user_device_id.upper()
        if made.blanks.get("user_device_id"):  # tracking off: the web view has no id of its own
            made.user_device_id = None
        return replace(made, **changes)

    def log_id(self, when):
        """A ULID: milliseconds, then chance, in Crockford's base 32."""
        alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        millis = int((when - datetime(1970, 1, 1)) / timedelta(milliseconds=1))
        return "".join(alphabet[millis >> shift & 31] for shift in range(45, -5, -5)) + (
            self.dice.text(alphabet, 16)
        )

    # -- lines

    def line(self, client, when, member=None, page=(None, None), part_date=None, delivered=None,
             **changes):
        """Write one line; `changes` overrule what the client would have written."""
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
            # the shop's own id is known once the shop has answered: not on every line
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

    def pages(self, count, country, artist=None):
        """(ws_art_id, shop) of the pages of a visit: mostly one artist, sometimes two, the
        shop's front page without artist, account and cart pages without either."""
        dice = self.dice
        known = [row[0] for row in ARTISTS]
        artist = artist or dice.pick(known, [row[3] for row in ARTISTS])
        shop = dice.pick([country[2], "GLOBAL", "WEVERSE"], [82, 10, 8])
        made = []
        for number in range(count):
            if dice.chance(0.05):
                artist = dice.pick(known)
            front, own = (0.45, 0.0) if number == 0 else (0.03, 0.07)
            made.append(
                (None, shop) if dice.chance(front) else
                (None, None) if dice.chance(own) else
                (artist, shop)
            )
        return made

    def visit(self, client, start, members, artist=None, gaps=None, **changes):
        """A visit, a line for each entry of `members` (None: nobody is logged in); `gaps`: the
        milliseconds before the second line, the third and so on."""
        dice = self.dice
        when = moment(start) if isinstance(start, str) else start
        pages = self.pages(len(members), client.country, artist)
        made, last_seen = [], {}
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


# -- everyday traffic

def everyday_visitors(log):
    dice = log.dice
    # Visits by hour of the day, UTC: Korea's and Japan's evening is 9 to 14.
    hours = [5, 4, 5, 5, 4, 4, 4, 5, 6, 8, 10, 12, 12, 10, 8, 6, 4, 3, 2, 2, 2, 3, 4, 5]
    for number in range(EVERYDAY_VISITORS):
        person = log.member()
        kind = dice.pick(["weverse", "shop_app", "mobile_web", "web"], [36, 26, 16, 22])
        client = log.client(kind, person.country, clean=number < 6)
        login = dice.pick(["never", "always", "late"], [33, 47, 20])
        known = login == "always"  # a client that has logged in once stays logged in
        for day in DAYS:
            # The first visitors come on the first morning: the sample should open with them.
            opening = number < 6 and day == DAYS[0]
            if not opening and dice.chance(0.42):
                continue
            hour = 0 if opening else dice.pick(range(24), hours)
            start = moment(day) + timedelta(
                hours=hour, milliseconds=dice.between(0, 600_000 if opening else 3_599_999)
            )
            for _ in range(dice.pick([1, 2, 3], [62, 27, 11])):
                count = dice.between(3, 8) if dice.chance(0.55) else dice.between(8, 21)
                late = dice.between(2, count - 1) if login == "late" and not known else 0
                members = [None] * late + [person] * (count - late)
                if login == "never":
                    members = [None] * count
                last = log.visit(client, start, members)[-1]
                known = known or login == "late"
                start = moment(last["log_dt"]) + timedelta(
                    milliseconds=dice.between(31 * 60_000, 6 * 3_600_000)
                )
                if start.date().isoformat() != day:
                    break


# -- the shapes

def late_login(log):
    """Browses, then logs in: the lines before belong to the account, too."""
    yui, somchai = log.member("yui", "JP"), log.member("somchai", "TH")
    phone = log.client("mobile_web", yui.country, clean=True)
    log.visit(phone, "2024-01-15 10:41:07.332", [None] * 7 + [yui] * 6)
    nobody = {"s_wemember_id": "0", "s_user_id": "0"}
    app = log.client("shop_app", somchai.country, clean=True, blanks=nobody)
    log.visit(app, "2024-01-14 13:20:45.018", [None] * 3 + [somchai] * 5)
    # anonymous lines in between
    log.visit(app, "2024-01-14 16:02:11.870", [somchai] * 3 + [None] * 3 + [somchai] * 2)
    # logged out, while the shop still knows its user: no account, so no match
    log.visit(app, "2024-01-15 03:15:30.004", [None] * 4, s_user_id=somchai.user)


def account_change(log):
    """One shop app, two accounts: between visits on one day, within a visit on another."""
    minji, junho = log.member("minji", "KR"), log.member("junho", "KR")
    app = log.client("shop_app", minji.country, clean=True)
    log.visit(app, "2024-01-14 02:11:52.640", [minji] * 6, artist=101)
    log.visit(app, "2024-01-14 09:38:05.221", [junho] * 7, artist=104)
    log.visit(app, "2024-01-16 11:05:14.907", [minji] * 4 + [None] * 2 + [junho] * 5)


def a_b_a_on_one_tablet(log):
    """Two sisters and a tablet: three stretches of one session are two user sessions."""
    hana, sora = log.member("hana", "KR"), log.member("sora", "KR")
    tablet = log.client("shop_app", hana.country, clean=True, s_device_type="TABLET",
                        os="iOS 17.2.1")
    pauses = [21_404, 38_118, 9_027, 64_300, 12_751, 30_066, 95_412, 18_233, 7_940, 41_875]
    log.visit(tablet, "2024-01-15 12:30:22.105", [hana] * 4 + [sora] * 3 + [hana] * 4, gaps=pauses)


def rotating_browser_ids(log):
    """The shop inside the Weverse app: each opening is a new web view with a new
    user_device_id; wv_device_id alone shows that it is one device and one session."""
    ploy = log.member("ploy", "TH")
    app = log.client("weverse", ploy.country, clean=True, user_device_id=None)
    openings = [
        ("2024-01-14 12:01:10.486", [None] * 3), ("2024-01-14 12:04:39.950", [ploy] * 4),
        ("2024-01-14 12:11:02.377", [None] * 2), ("2024-01-14 15:47:20.019", [ploy] * 5),
        ("2024-01-15 12:08:55.730", [ploy] * 4), ("2024-01-15 12:10:01.062", [ploy] * 3),
    ]
    for start, members in openings:
        web_view = replace(app, user_device_id=log.dice.uuid())
        pauses = [log.dice.between(2_000, 40_000) for _ in members]
        log.visit(web_view, start, members, gaps=pauses)


def desktop_site_in_the_app(log):
    """One browser sends MOBILE and, with the desktop site on, PC lines, both with Weverse ids:
    the PC lines are the browser's, the others the Weverse app's."""
    rin, aiko, nok = log.member("rin", "JP"), log.member("aiko", "JP"), log.member("nok", "TH")
    client = log.client("weverse", rin.country, clean=True, s_device_type="MOBILE",
                        os="Android 14")
    desktop = replace(client, s_device_type="PC")
    opened_from_link = replace(client, wv_device_id=None)
    log.visit(client, "2024-01-15 09:12:33.417", [rin] * 4, gaps=[15_210, 44_087, 20_951])
    log.visit(desktop, "2024-01-15 09:16:02.840", [rin] * 5)
    log.visit(opened_from_link, "2024-01-15 09:24:48.115", [rin] * 2, gaps=[33_020])
    log.visit(client, "2024-01-15 14:50:19.266", [rin] * 3)
    # The Weverse id comes with the third line: it is filled back to the first.
    client = log.client("weverse", aiko.country, clean=True, s_device_type="MOBILE")
    before = replace(client, wv_device_id=None)
    log.visit(before, "2024-01-16 08:33:41.502", [None] * 2, gaps=[12_480])
    log.visit(client, "2024-01-16 08:34:30.119", [aiko] * 5)
    # Whatever is not PC counts as the app, a device type that is missing, too.
    log.visit(replace(client, s_device_type=None), "2024-01-16 10:20:16.043", [aiko] * 3)
    # After an account change no line brings it again: from there on it is the browser's.
    log.visit(replace(before, s_device_type=None), "2024-01-16 13:02:08.754", [nok] * 4)


def ties_in_time(log):
    """Several lines in one millisecond: what they say decides, and not log_id or their place."""
    dice = log.dice
    emi, dewi = log.member("emi", "JP"), log.member("dewi", "ID")

    def tie(start, *lines):
        when = moment(start)
        ids = sorted(log.log_id(when) for _ in lines)
        for number, (client, member, page) in enumerate(lines):
            delivered = when + timedelta(milliseconds=900 - 100 * number)
            log.line(client, when, member, page, delivered=delivered, log_id=ids[number])

    # page view and login at once: a line without account goes before one with it
    web = log.client("web", emi.country, clean=True)
    log.visit(web, "2024-01-14 10:15:01.230", [None] * 3, gaps=[8_310, 21_455])
    tie("2024-01-14 10:16:00.504", (web, None, (103, "JP")), (web, emi, (103, "JP")))
    log.visit(web, "2024-01-14 10:16:31.772", [emi] * 4)
    # two artists at once; two accounts at once, which their ids put in order
    app = log.client("shop_app", dewi.country, clean=True)
    log.visit(app, "2024-01-15 07:20:44.391", [dewi] * 3, gaps=[5_120, 30_918])
    tie("2024-01-15 07:22:10.000", (app, dewi, (102, "GLOBAL")), (app, dewi, (105, "GLOBAL")))
    tie("2024-01-15 07:22:41.876", (app, dewi, (None, None)), (app, emi, (None, None)))
    log.visit(app, "2024-01-15 07:23:05.667", [emi] * 3)
    # two web views of one Weverse app, opened in the same millisecond, in two languages
    one = log.client("weverse", dewi.country, clean=True, user_device_id=dice.uuid(),
                     s_device_type="MOBILE")
    other = replace(one, user_device_id=dice.uuid(), country=("ID", "id", "GLOBAL", 0))
    tie("2024-01-16 14:05:59.413", (one, dewi, (102, "GLOBAL")), (other, dewi, (102, "GLOBAL")))
    log.visit(one, "2024-01-16 14:06:20.950", [dewi] * 3)


def gaps_around_the_timeout(log):
    """30 minutes to the millisecond are one session, a millisecond more is two."""
    half_hour = 30 * 60_000
    bo, ana = log.member("bo", "TW"), log.member("ana", "BR")
    web = log.client("web", bo.country, clean=True)
    log.visit(web, "2024-01-14 08:00:12.250", [bo] * 5, gaps=[17_390, half_hour, 9_200, 31_042])
    app = log.client("shop_app", ana.country, clean=True)
    log.visit(app, "2024-01-14 18:21:40.115", [ana] * 5, gaps=[6_007, half_hour + 1, 24_890, 3_313])
    # 30:00.000 in one web view of a Weverse app, 30:00.001 between it and the next
    wv = log.client("weverse", bo.country, clean=True, user_device_id=log.dice.uuid())
    log.visit(wv, "2024-01-15 06:10:00.000", [bo] * 3, gaps=[half_hour - 1, half_hour])
    log.visit(replace(wv, user_device_id=log.dice.uuid()), "2024-01-15 07:40:00.000", [bo] * 2,
              gaps=[14_733])


def visit_over_midnight(log):
    """One visit, two days: a session each."""
    carlos, mei = log.member("carlos", "MX"), log.member("mei", "TW")
    web = log.client("mobile_web", carlos.country, clean=True)
    pauses = [48_220, 95_107, 212_640, 61_533, 27_918, 118_400, 9_076]
    log.visit(web, "2024-01-14 23:54:31.064", [carlos] * 8, gaps=pauses)
    wv = log.client("weverse", mei.country, clean=True)
    # to the last millisecond of the day, and from the first of the next
    log.visit(wv, "2024-01-15 23:41:59.999", [None] * 3 + [mei] * 5,
              gaps=[600_000, 480_000, 1, 31_250, 5_777, 60_412, 18_005])


def shared_pc(log):
    """A PC in a café: two accounts within a session, then one of them again, then nobody."""
    wati, putri = log.member("wati", "ID"), log.member("putri", "ID")
    pc = log.client("web", wati.country, clean=True, os="Windows 10")
    log.visit(pc, "2024-01-14 06:30:15.718", [wati] * 5)
    log.visit(pc, "2024-01-14 12:02:47.066", [wati] * 4 + [putri] * 6)
    log.visit(pc, "2024-01-15 05:51:28.320", [putri] * 5)
    log.visit(pc, "2024-01-15 08:40:03.911", [None] * 4)
    log.visit(pc, "2024-01-16 07:13:36.555", [None] * 6)


def artist_not_in_master(log):
    """A new artist's shop opens; we_artist does not know it yet."""
    for start in ("2024-01-16 02:00:07.119", "2024-01-16 09:44:50.802"):
        fan = log.member(None, "KR")
        log.visit(log.client("shop_app", fan.country), start, [fan] * 5, artist=UNKNOWN_ARTIST)


def encoded_ids(log):
    """Old clients: an id from a cookie, URL-encoded, and an account of a social login."""
    leo = log.member("leo", "US", account="google-oauth2|108342771950263")
    old = log.client("web", leo.country, clean=True, os="Windows 10",
                     user_device_id="%7B3F2504E0-4F89-41D3-9A0C-0305E82C3301%7D")
    log.visit(old, "2024-01-14 03:22:18.445", [leo] * 6)
    log.visit(old, "2024-01-16 04:09:57.031", [None] * 2 + [leo] * 4)


def late_delivery(log):
    """A phone goes off line: what it sent comes again, or only, under the next part_date."""
    grace = log.member("grace", "PH")
    phone = log.client("shop_app", grace.country, clean=True)
    lines = log.visit(phone, "2024-01-14 22:48:09.610", [grace] * 6)
    for number, row in enumerate(lines[2:]):
        delivered = moment("2024-01-15 01:17:20") + timedelta(milliseconds=40 * number)
        again = dict(row, part_date="2024-01-15")
        log.lines.append((again["part_date"], delivered, again))
    # the first of these was delivered a day late and no other time
    log.line(phone, moment("2024-01-15 21:05:33.128"), grace, (106, "GLOBAL"), "2024-01-16",
             delivered=moment("2024-01-16 00:48:02"))
    log.visit(phone, "2024-01-16 00:47:30.514", [grace] * 4)


def broken_clients(log):
    """Lines that no rule can use, one reason at least each, and lines that look worse than they
    are."""
    dice = log.dice
    kenta, jin = log.member("kenta", "JP"), log.member("jin", "KR")
    # missing_log_dt: a build that loses the time of its first line
    app = log.client("shop_app", kenta.country, clean=True, app_ver="2.13.4")
    for start in ("2024-01-14 11:31:20.771", "2024-01-15 13:08:46.290", "2024-01-15 20:17:03.650",
                  "2024-01-16 12:55:38.903"):
        log.line(app, None, kenta, (102, "JP"), delivered=moment(start))
        log.visit(app, moment(start) + timedelta(milliseconds=1_844), [kenta] * 4)
    # missing_device: cookies refused, a line a page and nothing to join them by
    for day, hour, nothing in zip(
        (0, 0, 1, 1, 2), (4, 15, 9, 22, 10), (None, "undefined", "null", ZERO_UUID, " ")
    ):
        nobody = log.client("web", jin.country, clean=True, user_device_id=nothing)
        when = moment(DAYS[day]) + timedelta(hours=hour, milliseconds=dice.between(0, 3_000_000))
        log.visit(nobody, when, [None] * 2, wv_device_id=dice.pick([None, "NaN", "None"]))
    # both: the first reason counts
    log.line(log.client("web", jin.country, user_device_id="null"), None,
             delivered=moment("2024-01-16 06:40:11.087"))
    # log_dt_out_of_range: clocks of 1970, of last week and of next month
    for arrived, clock in (
        ("2024-01-14 07:02:10.400", "1970-01-01 00:00:00.000"),
        ("2024-01-14 14:26:31.952", "2024-01-07 14:25:58.310"),
        ("2024-01-15 11:44:09.638", "2024-02-15 11:43:10.267"),
        ("2024-01-16 03:35:55.120", "2024-01-12 03:35:01.744"),
        # a day before the day and not a millisecond more is accepted, and as far after it
        ("2024-01-14 00:20:30.510", "2024-01-12 23:59:59.999"),
        ("2024-01-14 00:20:31.007", "2024-01-13 00:00:00.000"),
        ("2024-01-16 23:50:12.090", "2024-01-18 00:00:00.000"),
        ("2024-01-16 23:50:12.731", "2024-01-18 00:00:00.001"),
        # a clock in Korea's time instead of UTC
        ("2024-01-15 16:30:49.873", "2024-01-16 01:30:48.060"),
    ):
        phone = log.client("mobile_web", jin.country, clean=True)
        log.line(phone, moment(clock), None, (101, "KR"), arrived[:10], delivered=moment(arrived))


def redelivered_lines(log):
    """Delivery is at least once: some lines come twice, some three times."""
    dice = log.dice
    lines = [entry for entry in log.lines if entry[2]["log_dt"]]
    for _ in range(26):
        part_date, delivered, row = dice.pick(lines)
        for _ in range(dice.pick([1, 2], [70, 30])):
            delivered += timedelta(milliseconds=dice.between(400, 240_000))
            log.lines.append((part_date, delivered, dict(row)))
    # one that went through a proxy, which pads: the same event only after cleaning
    part_date, delivered, row = next(
        entry for entry in reversed(lines) if entry[2]["s_ctry"] == "US"
    )
    row = dict(row, s_ctry=" us", platform=row["platform"].lower())
    log.lines.append((part_date, delivered + timedelta(seconds=31), row))


# -- what fits the log

def artists():
    for ws_art_id, we_art_id, name, _ in ARTISTS:
        yield {"ws_art_id": ws_art_id, "we_art_id": we_art_id, "we_art_name": name}


def memberships(log):
    def period(name, we_art_id, start, end=None):
        account = log.members[name].account
        return {"we_member_id": account, "we_art_id": we_art_id, "fc_start_date": start,
                "fc_end_date": end}

    yield period("minji", 11, "2023-02-10", "2024-02-09")  # overlaps the next
    yield period("minji", 11, "2024-01-10", "2025-01-09")
    yield period("junho", 14, "2024-01-14", "2025-01-13")  # starts on a sample day
    yield period("hana", 11, "2023-01-16", "2024-01-15")  # ends on a sample day
    yield period("sora", 13, "2022-12-01", "2023-11-30")  # ended
    yield period("sora", 13, "2024-01-17")  # starts after the sample
    yield period("rin", 17, "2023-06-01")  # still running
    yield period("emi", 13, "2023-01-14", "2024-01-14")
    yield period("emi", 13, "2024-01-15", "2025-01-14")  # renewed without a gap
    yield period("leo", 12, "2023-09-09")
    yield period("bo", 15, "2024-01-15")
    dice = log.dice
    named = {member.account for member in log.members.values()}
    for member in log.everyone.values():
        if member.account in named:
            continue
        for _ in range(dice.pick([0, 1, 2], [45, 42, 13])):
            start = date(2022, 6, 1) + timedelta(days=dice.between(0, 590))
            # a year, mostly; sales before 2022 were for good
            end = None if dice.chance(0.2) else start + timedelta(days=364)
            we_art_id = dice.pick([row[1] for row in ARTISTS], [row[3] for row in ARTISTS])
            yield {"we_member_id": member.account, "we_art_id": we_art_id,
                   "fc_start_date": start.isoformat(), "fc_end_date": end and end.isoformat()}


def orders(log):
    """Order items: by members who are in the shop, and by some who are not."""
    dice = log.dice
    # goods of an artist: category, logistics, albums in it (none: not an album), price in KRW
    goods = [
        ("ALBUM", "PARCEL", 1, 18_700), ("ALBUM", "PARCEL", 3, 54_300),
        ("LIGHT_STICK", "PARCEL", None, 49_000), ("APPAREL", "PARCEL", None, 62_000),
        ("PHOTO", "PARCEL", None, 8_500), ("MEMBERSHIP", "ONLINE", None, 25_000),
    ]
    we_art_ids = {row[0]: row[1] for row in ARTISTS}
    made = []

    def order(when, account, shop, *items):
        """items: (ws_art_id, index into goods, quantity)"""
        when = moment(when) if isinstance(when, str) else when
        sheet = f"WS{when:%y%m%d}{dice.between(100_000, 999_999)}"
        for number, (ws_art_id, index, quantity) in enumerate(items, start=1):
            category, logistics, albums, price = goods[index]
            made.append({
                "ord_sheet_number": sheet,
                "ord_item_number": number,
                "ord_dt": when.isoformat(sep=" ", timespec="seconds"),
                "account_id": account,
                # goods of an unknown artist: the order system has no artist id, either
                "we_art_id": we_art_ids.get(ws_art_id),
                "shop": shop,
                "sale_id": 30_000 + 10 * ws_art_id + index,
                "goods_id": 700_000 + 100 * ws_art_id + index,
                "goods_cat": category,
                "logi_cat": logistics,
                "album_qty": albums,
                "ord_item_qty": quantity,
                "ord_item_amt_krw": price * quantity,
                "part_date": when.date().isoformat(),
            })

    for member, last, ws_art_id, shop in log.visits:
        when = last + timedelta(seconds=dice.between(15, 150))
        if when.date().isoformat() > DAYS[-1]:
            continue
        if not dice.chance(0.3) and ws_art_id != UNKNOWN_ARTIST:
            continue
        basket = {(ws_art_id, dice.between(0, 5)): dice.pick([1, 2, 3], [70, 22, 8])}
        while dice.chance(0.35):
            other = ws_art_id if dice.chance(0.7) else dice.pick(ARTISTS)[0]
            basket.setdefault((other, dice.between(0, 5)), 1)
        items = [(*goods_of, quantity) for goods_of, quantity in basket.items()]
        order(when, member.account, shop, *items)

    def account(name):
        return log.members[name].account

    # in the second in which the session starts, the session a few hundredths later
    order("2024-01-15 09:12:33", account("rin"), "JP", (107, 0, 2), (210, 1, 1))
    order("2024-01-14 09:38:05", account("junho"), "KR", (104, 2, 1))
    # before the first visit of the day; after midnight, in a visit of the day before
    order("2024-01-14 01:05:40", account("emi"), "JP", (103, 0, 1))
    order("2024-01-15 00:03:10", account("carlos"), "GLOBAL", (102, 0, 1), (102, 4, 2))
    # both sisters in one session
    order("2024-01-15 12:33:40", account("sora"), "KR", (103, 5, 1))
    order("2024-01-15 12:36:02", account("hana"), "KR", (101, 0, 4), (103, 1, 1), (101, 4, 1))
    # a gift: an amount of 0
    order("2024-01-14 12:05:30", account("ploy"), "GLOBAL", (102, 4, 1))
    made[-1]["ord_item_amt_krw"] = 0
    # without an account, and by accounts that never visit: a phone order, a partner's shop
    order("2024-01-14 05:12:44", None, "GLOBAL", (105, 0, 1))
    order("2024-01-15 16:48:09", None, "US", (102, 2, 1), (102, 0, 2))
    order("2024-01-16 19:30:51", None, "GLOBAL", (108, 3, 1))
    for number, when in enumerate(("2024-01-14 20:14:29", "2024-01-15 02:26:55",
                                   "2024-01-16 21:03:17")):
        never = log.member(f"buyer {number}")
        order(when, never.account, never.country[2], (101 + number, 0, 1 + number))
    return made


def weverse_sessions(log):
    """Members in Weverse itself: many of the shop's visitors, and some who never come."""
    dice = log.dice
    # the names stories use, the members seen in the Weverse app, some others
    people = dict(log.in_weverse)
    for name in ("minji", "rin", "yui", "buyer 0"):
        people.setdefault(log.members[name].account, dice.uuid())
    for number in range(14):
        people[log.member(f"weverse only {number}").account] = dice.uuid()
    people = list(people.items()) + [(None, dice.uuid()) for _ in range(3)]  # not logged in
    names = {row[1]: row[2] for row in ARTISTS}
    for account, device in people:
        for day in DAYS:
            if account and dice.chance(0.4):
                continue
            for _ in range(dice.pick([1, 2], [75, 25])):
                start = moment(day) + timedelta(milliseconds=dice.between(0, 86_399_999))
                sess_id = f"{start:%Y%m%d%H%M%S}{start.microsecond // 1000:03d}|{device}"
                chosen = {dice.pick(ARTISTS)[1]: True for _ in range(dice.pick([1, 2, 3]))}
                platform = dice.pick(["APP", "WEB"], [88, 12])
                for we_art_id in chosen:
                    yield {"key_date": day, "we_member_id": account, "sess_id": sess_id,
                           "we_art_id": we_art_id, "we_art_name": names[we_art_id],
                           "platform": platform, "part_date": day}


def write_csv(path, rows):
    rows = list(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path}: {len(rows)} rows")


def write_seeds(folder):
    log = Log(SEED)
    for shape in (
        everyday_visitors, late_login, account_change, a_b_a_on_one_tablet, rotating_browser_ids,
        desktop_site_in_the_app, ties_in_time, gaps_around_the_timeout, visit_over_midnight,
        shared_pc, artist_not_in_master, encoded_ids, late_delivery, broken_clients,
        redelivered_lines,
    ):
        shape(log)
    log.lines.sort(key=lambda entry: entry[:2])  # as a log has them: by delivery
    write_csv(folder / "service_log/weplyapi_client_log.csv", (row for _, _, row in log.lines))
    write_csv(folder / "we_mart/we_artist.csv", artists())
    made = orders(log)  # before the memberships: orders bring members of their own
    write_csv(folder / "we_mart/ws_order.csv", sorted(made, key=lambda row: (
        row["ord_dt"], row["ord_sheet_number"], row["ord_item_number"])))
    write_csv(folder / "we_mart/wv_sess_daily.csv", sorted(weverse_sessions(log), key=lambda row: (
        row["part_date"], row["sess_id"], row["we_art_id"])))
    write_csv(folder / "we_mart/ws_fc_user_history.csv", sorted(memberships(log), key=lambda row: (
        row["fc_start_date"], row["we_member_id"], row["we_art_id"])))


# ------------------------------------------------------------------- a log of any size

DAY_MS = 24 * 60 * 60_000
TIMEOUT_MS = 30 * 60_000
ROW_GROUP = 1 << 18
KIOSK_SESSIONS = 24

# Quantiles (probability, value), joined by straight lines.
VIEWS = [(0, 3), (0.5, 9), (0.8, 17), (0.95, 32), (1, 60)]  # page views of a session
GAP_MS = [(0, 800), (0.4, 9_000), (0.8, 45_000), (0.96, 240_000), (1, 1_500_000)]
PAUSE_MS = [(0, TIMEOUT_MS + 1), (0.5, 9_000_000), (1, 36_000_000)]  # between sessions
START_MS = [(0, 0), (0.35, 9 * 3_600_000), (0.75, 14 * 3_600_000), (1, DAY_MS - 1)]


def write_log(folder, lines, days, first_day, skew):
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(days):
        day = first_day + timedelta(days=number)
        path = folder / f"weplyapi_client_log_{day.isoformat()}.parquet"
        write_day(path, day, lines, skew)
        print(f"{path}: {lines} rows", flush=True)


def noise(key, purpose):
    """64 random bits a key (splitmix64), other ones for each purpose. There is no state: what
    a device or session is like follows from its number, in whatever order it is asked."""
    bits = key.astype(np.uint64) + np.uint64(purpose * 0x9E3779B97F4A7C15 % 2**64)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def share(key, purpose):
    """A number in [0, 1) a key."""
    return (noise(key, purpose) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def drawn(key, purpose, quantiles):
    return np.interp(share(key, purpose), *zip(*quantiles)).astype(np.int64)


def choice(key, purpose, weights):
    """The index of a weight a key."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(bounds, share(key, purpose) * bounds[-1], side="right")


def write_day(path, day, lines, skew):
    """A day in three steps: who comes how often (arrays of sessions), when (arrays of lines, 16
    bytes a line), and, in order of delivery and a row group at a time, what the lines say."""
    ordinal = day.toordinal()
    doubled = lines // 400  # lines that are another one again
    skewed = round(lines * skew)
    plain = lines - skewed - doubled

    # Who: numbers of devices move on by a third of a day's devices: many come back.
    candidates = plain // 16 + 20
    while True:
        device = ordinal * max(1, candidates // 3) + np.arange(candidates, dtype=np.int64)
        visit_key = noise(device, 1) + np.uint64(ordinal)
        sessions = 1 + choice(visit_key, 2, [62, 25, 9, 3, 1])
        session_device = np.repeat(device, sessions)
        first_session = np.repeat(np.cumsum(sessions) - sessions, sessions)
        number = np.arange(len(session_device)) - first_session
        # hashed after the number is added: neighbours would share the keys of their lines
        session_key = noise(np.repeat(visit_key, sessions) + (number << 40).astype(np.uint64), 3)
        views = drawn(session_key, 4, VIEWS)
        if views.sum() >= plain:
            break
        candidates *= 2
    end = int(np.searchsorted(np.cumsum(views), plain)) + 1 if plain else 0
    session_device, session_key, number, views = (
        array[:end] for array in (session_device, session_key, number, views)
    )
    first_session = first_session[:end]
    if plain:
        views[-1] -= views.sum() - plain
    if skewed:  # a tablet at a pop-up store, all day long, another account each session
        parts = np.bincount(np.arange(skewed) * KIOSK_SESSIONS // skewed)
        kiosk = np.arange(len(parts), dtype=np.int64)
        session_device = np.append(session_device, np.full(len(parts), -1))
        session_key = np.append(session_key, noise(kiosk + ordinal, 5))
        first_session = np.append(first_session, np.full(len(parts), end))
        number, views = np.append(number, kiosk), np.append(views, parts)
    first_line = np.cumsum(views) - views
    line_session = np.repeat(np.arange(len(views), dtype=np.int32), views)

    # When: some devices at a time.
    at = np.empty(plain + skewed, dtype=np.int32)
    starts = np.flatnonzero(number[:end] == 0)  # of a device's first session
    for low in range(0, len(starts), 100_000):
        high = starts[low + 100_000] if low + 100_000 < len(starts) else end
        begin = int(first_line[starts[low]])
        stop = int(first_line[high - 1] + views[high - 1])
        session = line_session[begin:stop]
        line = np.arange(begin, stop)
        in_session = line - first_line[session]
        gap = drawn(session_key[session] + in_session.astype(np.uint64), 6, GAP_MS)
        opening = in_session == 0
        gap[opening] = drawn(session_key[session[opening]], 7, PAUSE_MS)
        passed = np.cumsum(gap)
        device_starts = starts[low:low + 100_000]
        device_begin = first_line[device_starts] - begin
        device_stop = np.append(device_begin[1:], stop - begin)
        lines_of = device_stop - device_begin
        passed -= np.repeat(passed[device_begin], lines_of)
        span = passed[device_stop - 1]
        who = session_device[device_starts]
        start = drawn(noise(who, 8) + np.uint64(ordinal), 9, START_MS)
        # What is too long for a day is made shorter; who stays long comes early.
        longest = DAY_MS * 9 // 10
        passed = passed * longest // np.repeat(np.maximum(span, longest), lines_of)
        room = DAY_MS - 1 - np.minimum(span, longest)
        start = start * room // DAY_MS
        # One device in fifty is up at midnight: its visit may go on into the next day.
        late, early = (
            noise(noise(who, 10) + np.uint64(ordinal - ago), 11) % np.uint64(50) == 0
            for ago in (0, 1)
        )
        moments = drawn(who, 12, GAP_MS)
        start[late] = np.maximum(0, room - moments)[late]
        start[early] = np.minimum(room, moments)[early]
        at[begin:stop] = passed + np.repeat(start, lines_of)
    if skewed:
        rank = np.arange(skewed, dtype=np.int64)
        busy = DAY_MS - KIOSK_SESSIONS * (TIMEOUT_MS + 60_000)
        pauses = (rank * KIOSK_SESSIONS // skewed) * (TIMEOUT_MS + 60_000)
        at[plain:] = pauses + rank * busy // skewed

    # In order of delivery: mostly within seconds, a few within minutes. The key holds the time
    # of delivery (28 bits) above the number of the line (36 bits).
    again = noise(np.arange(doubled), 13) % np.uint64(max(1, plain + skewed))
    order = np.empty(lines, dtype=np.int64)
    for begin in range(0, lines, 1 << 21):
        stop = min(lines, begin + (1 << 21))
        line = np.arange(begin, stop, dtype=np.int64)
        extra = line >= plain + skewed
        line[extra] = again[line[extra] - plain - skewed]
        delay = drawn(np.arange(begin, stop), 14, [(0, 200), (0.98, 3_000), (1, 400_000)])
        order[begin:stop] = (at[line] + delay) << 36 | line
    order.sort()

    types = {"log_dt": pa.timestamp("us"), "ws_art_id": pa.int64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in LOG_COLUMNS])
    midnight = (day - date(1970, 1, 1)).days * DAY_MS
    partial = path.with_name(path.name + ".partial")  # a broken run leaves no half log
    with pq.ParquetWriter(partial, schema, compression="zstd", compression_level=1) as writer:
        for begin in range(0, lines, ROW_GROUP):
            line = order[begin:begin + ROW_GROUP] & ((1 << 36) - 1)
            session = line_session[line]
            columns = describe(
                when=midnight + at[line].astype(np.int64),
                in_session=line - first_line[session],
                in_day=line - first_line[first_session[session]],
                device=session_device[session],
                session=number[session],
                session_key=session_key[session],
            )
            columns["part_date"] = pa.repeat(pa.scalar(day.isoformat()), len(line))
            writer.write_table(pa.table([columns[name] for name in LOG_COLUMNS], schema=schema))
    os.replace(partial, path)


def describe(when, in_session, in_day, device, session, session_key):
    """The columns of some lines, from the numbers of their devices, sessions and places."""
    kiosk = device < 0
    line_key = session_key + in_session.astype(np.uint64)

    def one_of(values, index, hidden=None):
        index = index.astype(np.int32)
        return pa.array(values, pa.string()).take(pa.array(index, mask=hidden))

    def instead(text, key, purpose, share_of_keys, tokens):
        """Here and there what clients write where they have nothing, by device."""
        which = np.where(share(key, purpose) < share_of_keys, noise(key, purpose + 1) % len(tokens),
                         np.uint64(len(tokens)))
        written_so = one_of([*tokens, None], which)
        return pc.coalesce(text, written_so)

    # The client: a third of the lines from inside the Weverse app.
    kind = np.where(kiosk, 1, choice(device, 20, [34, 26, 18, 22]))
    weverse, app, pc_web = kind == 0, kind <= 1, kind == 3
    shown_as_pc = weverse & (share(session_key, 21) < 0.01)  # the desktop site
    system = np.where(pc_web, 2, choice(device, 22, [55, 45]))
    systems = sorted({name for names in OS.values() for name in names})
    table = np.array([[systems.index(names[n % len(names)]) for n in range(20)]
                      for names in OS.values()])
    version = (noise(device, 23) % np.uint64(20)).astype(np.int64)
    versions = WEVERSE_APP + SHOP_APP + ["undefined"]
    # A web view inside the Weverse app often has another id each session.
    rotating = weverse & (share(device, 24) < 0.25)
    browser = np.where(rotating, session_key, noise(device, 25))
    lost = share(line_key, 26)

    # The account: never, from the start, late, or one after another.
    login = choice(device, 27, [35, 45, 17, 3])
    turn = (noise(device, 28) % np.uint64(9)).astype(np.int64) + 1
    second = ((login == 3) & (in_day >= turn)).astype(np.int64)
    anonymous = (login == 0) | ((login == 2) & (in_day < turn))
    # One device in three belongs to the person of the one before.
    account = 2 * (device - (device % 3 == 1)) + second
    account = np.where(kiosk, 2**40 + session, account)
    anonymous = np.where(kiosk, in_session < 3, anonymous)
    account_key = noise(account, 29)
    no_user = anonymous | (share(line_key, 30) < 0.1)

    # Where and what: an artist a session, now and then another; front and account pages.
    country = choice(device - (device % 3 == 1), 31, [row[3] for row in COUNTRIES])
    case = np.where(share(device, 32) < 0.04, 1, 0)  # builds that write codes in lower case
    padded = share(line_key, 33) < 0.005
    codes = [row[0] for row in COUNTRIES]
    weights = [row[3] for row in ARTISTS] + [1]
    artist = np.where(share(line_key, 34) < 0.07, choice(line_key, 35, weights),
                      choice(session_key, 35, weights))
    page = share(line_key, 36)
    art_ids = np.array([row[0] for row in ARTISTS] + [UNKNOWN_ARTIST])
    shops = sorted({row[2] for row in COUNTRIES} | {"WEVERSE"})
    home = np.array([shops.index(row[2]) for row in COUNTRIES])[country]
    shop = np.where(share(session_key, 37) < 0.12, shops.index("WEVERSE"), home)

    # Clocks: a few lines without a time, a few off by days.
    stamp = when * 1000
    off = share(line_key, 38)
    stamp = np.where((off >= 0.0003) & (off < 0.0006), stamp - 9 * DAY_MS * 1000, stamp)
    no_stamp = off < 0.0003

    device_types = ["MOBILE", "TABLET", "PC"]
    device_type = np.where(pc_web | shown_as_pc, 2, share(device, 39) < 0.08).astype(np.int64)
    return {
        "log_id": ulid(when, line_key),
        "log_dt": pa.array(stamp, pa.timestamp("us"), mask=no_stamp),
        "user_device_id": instead(
            uuid(browser, lost < 0.002), line_key, 40, 0.5, ["null", "undefined", ZERO_UUID]
        ),
        "wv_device_id": instead(
            uuid(noise(device, 42), ~weverse | (lost < 0.0005)),
            device, 43, 0.15, [ZERO_UUID, "null", "undefined"],
        ),
        "s_device_type": one_of(device_types, device_type, lost > 0.998),
        "s_wemember_id": instead(
            fixed("wm", account_key, 12, "0123456789abcdef", anonymous),
            device, 45, 0.2, ["undefined", "null", "NULL", "0"],
        ),
        "s_user_id": instead(
            fixed("1", noise(account, 47), 9, "01234567", no_user),
            device, 48, 0.2, ["NaN", "undefined", "null", "0"],
        ),
        "s_ctry": one_of(
            codes + [code.lower() for code in codes] + [f" {code}" for code in codes],
            country + len(codes) * np.where(padded, 2, case),
        ),
        "s_lang": one_of([row[1] for row in COUNTRIES], country, share(line_key, 50) < 0.02),
        "ws_art_id": pa.array(art_ids[artist], pa.int64(), mask=page < 0.14),
        "shop": one_of(shops, shop, page < 0.06),
        "platform": one_of(["WEB", "APP", "web", "app"], app + 2 * case),
        "os": one_of(systems, table[system, version]),
        "app_ver": one_of(
            versions, np.where(app, 4 * (kind == 1) + version % 4, 8), ~app & (version > 3)
        ),
    }


def strings(letters, hidden=None):
    """An Arrow string array from a matrix of ASCII codes, a row a string."""
    rows, width = letters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    valid = None if hidden is None else pa.py_buffer(np.packbits(~hidden, bitorder="little"))
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)), valid
    )


def fixed(prefix, key, length, alphabet, hidden=None):
    """Strings of a prefix and `length` letters; the alphabet's size is a power of two."""
    codes = np.frombuffer(alphabet.encode(), dtype=np.uint8)
    bits = len(alphabet).bit_length() - 1
    letters = np.empty((len(key), len(prefix) + length), dtype=np.uint8)
    letters[:, :len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    for place in range(length):
        digit = (key >> np.uint64(bits * place)) & np.uint64(len(alphabet) - 1)
        letters[:, len(prefix) + place] = codes[digit.astype(np.intp)]
    return strings(letters, hidden)


def uuid(key, hidden=None):
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    pairs = np.stack([np.repeat(digits, 16), np.tile(digits, 16)], axis=1)
    octets = np.stack([noise(key, 60), noise(key, 61)], axis=1).astype(">u8").view(np.uint8)
    text = pairs[octets].reshape(len(key), 32)
    text[:, 12] = ord("4")
    text[:, 16] = np.frombuffer(b"89ab", dtype=np.uint8)[octets[:, 8] & 3]
    letters = np.full((len(key), 36), ord("-"), dtype=np.uint8)
    to = 0
    for low, high in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)):
        letters[:, to:to + high - low] = text[:, low:high]
        to += high - low + 1
    return strings(letters, hidden)


def ulid(millis, key):
    codes = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)
    letters = np.empty((len(millis), 26), dtype=np.uint8)
    for place in range(10):
        letters[:, place] = codes[millis >> (45 - 5 * place) & 31]
    for half in (0, 1):
        chance = noise(key, 62 + half)
        for place in range(8):
            digit = (chance >> np.uint64(5 * place)) & np.uint64(31)
            letters[:, 10 + 8 * half + place] = codes[digit.astype(np.intp)]
    return strings(letters)


# -------------------------------------------------------------------------- the command

def whole(text):
    """A whole number of at least 1; 10_000_000 is fine."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


def real_day(text):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a real yyyy-MM-dd")
    return day


def part(text):
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 0.9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to 0.9")
    return number


def main():
    parser = argparse.ArgumentParser(
        description="Make the sample data: without --lines the seed CSVs, with it a log of that "
                    "size as Parquet, a file a day. The same arguments make the same rows.",
    )
    parser.add_argument("--lines", type=whole, metavar="N", help="log lines of each day")
    parser.add_argument("--days", type=whole, metavar="D", help="days, each a file (default 1)")
    parser.add_argument("--first-day", type=real_day, metavar="yyyy-MM-dd",
                        help="part_date of the first file (default 2024-01-14)")
    parser.add_argument("--skew", type=part, metavar="S",
                        help="share of the lines that one single device sends (default 0)")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="folder to write to; made where missing, files of the same name are "
                             "replaced (default for the seeds: seeds/ of this project)")
    given = parser.parse_args()
    if given.out and given.out.exists() and not given.out.is_dir():
        parser.error(f"--out: {given.out} is a file, not a folder")
    if given.lines is None:
        for option in ("days", "first_day", "skew"):
            if getattr(given, option) is not None:
                parser.error(f"--{option.replace('_', '-')} needs --lines: the seeds are fixed")
        write_seeds(given.out or Path(__file__).resolve().parent.parent / "seeds")
        return
    if given.out is None:
        parser.error("--lines needs --out: the folder for the Parquet files")
    if missing_package:
        parser.error(f"--lines needs numpy and pyarrow; {missing_package} is not installed")
    if given.lines >= 2**30:
        parser.error("--lines: at most a billion a day")
    days, first_day = given.days or 1, given.first_day or date(2024, 1, 14)
    if (date.max - first_day).days < days:
        parser.error(f"--days: {days} days from {first_day} on leave the calendar")
    write_log(given.out, given.lines, days, first_day, given.skew or 0.0)


if __name__ == "__main__":
    main()
