"""Check the oracle (`spec_oracle.py`) with hand-computed examples, and with random logs for which
it must keep the guarantees of SPEC 2 to 4. The mart itself is not tested here."""

from datetime import date, datetime, timedelta
from itertools import pairwise, permutations

import pytest

from tests.support.adversarial_logs import random_world, redelivered, relabelled, shuffled
from tests.support.spec_oracle import (
    MART_COLUMNS,
    MART_KEY,
    audit,
    build_mart,
    clean_line,
    reject_reason,
)

DAY = "2024-01-15"
ZERO_UUID = "00000000-0000-0000-0000-000000000000"
RAW_STRINGS = (
    "log_id", "user_device_id", "wv_device_id", "s_device_type", "s_wemember_id", "s_user_id",
    "s_ctry", "s_lang", "shop", "platform", "os", "app_ver",
)  # fmt: skip


def line(time=None, browser=None, account=None, **more):
    """A log line of DAY at `time` (`HH:MM:SS`, with or without fractions). Other columns are
    null."""
    values = dict.fromkeys(RAW_STRINGS) | {"part_date": DAY, "ws_art_id": None}
    values["log_dt"] = datetime.fromisoformat(f"{DAY} {time}") if time else None
    return values | {"user_device_id": browser, "s_wemember_id": account} | more


def mart(*lines, artists=(), memberships=(), **options):
    return build_mart(lines, artists, memberships, **options)


def column(rows, *names):
    """The values of one column, or tuples of several columns, in the order of the mart's key."""
    return [row[names[0]] if len(names) == 1 else tuple(row[n] for n in names) for row in rows]


# -- Cleaning (SPEC 2) ------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["", "  ", " null ", "UNDEFINED", "None", "NaN", "0", ZERO_UUID])
def test_null_words_in_ids_and_elsewhere(word):
    cleaned = clean_line(line(browser=word, shop=word, os=word))
    assert cleaned["browser_id"] is None
    expected = word if word in ("0", ZERO_UUID) else None
    assert (cleaned["shop"], cleaned["os"]) == (expected, expected)


def test_only_spaces_are_trimmed_and_only_some_columns_change_case():
    raw = line(browser=" A\t ", s_device_type=" pc", s_ctry="kr ", s_lang="KO", shop="us\u00a0",
               platform="App", os=" iOS", app_ver="1-RC ")  # fmt: skip
    cleaned = clean_line(raw)
    names = ("browser_id", "s_device_type", "ctry", "lang", "shop", "platform", "os", "app_ver")
    expected = ["A\t", "PC", "KR", "ko", "US\u00a0", "APP", "iOS", "1-RC"]
    assert [cleaned[name] for name in names] == expected


def test_first_reason_to_reject_and_limits_of_time():
    midnight, microsecond = datetime(2024, 1, 15), timedelta(microseconds=1)

    def reason(moment, browser="b"):
        return reject_reason(clean_line(line(browser=browser) | {"log_dt": moment}))

    assert reason(None, browser="null") == "missing_log_dt"
    assert reason(midnight + timedelta(days=9), browser="0") == "missing_device"
    assert reason(midnight - timedelta(hours=24)) is None
    assert reason(midnight - timedelta(hours=24) - microsecond) == "log_dt_out_of_range"
    assert reason(midnight + timedelta(hours=48)) is None
    assert reason(midnight + timedelta(hours=48) + microsecond) == "log_dt_out_of_range"


# For each column, a change of an accepted line that cleaning does not undo.
ANOTHER = dict.fromkeys(RAW_STRINGS, "another") | {"ws_art_id": 9, "log_dt": datetime(2024, 1, 15)}


@pytest.mark.parametrize("changed", ANOTHER)
@pytest.mark.parametrize("null", [True, False])
def test_lines_that_differ_in_any_one_column_are_different_events(changed, null):
    filled = line("12:00:00", "b", **dict.fromkeys(RAW_STRINGS, "some"), ws_art_id=1) | {
        "s_device_type": "PC"
    }
    same = line("12:00:00", "b") if null else filled
    (counts,) = audit([same, dict(same), same | {changed: ANOTHER[changed]}])
    assert (counts["events_kept"], counts["duplicates"]) == (2, 1)


