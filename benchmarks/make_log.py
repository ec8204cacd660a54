#!/usr/bin/env python3
"""Make a client log of any size, with the artists, countries and clients of the sample.

    .venv/bin/python -m benchmarks.make_log --lines 10000000 --days 2 --out /tmp/log [--skew 0.01]

writes /tmp/log/weplyapi_client_log_2024-01-14.parquet and so on, one file per part_date with
exactly --lines lines. 10 million lines take half a minute and 0.7 GB. It needs numpy and pyarrow,
which the adapters of the project bring.

The same arguments always generate the same rows, and the same bytes with the same version of
pyarrow. Nothing depends on the clock, the machine or the order of hashes.

Exit codes: 0 written, 2 wrong arguments.
"""

import argparse
import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scripts.log_columns import COLUMNS
from scripts.sample.log import (
    ARTISTS,
    COUNTRIES,
    OS,
    SHOP_APP,
    UNKNOWN_ARTIST,
    WEVERSE_APP,
    ZERO_UUID,
)

DAY_MS = 24 * 60 * 60_000
TIMEOUT_MS = 30 * 60_000
ROW_GROUP = 1 << 18
KIOSK_SESSIONS = 24

# Quantiles (probability, value) with linear interpolation.
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
    """64 random bits per key (splitmix64), different for each purpose. There is no state: the
    properties of a device or session depend only on its number."""
    bits = key.astype(np.uint64) + np.uint64(purpose * 0x9E3779B97F4A7C15 % 2**64)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def share(key, purpose):
    """A number in [0, 1) per key."""
    return (noise(key, purpose) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def drawn(key, purpose, quantiles):
    return np.interp(share(key, purpose), *zip(*quantiles)).astype(np.int64)


def choice(key, purpose, weights):
    """The index of a weight per key, chosen by the weights."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(bounds, share(key, purpose) * bounds[-1], side="right")


def write_day(path, day, lines, skew):
    """Write a day in three steps: the sessions of each device (arrays of sessions), their times
    (arrays of lines, 16 bytes per line), and the contents of the lines, in order of delivery and
    one row group at a time."""
    ordinal = day.toordinal()
    doubled = lines // 400  # copies of other lines
    skewed = round(lines * skew)
    plain = lines - skewed - doubled

    # Who: the numbers of devices advance by a third of a day's devices, so many return.
    candidates = plain // 16 + 20
    while True:
        device = ordinal * max(1, candidates // 3) + np.arange(candidates, dtype=np.int64)
        visit_key = noise(device, 1) + np.uint64(ordinal)
        sessions = 1 + choice(visit_key, 2, [62, 25, 9, 3, 1])
        session_device = np.repeat(device, sessions)
        first_session = np.repeat(np.cumsum(sessions) - sessions, sessions)
        number = np.arange(len(session_device)) - first_session
        # hashed after adding the number, since neighbours would otherwise share keys
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
    if skewed:  # a tablet in a pop-up store, used all day with another account in each session
        parts = np.bincount(np.arange(skewed) * KIOSK_SESSIONS // skewed)
        kiosk = np.arange(len(parts), dtype=np.int64)
        session_device = np.append(session_device, np.full(len(parts), -1))
        session_key = np.append(session_key, noise(kiosk + ordinal, 5))
        first_session = np.append(first_session, np.full(len(parts), end))
        number, views = np.append(number, kiosk), np.append(views, parts)
    first_line = np.cumsum(views) - views
    line_session = np.repeat(np.arange(len(views), dtype=np.int32), views)

    # When: processed in groups of devices.
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
        device_starts = starts[low : low + 100_000]
        device_begin = first_line[device_starts] - begin
        device_stop = np.append(device_begin[1:], stop - begin)
        lines_of = device_stop - device_begin
        passed -= np.repeat(passed[device_begin], lines_of)
        span = passed[device_stop - 1]
        who = session_device[device_starts]
        start = drawn(noise(who, 8) + np.uint64(ordinal), 9, START_MS)
        # Visits that are too long for the day are shortened. Long visits start early.
        longest = DAY_MS * 9 // 10
        passed = passed * longest // np.repeat(np.maximum(span, longest), lines_of)
        room = DAY_MS - 1 - np.minimum(span, longest)
        start = start * room // DAY_MS
        # One device in fifty is active at midnight, and its visit can continue on the next day.
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
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    midnight = (day - date(1970, 1, 1)).days * DAY_MS
    partial = path.with_name(path.name + ".partial")  # an aborted run leaves no incomplete log
    with pq.ParquetWriter(partial, schema, compression="zstd", compression_level=1) as writer:
        for begin in range(0, lines, ROW_GROUP):
            line = order[begin : begin + ROW_GROUP] & ((1 << 36) - 1)
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
            writer.write_table(pa.table([columns[name] for name in COLUMNS], schema=schema))
    os.replace(partial, path)


def describe(when, in_session, in_day, device, session, session_key):
    """The columns of lines, from the numbers of their devices, sessions and positions."""
    kiosk = device < 0
    line_key = session_key + in_session.astype(np.uint64)

    def one_of(values, index, hidden=None):
        index = index.astype(np.int32)
        return pa.array(values, pa.string()).take(pa.array(index, mask=hidden))

    def instead(text, key, purpose, share_of_keys, tokens):
        """Replace some nulls by the null tokens of clients, depending on the device."""
        which = noise(key, purpose + 1) % len(tokens)
        kept = share(key, purpose) >= share_of_keys
        return pc.coalesce(text, one_of(tokens, which, hidden=kept))

    # The client: a third of the lines come from inside the Weverse app.
    kind = np.where(kiosk, 1, choice(device, 20, [34, 26, 18, 22]))
    weverse, app, pc_web = kind == 0, kind <= 1, kind == 3
    shown_as_pc = weverse & (share(session_key, 21) < 0.01)  # the desktop site
    system = np.where(pc_web, 2, choice(device, 22, [55, 45]))
    systems = sorted({name for names in OS.values() for name in names})
    table = np.array(
        [[systems.index(names[n % len(names)]) for n in range(20)] for names in OS.values()]
    )
    version = (noise(device, 23) % np.uint64(20)).astype(np.int64)
    versions = WEVERSE_APP + SHOP_APP + ["undefined"]
    # A web view inside the Weverse app often has another id each session.
    rotating = weverse & (share(device, 24) < 0.25)
    browser = np.where(rotating, session_key, noise(device, 25))
    lost = share(line_key, 26)

    # The account: none, from the start, after a late login, or several in turn.
    login = choice(device, 27, [35, 45, 17, 3])
    turn = (noise(device, 28) % np.uint64(9)).astype(np.int64) + 1
    second = ((login == 3) & (in_day >= turn)).astype(np.int64)
    anonymous = (login == 0) | ((login == 2) & (in_day < turn))
    # One device in three belongs to the same person as the previous device.
    account = 2 * (device - (device % 3 == 1)) + second
    account = np.where(kiosk, 2**40 + session, account)
    anonymous = np.where(kiosk, in_session < 3, anonymous)
    account_key = noise(account, 29)
    no_user = anonymous | (share(line_key, 30) < 0.1)

    # Pages: one artist per session, sometimes a second; front and account pages.
    country = choice(device - (device % 3 == 1), 31, [row[3] for row in COUNTRIES])
    case = np.where(share(device, 32) < 0.04, 1, 0)  # builds that write codes in lower case
    padded = share(line_key, 33) < 0.005
    codes = [row[0] for row in COUNTRIES]
    weights = [row[3] for row in ARTISTS] + [1]
    artist = np.where(
        share(line_key, 34) < 0.07, choice(line_key, 35, weights), choice(session_key, 35, weights)
    )
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
            device,
            43,
            0.15,
            [ZERO_UUID, "null", "undefined"],
        ),
        "s_device_type": one_of(device_types, device_type, lost > 0.998),
        "s_wemember_id": instead(
            fixed("wm", account_key, 12, "0123456789abcdef", anonymous),
            device,
            45,
            0.2,
            ["undefined", "null", "NULL", "0"],
        ),
        "s_user_id": instead(
            fixed("1", noise(account, 47), 9, "01234567", no_user),
            device,
            48,
            0.2,
            ["NaN", "undefined", "null", "0"],
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
    """An Arrow string array from a matrix of ASCII codes, one row per string."""
    rows, width = letters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    valid = None if hidden is None else pa.py_buffer(np.packbits(~hidden, bitorder="little"))
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)), valid
    )


def fixed(prefix, key, length, alphabet, hidden=None):
    """Strings of a prefix and `length` letters. The size of the alphabet is a power of two."""
    codes = np.frombuffer(alphabet.encode(), dtype=np.uint8)
    bits = len(alphabet).bit_length() - 1
    letters = np.empty((len(key), len(prefix) + length), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
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
    letters[:, np.r_[0:8, 9:13, 14:18, 19:23, 24:36]] = text
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


def main():
    parser = argparse.ArgumentParser(
        description="Make a log of any size as Parquet, one file per day. The same arguments make "
        "the same rows.",
    )
    parser.add_argument("--lines", type=int, required=True, help="log lines of each day")
    parser.add_argument("--days", type=int, default=1, help="days, each a file (default 1)")
    first_day = {"type": date.fromisoformat, "default": date(2024, 1, 14), "metavar": "yyyy-MM-dd"}
    parser.add_argument("--first-day", **first_day, help="of the first file (default 2024-01-14)")
    parser.add_argument("--skew", type=float, default=0.0, help="share of lines of a single device")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    given = parser.parse_args()
    if not (0 < given.lines < 2**30 and 0 < given.days and 0 <= given.skew <= 0.9):
        parser.error("--lines: 1 to a billion; --days: at least 1; --skew: 0 to 0.9")
    write_log(given.out, given.lines, given.days, given.first_day, given.skew)


if __name__ == "__main__":
    main()
