"""The lines of the sample: everyday traffic, and a function for each case in which a rule of the
mart matters. (Null tokens, spaces and letter case, and lines without artist or shop, come from the
clients of scripts/sample/log.py.)"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scripts.sample.log import DAYS, UNKNOWN_ARTIST, ZERO_UUID, Client, Log, Member, Page, moment

EVERYDAY_VISITORS = 78


def everyday_visitors(log: Log) -> None:
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


def late_login(log: Log) -> None:
    """A visitor browses and then logs in. The earlier lines belong to the account, too."""
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


def account_change(log: Log) -> None:
    """One shop app with two accounts. They change between visits on one day, and within a visit on
    another day."""
    minji, junho = log.member("minji", "KR"), log.member("junho", "KR")
    app = log.client("shop_app", minji.country, clean=True)
    log.visit(app, "2024-01-14 02:11:52.640", [minji] * 6, artist=101)
    log.visit(app, "2024-01-14 09:38:05.221", [junho] * 7, artist=104)
    log.visit(app, "2024-01-16 11:05:14.907", [minji] * 4 + [None] * 2 + [junho] * 5)


def a_b_a_on_one_tablet(log: Log) -> None:
    """Two sisters take turns on a tablet (A, B, A). One session has two user sessions."""
    hana, sora = log.member("hana", "KR"), log.member("sora", "KR")
    tablet = log.client(
        "shop_app", hana.country, clean=True, s_device_type="TABLET", os="iOS 17.2.1"
    )
    pauses = [21_404, 38_118, 9_027, 64_300, 12_751, 30_066, 95_412, 18_233, 7_940, 41_875]
    log.visit(tablet, "2024-01-15 12:30:22.105", [hana] * 4 + [sora] * 3 + [hana] * 4, gaps=pauses)


def rotating_browser_ids(log: Log) -> None:
    """The shop inside the Weverse app. Each opening is a new web view with a new user_device_id.
    Only wv_device_id shows that it is one device and one session."""
    ploy = log.member("ploy", "TH")
    app = log.client("weverse", ploy.country, clean=True, user_device_id=None)
    openings = [
        ("2024-01-14 12:01:10.486", [None] * 3),
        ("2024-01-14 12:04:39.950", [ploy] * 4),
        ("2024-01-14 12:11:02.377", [None] * 2),
        ("2024-01-14 15:47:20.019", [ploy] * 5),
        ("2024-01-15 12:08:55.730", [ploy] * 4),
        ("2024-01-15 12:10:01.062", [ploy] * 3),
    ]
    for start, members in openings:
        web_view = replace(app, user_device_id=log.dice.uuid())
        pauses = [log.dice.between(2_000, 40_000) for _ in members]
        log.visit(web_view, start, members, gaps=pauses)


def desktop_site_in_the_app(log: Log) -> None:
    """One browser sends MOBILE lines and, in desktop mode, PC lines, both with Weverse ids. The PC
    lines belong to the browser, the others to the Weverse app."""
    rin, aiko, nok = log.member("rin", "JP"), log.member("aiko", "JP"), log.member("nok", "TH")
    client = log.client("weverse", rin.country, clean=True, s_device_type="MOBILE", os="Android 14")
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
    # Every device type other than PC counts as the app, including a missing one.
    log.visit(replace(client, s_device_type=None), "2024-01-16 10:20:16.043", [aiko] * 3)
    # After the account change no line has the Weverse id, so the lines belong to the browser.
    log.visit(replace(before, s_device_type=None), "2024-01-16 13:02:08.754", [nok] * 4)


def ties_in_time(log: Log) -> None:
    """Several lines in one millisecond. Their contents decide the order, not log_id or position."""
    dice = log.dice
    emi, dewi = log.member("emi", "JP"), log.member("dewi", "ID")

    def tie(start: str, *lines: tuple[Client, Member | None, Page]) -> None:
        when = moment(start)
        ids = sorted(log.log_id(when) for _ in lines)
        for number, (client, member, page) in enumerate(lines):
            delivered = when + timedelta(milliseconds=900 - 100 * number)
            log.line(client, when, member, page, delivered=delivered, log_id=ids[number])

    # page view and login at the same time: the line without account comes first
    web = log.client("web", emi.country, clean=True)
    log.visit(web, "2024-01-14 10:15:01.230", [None] * 3, gaps=[8_310, 21_455])
    tie("2024-01-14 10:16:00.504", (web, None, (103, "JP")), (web, emi, (103, "JP")))
    log.visit(web, "2024-01-14 10:16:31.772", [emi] * 4)
    # two artists at the same time; two accounts at the same time, ordered by their ids
    app = log.client("shop_app", dewi.country, clean=True)
    log.visit(app, "2024-01-15 07:20:44.391", [dewi] * 3, gaps=[5_120, 30_918])
    tie("2024-01-15 07:22:10.000", (app, dewi, (102, "GLOBAL")), (app, dewi, (105, "GLOBAL")))
    tie("2024-01-15 07:22:41.876", (app, dewi, (None, None)), (app, emi, (None, None)))
    log.visit(app, "2024-01-15 07:23:05.667", [emi] * 3)
    # two web views of one Weverse app, opened in the same millisecond, in two languages
    one = log.client(
        "weverse", dewi.country, clean=True, user_device_id=dice.uuid(), s_device_type="MOBILE"
    )
    other = replace(one, user_device_id=dice.uuid(), country=("ID", "id", "GLOBAL", 0))
    tie("2024-01-16 14:05:59.413", (one, dewi, (102, "GLOBAL")), (other, dewi, (102, "GLOBAL")))
    log.visit(one, "2024-01-16 14:06:20.950", [dewi] * 3)


def gaps_around_the_timeout(log: Log) -> None:
    """A gap of exactly 30 minutes stays one session. One millisecond more gives two sessions."""
    half_hour = 30 * 60_000
    bo, ana = log.member("bo", "TW"), log.member("ana", "BR")
    web = log.client("web", bo.country, clean=True)
    log.visit(web, "2024-01-14 08:00:12.250", [bo] * 5, gaps=[17_390, half_hour, 9_200, 31_042])
    app = log.client("shop_app", ana.country, clean=True)
    log.visit(app, "2024-01-14 18:21:40.115", [ana] * 5, gaps=[6_007, half_hour + 1, 24_890, 3_313])
    # 30:00.000 in one web view of a Weverse app, 30:00.001 between it and the next
    wv = log.client("weverse", bo.country, clean=True, user_device_id=log.dice.uuid())
    log.visit(wv, "2024-01-15 06:10:00.000", [bo] * 3, gaps=[half_hour - 1, half_hour])
    log.visit(
        replace(wv, user_device_id=log.dice.uuid()),
        "2024-01-15 07:40:00.000",
        [bo] * 2,
        gaps=[14_733],
    )


def visit_over_midnight(log: Log) -> None:
    """A visit over midnight UTC: one session on each day."""
    carlos, mei = log.member("carlos", "MX"), log.member("mei", "TW")
    web = log.client("mobile_web", carlos.country, clean=True)
    pauses = [48_220, 95_107, 212_640, 61_533, 27_918, 118_400, 9_076]
    log.visit(web, "2024-01-14 23:54:31.064", [carlos] * 8, gaps=pauses)
    wv = log.client("weverse", mei.country, clean=True)
    # to the last millisecond of the day, and from the first of the next
    log.visit(
        wv,
        "2024-01-15 23:41:59.999",
        [None] * 3 + [mei] * 5,
        gaps=[600_000, 480_000, 1, 31_250, 5_777, 60_412, 18_005],
    )


def shared_pc(log: Log) -> None:
    """A PC in a café: two accounts within a session, then one of them again, then no account."""
    wati, putri = log.member("wati", "ID"), log.member("putri", "ID")
    pc = log.client("web", wati.country, clean=True, os="Windows 10")
    log.visit(pc, "2024-01-14 06:30:15.718", [wati] * 5)
    log.visit(pc, "2024-01-14 12:02:47.066", [wati] * 4 + [putri] * 6)
    log.visit(pc, "2024-01-15 05:51:28.320", [putri] * 5)
    log.visit(pc, "2024-01-15 08:40:03.911", [None] * 4)
    log.visit(pc, "2024-01-16 07:13:36.555", [None] * 6)


def artist_not_in_master(log: Log) -> None:
    """The shop of a new artist opens, before we_artist has a row for it."""
    for start in ("2024-01-16 02:00:07.119", "2024-01-16 09:44:50.802"):
        fan = log.member(None, "KR")
        log.visit(log.client("shop_app", fan.country), start, [fan] * 5, artist=UNKNOWN_ARTIST)


def encoded_ids(log: Log) -> None:
    """Old clients: a URL-encoded id from a cookie, and an account of a social login."""
    leo = log.member("leo", "US", account="google-oauth2|108342771950263")
    old = log.client(
        "web",
        leo.country,
        clean=True,
        os="Windows 10",
        user_device_id="%7B3F2504E0-4F89-41D3-9A0C-0305E82C3301%7D",
    )
    log.visit(old, "2024-01-14 03:22:18.445", [leo] * 6)
    log.visit(old, "2024-01-16 04:09:57.031", [None] * 2 + [leo] * 4)


def late_delivery(log: Log) -> None:
    """A phone was offline: its lines arrive again, or for the first time, under the next
    part_date."""
    grace = log.member("grace", "PH")
    phone = log.client("shop_app", grace.country, clean=True)
    lines = log.visit(phone, "2024-01-14 22:48:09.610", [grace] * 6)
    for number, row in enumerate(lines[2:]):
        delivered = moment("2024-01-15 01:17:20") + timedelta(milliseconds=40 * number)
        again = dict(row, part_date="2024-01-15")
        log.lines.append((again["part_date"], delivered, again))
    # the first of these was delivered only once, a day late
    log.line(
        phone,
        moment("2024-01-15 21:05:33.128"),
        grace,
        (106, "GLOBAL"),
        "2024-01-16",
        delivered=moment("2024-01-16 00:48:02"),
    )
    log.visit(phone, "2024-01-16 00:47:30.514", [grace] * 4)


def broken_clients(log: Log) -> None:
    """Lines that are rejected, each for at least one reason, and unusual lines that are
    accepted."""
    dice = log.dice
    kenta, jin = log.member("kenta", "JP"), log.member("jin", "KR")
    # missing_log_dt: a build that omits the time of its first line
    app = log.client("shop_app", kenta.country, clean=True, app_ver="2.13.4")
    for start in (
        "2024-01-14 11:31:20.771",
        "2024-01-15 13:08:46.290",
        "2024-01-15 20:17:03.650",
        "2024-01-16 12:55:38.903",
    ):
        log.line(app, None, kenta, (102, "JP"), delivered=moment(start))
        log.visit(app, moment(start) + timedelta(milliseconds=1_844), [kenta] * 4)
    # missing_device: cookies are refused, so the lines have no id
    for day, hour, nothing in zip(
        (0, 0, 1, 1, 2), (4, 15, 9, 22, 10), (None, "undefined", "null", ZERO_UUID, " ")
    ):
        nobody = log.client("web", jin.country, clean=True, user_device_id=nothing)
        when = moment(DAYS[day]) + timedelta(hours=hour, milliseconds=dice.between(0, 3_000_000))
        log.visit(nobody, when, [None] * 2, wv_device_id=dice.pick([None, "NaN", "None"]))
    # both reasons: the first one counts
    log.line(
        log.client("web", jin.country, user_device_id="null"),
        None,
        delivered=moment("2024-01-16 06:40:11.087"),
    )
    # log_dt_out_of_range: clocks of 1970, of last week and of next month
    for arrived, clock in (
        ("2024-01-14 07:02:10.400", "1970-01-01 00:00:00.000"),
        ("2024-01-14 14:26:31.952", "2024-01-07 14:25:58.310"),
        ("2024-01-15 11:44:09.638", "2024-02-15 11:43:10.267"),
        ("2024-01-16 03:35:55.120", "2024-01-12 03:35:01.744"),
        # exactly a day before or after the part_date is accepted, a millisecond more is not
        ("2024-01-14 00:20:30.510", "2024-01-12 23:59:59.999"),
        ("2024-01-14 00:20:31.007", "2024-01-13 00:00:00.000"),
        ("2024-01-16 23:50:12.090", "2024-01-18 00:00:00.000"),
        ("2024-01-16 23:50:12.731", "2024-01-18 00:00:00.001"),
        # a clock in KST instead of UTC
        ("2024-01-15 16:30:49.873", "2024-01-16 01:30:48.060"),
    ):
        phone = log.client("mobile_web", jin.country, clean=True)
        log.line(phone, moment(clock), None, (101, "KR"), arrived[:10], delivered=moment(arrived))


def redelivered_lines(log: Log) -> None:
    """At-least-once delivery: some lines arrive twice, some three times."""
    dice = log.dice
    lines = [entry for entry in log.lines if entry[2]["log_dt"]]
    for _ in range(26):
        part_date, delivered, row = dice.pick(lines)
        for _ in range(dice.pick([1, 2], [70, 30])):
            delivered += timedelta(milliseconds=dice.between(400, 240_000))
            log.lines.append((part_date, delivered, dict(row)))
    # one that a proxy padded with spaces: the same event only after cleaning
    part_date, delivered, row = next(
        entry for entry in reversed(lines) if entry[2]["s_ctry"] == "US"
    )
    row = dict(row, s_ctry=" us", platform=row["platform"].lower())
    log.lines.append((part_date, delivered + timedelta(seconds=31), row))


# In the order in which they draw their values.
CASES = (
    everyday_visitors,
    late_login,
    account_change,
    a_b_a_on_one_tablet,
    rotating_browser_ids,
    desktop_site_in_the_app,
    ties_in_time,
    gaps_around_the_timeout,
    visit_over_midnight,
    shared_pc,
    artist_not_in_master,
    encoded_ids,
    late_delivery,
    broken_clients,
    redelivered_lines,
)