def test_lines_that_differ_in_log_id_alone_are_events_that_change_no_row():
    lines = [line("12:00:00", "b", log_id="1"), line("12:00:01", "b", log_id="1")]
    more = [line("12:00:00", "b", log_id=log_id) for log_id in ("0", "2", " 2", None)]
    assert mart(*lines, *more) == mart(*lines)
    (counts,) = audit(lines + more)
    # `0` is a null token, and `2` was delivered twice. Lines of one id at two times are not
    # duplicates.
    assert (counts["events_kept"], counts["duplicates"]) == (4, 2)


def test_audit_counts_duplicates_after_cleaning():
    lines = [
        line("12:00:00", "b", shop="KR"),
        line("12:00:00", " b ", shop="kr"),  # the same with another spelling
        line("12:00:00", None, wv_device_id="b", shop="KR"),  # another event: a Weverse id
        line("12:00:00", "b", wv_device_id="b", shop="KR"),  # the same, with browser b
        line("12:00:00", "b", shop=None),  # another event: no shop
        line("12:00:00"),
        line(None, "b"),
    ]
    assert audit(lines, part_dates=["2024-01-16"]) == [
        {"part_date": DAY, "lines_read": 7, "duplicates": 2, "rejected_missing_log_dt": 1,
         "rejected_missing_device": 1, "rejected_log_dt_out_of_range": 0, "events_kept": 3},
        {"part_date": "2024-01-16", "lines_read": 0, "duplicates": 0, "rejected_missing_log_dt": 0,
         "rejected_missing_device": 0, "rejected_log_dt_out_of_range": 0, "events_kept": 0},
    ]  # fmt: skip


# -- Events to sessions (SPEC 3) --------------------------------------------------------------


def test_one_anonymous_line_makes_this_row():
    (row,) = mart(line("09:08:07.123999", "b", ws_art_id=7, shop="kr", platform="web", s_lang="KO"))
    moment = datetime(2024, 1, 15, 9, 8, 7, 123999)
    expected = dict.fromkeys(MART_COLUMNS) | {
        "key_date": date(2024, 1, 15), "device_id": "b", "is_wv": 0, "ws_art_id": 7, "shop": "KR",
        "user_lang": "ko", "sess_lang": "ko", "is_device_login": 0, "is_sess_login": 0,
        "sess_id": "20240115090807123|b", "sess_start_dt": moment, "sess_end_dt": moment,
        "sess_dur": 0, "user_sess_id": "20240115090807123|b", "user_sess_start_dt": moment,
        "user_sess_end_dt": moment, "user_sess_dur": 0, "platform": "WEB", "part_date": DAY,
        "is_fc": 0,
    }  # fmt: skip
    assert row == expected and tuple(row) == MART_COLUMNS


def test_late_login_covers_the_lines_before_it():
    rows = mart(
        line("12:00:00.9", "b", s_user_id="stranger"),
        line("12:10:00.1", "b", "m1", s_user_id="u1"),
        line("13:00:00", "b"),  # the next session has no account
    )
    assert column(rows, "account_id", "ws_user_id", "sess_dur", "is_sess_login") == [
        ("m1", "u1", 600, 1),  # 599.2 seconds, but both times are cut to seconds first
        (None, None, 0, 0),
    ]
    assert column(rows, "is_device_login") == [1, 1]


def test_a_b_a_is_two_user_sessions():
    lines = [line(f"12:0{i}:00", "b", account) for i, account in enumerate("ABA")]
    rows = mart(*lines, line("12:05:00", "b", s_ctry="KR"))
    assert column(rows, "account_id", "user_sess_dur", "user_ctry", "sess_ctry") == [
        ("A", 300, "KR", "KR"),
        ("B", 0, None, "KR"),
    ]


@pytest.mark.parametrize(
    ("time", "sessions"),
    [("12:29:59.999999", 1), ("12:30:00", 1), ("12:30:00.000001", 2), ("12:30:00.001", 2)],
)
def test_only_more_than_the_timeout_parts_sessions(time, sessions):
    assert len(mart(line("12:00:00", "b"), line(time, "b"))) == sessions


def test_weverse_device_is_filled_forward_then_back_and_not_on_a_pc():
    rows = mart(
        line("12:00:00", "b"),  # before the first Weverse id: filled backwards
        line("12:01:00", "b", "m1", wv_device_id="w1"),
        line("12:02:00", "b", s_device_type="pc"),  # a PC keeps its browser
        line("12:03:00", "b", "m2"),  # another account: filled with w2, not with w1
        line("12:04:00", "b", wv_device_id="w2"),
        line("12:05:00", "b", "m1"),  # m1 again, but without a Weverse id from here on
    )
    # A PC line without login. The first login in the session of device b is m1's line at 12:05.
    assert column(rows, "device_id", "account_id", "is_wv", "sess_dur") == [
        ("w1", "m1", 1, 60),
        ("b", "m1", 0, 180),
        ("w2", "m2", 1, 60),
    ]


def test_rotating_browser_ids_are_one_weverse_device():
    lines = [line(f"12:0{i}:00", f"b{i}", wv_device_id="w") for i in range(3)]
    assert column(mart(*lines), "device_id", "sess_dur") == [("w", 120)]


# The order of events without log_dt.
ORDER = ("s_wemember_id", "wv_device_id", "s_user_id", "s_ctry", "s_lang", "platform", "os",
         "app_ver")  # fmt: skip
# The columns of the mart with the last value of each, except the first two.
SHOWN = dict(zip(ORDER[2:], ("ws_user_id", "sess_ctry", "sess_lang", *ORDER[5:]), strict=True))


def last_of(*lines):
    """The last values of the lines of a session, by the names of the log, for any reading order."""
    read = [column(mart(*lines), *SHOWN.values()) for lines in permutations(lines)]
    (found,) = {row for rows in read for row in rows}
    return dict(zip(SHOWN, found, strict=True))


def test_ties_in_time_go_by_account_then_weverse_device_and_so_on():
    for first, then in pairwise(ORDER[2:]):
        # One line is greater in the deciding column, the other in the next column.
        last = last_of(
            line("12:00:00", "b", "m", **{first: "1", then: "2"}),
            line("12:00:00", "b", "m", **{first: "2", then: "1"}),
        )
        assert (last[first], last[then]) == ("2", "1")


def test_ties_in_time_go_by_account_before_all_else():
    # m2's line is the last one, although it is smaller in all following columns.
    lines = [
        line("12:00:00", "b", "m1", **dict.fromkeys(ORDER[1:], "2")),
        line("12:00:00", "b", "m2", **dict.fromkeys(ORDER[1:], "1")),
    ]
    for read in (lines, lines[::-1]):
        rows = mart(*read, line("12:00:01", "b"))
        # The next line belongs to m2 and to the Weverse device of m2's line.
        assert column(rows, "device_id", "account_id", "sess_dur") == [
            ("1", "m2", 1),
            ("2", "m1", 0),
        ]


def test_ties_in_time_go_by_weverse_device_before_the_user():
    lines = [
        line("12:00:00", "b", "m", wv_device_id="w1", s_user_id="2"),
        line("12:00:00", "b", "m", wv_device_id="w2", s_user_id="1"),
    ]
    for read in (lines, lines[::-1]):
        rows = mart(*read, line("12:00:01", "b"))
        assert column(rows, "device_id", "sess_dur") == [("w1", 0), ("w2", 1)]


# From the smallest to the greatest. By UTF-16 units the last two would be swapped.
@pytest.mark.parametrize(("less", "greater"), pairwise((None, "1", "é", "ａ", "😀")))
def test_ties_in_time_go_nulls_first_and_by_bytes(less, greater):
    for name, after in pairwise(ORDER[2:]):
        last = last_of(
            line("12:00:00", "b", "m", **{name: less, after: "2"}),
            line("12:00:00", "b", "m", **{name: greater, after: "1"}),
        )
        assert last[after] == "1"
    last = last_of(*[line("12:00:00", "b", "m", app_ver=value) for value in (less, greater)])
    assert last["app_ver"] == greater


def test_ties_in_time_go_by_the_bytes_of_what_was_cleaned():
    def last_version(name, *values):
        return last_of(*[line("12:00:00", "b", "m", app_ver=v) | {name: v} for v in values])

    # If the case is kept, upper case comes first, unlike in any locale.
    assert last_version("s_user_id", "Z", " a")["app_ver"] == "a"
    assert last_version("os", "Z", " a")["app_ver"] == "a"
    # `_` sorts between A and a. The columns are compared after case folding.
    assert last_version("s_ctry", "a", "_")["app_ver"] == "_"
    assert last_version("s_lang", "A", "_")["app_ver"] == "A"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("log_id", ("1", "2")),
        ("log_id", (None, "1")),
        ("user_device_id", ("b1", "b2")),
        ("s_device_type", ("PHONE", "TABLET")),
        ("s_device_type", (None, "PHONE")),
        ("shop", ("KR", "US")),
        ("ws_art_id", (1, 2)),
    ],
)
def test_what_is_not_in_the_order_decides_no_tie(name, values):
    # On one Weverse device, so that two browsers are also one device.
    for value, other in permutations(values):
        last = last_of(
            line("12:00:00", "b", wv_device_id="w", s_ctry="KR", app_ver="9") | {name: value},
            line("12:00:00", "b", wv_device_id="w", s_ctry="US", app_ver="1") | {name: other},
        )
        assert (last["s_ctry"], last["app_ver"]) == ("US", "1")


def test_pc_and_phone_lines_that_tie_part_whichever_is_read_first():
    lines = [line("12:00:00", "b", wv_device_id="w", s_device_type=t) for t in ("PC", None, "TV")]
    for read in permutations(lines):
        assert column(mart(*read), "device_id", "is_wv") == [("b", 1), ("w", 1)]


def test_separators_in_ids_are_escaped_percent_first():
    rows = mart(line("12:00:00", "a|b"), line("12:00:00", "a%7Cb"), line("12:00:00", "a", "b|c"))
    stamp = "20240115120000000"
    assert column(rows, "user_sess_id") == [
        f"{stamp}|a%257Cb",
        f"{stamp}|a%7Cb",
        f"{stamp}|a|b%7Cc",
    ]


def test_days_do_not_see_each_other():
    midnight = datetime(2024, 1, 16)
    late = line("23:59:00", "b", "m1")
    early = line(browser="b") | {"log_dt": midnight, "part_date": "2024-01-16"}
    again = late | {"part_date": "2024-01-16"}  # also delivered a day late
    assert column(mart(late, early), "account_id", "sess_dur") == [("m1", 0), (None, 0)]
    rows = mart(late, again)
    assert rows[0]["sess_id"] == rows[1]["sess_id"]
    assert column(rows, "key_date") == [date(2024, 1, 15), date(2024, 1, 16)]


# -- The mart (SPEC 4) ------------------------------------------------------------------------


def artist(ws_art_id, we_art_id, we_art_name):
    return {"ws_art_id": ws_art_id, "we_art_id": we_art_id, "we_art_name": we_art_name}


def test_artists_unknown_null_and_twice():
    artists = [artist(1, None, "Z"), artist(1, 9, "B"), artist(1, 9, "C"), artist(None, 5, "N")]
    rows = mart(*[line("12:00:00", "b", ws_art_id=i) for i in (1, 2, None)], artists=artists)
    assert column(rows, "ws_art_id", "we_art_id", "we_art_name") == [
        (None, None, None),
        (1, 9, "C"),
        (2, None, None),
    ]


@pytest.mark.parametrize(
    ("member", "we_art_id", "start", "end", "is_fc"),
    [
        ("m1", 9, 15, 15, 1),
        ("m1", 9, 1, 15, 1),
        ("m1", 9, 1, 14, 0),
        ("m1", 9, 16, 20, 0),
        ("m1", 9, 15, None, 1),
        ("m1", 8, 1, None, 0),
        (" m1 ", 9, 1, None, 0),  # used without cleaning: another account
        ("m1", None, 1, None, 0),
    ],
)
def test_membership_covers_the_day(member, we_art_id, start, end, is_fc):
    membership = {
        "we_member_id": member,
        "we_art_id": we_art_id,
        "fc_start_date": date(2024, 1, start),
        "fc_end_date": end and date(2024, 1, end),
    }
    rows = mart(
        line("12:00:00", "b", "m1", ws_art_id=1),
        line("12:00:01", "b", ws_art_id=2),  # an artist without a we_art_id
        artists=[artist(1, 9, "A"), artist(2, None, "B")],
        memberships=[membership, membership],  # overlapping rows do not multiply rows
    )
    expected = [("m1" if is_fc else None, is_fc), (None, 0)]
    assert column(rows, "we_member_id", "is_fc") == expected


# -- Properties of any log --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_promises_hold_on_random_logs(seed):
    world = random_world(seed, [DAY, "2024-01-16"])
    rows = build_mart(world.lines, world.artists, world.memberships)
    assert len({tuple(row[name] for name in MART_KEY) for row in rows}) == len(rows)
    for other in (shuffled(world, seed + 1), redelivered(world, seed), relabelled(world, seed)):
        assert build_mart(other.lines, other.artists, other.memberships) == rows
    kept = [counts["events_kept"] for counts in audit(world.lines)]
    assert kept == [counts["events_kept"] for counts in audit(redelivered(world, seed).lines)]
    assert len(kept) == 2 and min(kept) > 0
