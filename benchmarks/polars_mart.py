#!/usr/bin/env python3
"""Build one day of `ws_sess_daily` with hand-written Polars, as a benchmark for the dbt project.

    python -m benchmarks.polars_mart 'LOG/*.parquet' we_artist.csv ws_fc_user_history.csv \
        2024-01-15 mart.parquet

reads the raw client log (Parquet with the columns of SPEC section 1, `log_dt` in UTC) and the two
other sources, and writes all 30 columns of the mart of that day according to SPEC sections 2 to 4:
cleaning, rejection, accounts, devices, sessions, user sessions, artists, memberships. Written for
Polars 2.1, which is not among the project's requirements.

Why it is fast. Strings are compared once and then represented by codes: seven columns with few
values become Enums in the order of their bytes, and ids become Categoricals. Events are sorted
twice by one integer made of id and time, and by the whole order ≺ only where times tie. The first
sort covers browsers that sent a Weverse id, since every other browser is its own device. The second
sort covers all events, by device. After that, devices, sessions and stays of an account are ranges
of positions, and the last known value of a range is found at its last event. Events therefore go
through no window and no join. They are grouped once, to find the keys of the mart. Text values are
looked up only for sessions and result rows.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

import polars as pl

ID_COLUMNS = ("user_device_id", "wv_device_id", "s_wemember_id", "s_user_id")
# Columns with few distinct values, and the case to which they are converted.
CODE_COLUMNS = {
    "s_device_type": "upper",
    "s_ctry": "upper",
    "s_lang": "lower",
    "shop": "upper",
    "platform": "upper",
    "os": "as it is",
    "app_ver": "as it is",
}
LOG_COLUMNS = ("part_date", "log_dt", "ws_art_id", *ID_COLUMNS, *CODE_COLUMNS)
RENAMED = {"s_ctry": "ctry", "s_lang": "lang"}

# Values that mean null, in any case.
NULL_WORDS = "null|undefined|none|nan"
NULL_CODE = f"(?i)^({NULL_WORDS}|)$"
NULL_ID = f"(?i)^({NULL_WORDS}|0|0{{8}}-0{{4}}-0{{4}}-0{{4}}-0{{12}}|)$"

# The order of events (SPEC section 3), without `log_dt`, which comes first.
ORDER_COLUMNS = (
    "s_wemember_id", "wv_device_id", "s_user_id", "ctry", "lang", "platform", "os", "app_ver",
)  # fmt: skip

ARTIST_COLUMNS = {"ws_art_id": pl.Int64, "we_art_id": pl.Int32, "we_art_name": pl.String}
MEMBERSHIP_COLUMNS = {
    "we_member_id": pl.String,
    "we_art_id": pl.Int32,
    "fc_start_date": pl.Date,
    "fc_end_date": pl.Date,
}
MART_COLUMNS = {
    "key_date": pl.Date,
    "ws_user_id": pl.String,
    "account_id": pl.String,
    "device_id": pl.String,
    "is_wv": pl.Int32,
    "user_ctry": pl.String,
    "user_lang": pl.String,
    "sess_ctry": pl.String,
    "sess_lang": pl.String,
    "ws_art_id": pl.Int64,
    "we_art_id": pl.Int32,
    "we_art_name": pl.String,
    "shop": pl.String,
    "is_device_login": pl.Int32,
    "is_sess_login": pl.Int32,
    "sess_id": pl.String,
    "sess_start_dt": pl.Datetime("us"),
    "sess_end_dt": pl.Datetime("us"),
    "sess_dur": pl.Int64,
    "user_sess_id": pl.String,
    "user_sess_start_dt": pl.Datetime("us"),
    "user_sess_end_dt": pl.Datetime("us"),
    "user_sess_dur": pl.Int64,
    "platform": pl.String,
    "os": pl.String,
    "app_ver": pl.String,
    "part_date": pl.String,
    "run_timestamp": pl.Datetime("us"),
    "we_member_id": pl.String,
    "is_fc": pl.Int32,
}


def build_mart(
    log: pl.LazyFrame,
    artists: pl.DataFrame,
    memberships: pl.DataFrame,
    part_date: str,
    *,
    session_timeout_minutes: int = 30,
    max_clock_skew_hours: int = 24,
    run_timestamp: datetime | None = None,
) -> pl.DataFrame:
    """All rows of `ws_sess_daily` for one day, in no particular order.

    `log` has the raw LOG_COLUMNS of any days; `log_dt` is UTC without a time zone, in
    microseconds. `artists` and `memberships` have the columns of ARTIST_COLUMNS and
    MEMBERSHIP_COLUMNS and are taken as they are. `part_date` is a day as yyyy-MM-dd.
    `run_timestamp` is UTC without a time zone; None means now.

    Raises ValueError if `part_date` is not a day, or if the day has no accepted event.
    """
    run_timestamp = run_timestamp or datetime.now(UTC).replace(tzinfo=None)
    key_date = date.fromisoformat(part_date)

    events = clean(log.filter(pl.col("part_date") == part_date), key_date, max_clock_skew_hours)
    if events.is_empty():
        raise ValueError(f"the log of {part_date} has no accepted event")
    timeline = follow_devices(events, timedelta(minutes=session_timeout_minutes))
    rows = describe(timeline, events)
    return finish(rows, artists, memberships, part_date, run_timestamp)


# -- SPEC 2: cleaning -------------------------------------------------------------------------


def clean(log: pl.LazyFrame, key_date: date, max_clock_skew_hours: int) -> pl.DataFrame:
    """The accepted events of the day `key_date`, cleaned, in any order.

    Code columns are returned as Enums in the order of their bytes. `browser_id`, `wv_device_id` and
    `s_wemember_id` are Categoricals; the first two share a vocabulary, so they can be compared.
    """
    vocabularies = log.select(pl.col(c).unique().implode() for c in CODE_COLUMNS)
    raw_values = vocabularies.collect(engine="streaming").row(0, named=True)
    codes = [
        clean_code(column, pl.Series(values, dtype=pl.String))
        for column, values in raw_values.items()
    ]
    ids = [pl.col(c).str.strip_chars(" ") for c in ID_COLUMNS]
    devices = pl.Categorical(pl.Categories.random())
    accounts = pl.Categorical(pl.Categories.random())

    start = datetime.combine(key_date, datetime.min.time())
    skew = timedelta(hours=max_clock_skew_hours)
    return (
        log.filter(pl.col("log_dt").is_between(start - skew, start + timedelta(days=1) + skew))
        .select(
            "log_dt",
            "ws_art_id",
            *(pl.when(~id_.str.contains(NULL_ID)).then(id_) for id_ in ids),
            *codes,
        )
        .with_columns(browser_id=pl.coalesce("user_device_id", "wv_device_id"))
        .filter(pl.col("browser_id").is_not_null())
        .with_columns(
            pl.col("browser_id", "wv_device_id").cast(devices),
            pl.col("s_wemember_id").cast(accounts),
        )
        .drop("user_device_id")
        .collect(engine="streaming")
    )


def clean_code(column: str, raw: pl.Series) -> pl.Expr:
    """Clean and rename a code column; `raw` holds each of its values once."""
    cleaned = raw.str.strip_chars(" ")
    cleaned = cleaned.set(cleaned.str.contains(NULL_CODE), None)
    if CODE_COLUMNS[column] == "upper":
        cleaned = cleaned.str.to_uppercase()
    elif CODE_COLUMNS[column] == "lower":
        cleaned = cleaned.str.to_lowercase()
    values = pl.Enum(cleaned.drop_nulls().unique().sort())
    code = pl.col(column).replace_strict(raw, cleaned.cast(values), return_dtype=values)
    return code.alias(RENAMED.get(column, column))


# -- SPEC 3: events to devices, sessions and stays --------------------------------------------


def in_order(events: pl.DataFrame, owner: pl.Expr) -> pl.Series:
    """The row numbers of the events that have an owner, sorted by owner and the order of events.

    `owner` is a Categorical. The owners are in no particular order.
    """
    key = owner.to_physical().cast(pl.Int128) * 2**64 + pl.col("log_dt").to_physical()
    keyed = (
        events.lazy()
        .select(row=pl.int_range(pl.len(), dtype=pl.get_index_type()), key=key)
        .filter(pl.col("key").is_not_null())
        .sort("key")
        .with_columns(
            is_tied=(pl.col("key") == pl.col("key").shift(1))
            | (pl.col("key") == pl.col("key").shift(-1))
        )
        .collect()
    )
    # Few events share owner and time. These are sorted by the whole order within their positions.
    tied = keyed.with_row_index("place").filter("is_tied")
    others = events[tied["row"]].select(
        pl.col(c).cast(pl.String) if events.schema[c] == pl.Categorical else c
        for c in ORDER_COLUMNS
    )
    ranked = pl.concat([tied, others], how="horizontal").sort("key", *ORDER_COLUMNS)
    return keyed["row"].scatter(tied["place"], ranked["row"])


def last_within(value: pl.Expr, group: pl.Expr) -> pl.Expr:
    """The last known value at or before the row in its group; a group is a run of rows."""
    known_in = pl.when(value.is_not_null()).then(group)
    return pl.when(known_in.forward_fill() == group).then(value.forward_fill())


def last_or_first_within(value: pl.Expr, group: pl.Expr) -> pl.Expr:
    """Like `last_within`, but rows before the first known value of the group get that value."""
    known_in = pl.when(value.is_not_null()).then(group)
    following = pl.when(known_in.backward_fill() == group).then(value.backward_fill())
    return pl.coalesce(last_within(value, group), following)


def starts(value: str) -> pl.Expr:
    """Whether the value differs from the previous row; true for the first row."""
    return pl.col(value).ne_missing(pl.col(value).shift(1)) | (pl.int_range(pl.len()) == 0)


def resolve_devices(events: pl.DataFrame) -> pl.Series:
    """`new_dvc_id` of each event (rules 1 to 3), a Categorical of the vocabulary of browsers.

    Only browsers that sent a Weverse id are processed: every other browser is its own device.
    """
    in_app = events.filter(pl.col("wv_device_id").is_not_null())["browser_id"].unique()
    is_in_app = pl.col("browser_id").is_in(in_app.implode())
    rows = in_order(events, pl.when(is_in_app).then("browser_id"))
    browser, account = pl.col("browser_no"), pl.col("account_fill_1")
    resolved = (
        events.lazy()
        .select(pl.col("browser_id", "s_wemember_id", "wv_device_id", "s_device_type").gather(rows))
        .with_columns(browser_no=starts("browser_id").cum_sum())
        .with_columns(account_fill_1=last_within(pl.col("s_wemember_id"), browser))
        # An unknown account differs from none: events before the first login join its session.
        .with_columns(
            account_sess_no=(
                starts("browser_no") | (account != account.shift(1)).fill_null(False)
            ).cum_sum()
        )
        .with_columns(
            wv_fill=last_or_first_within(pl.col("wv_device_id"), pl.col("account_sess_no"))
        )
        .select(
            pl.when(pl.col("s_device_type").cast(pl.String).eq_missing("PC"))
            .then("browser_id")
            .otherwise(pl.coalesce("wv_fill", "browser_id"))
            .alias("new_dvc_id")
        )
        .collect()
    )
    return events["browser_id"].scatter(rows, resolved["new_dvc_id"])


def follow_devices(events: pl.DataFrame, timeout: timedelta) -> pl.DataFrame:
    """One row per event, sorted by device and by the order of events, with these columns:

    `row` in `events`, `log_dt`, `device`, `account_fill` (rule 6), `ws_art_id`, `shop`;
    `starts_device`, `starts_session` (rule 4), `starts_stay` (a stay is a run of events of one
    account within a session); `known_…`: the position of the last event, of any device, that has
    a value in that column.
    """
    events = events.with_columns(device=resolve_devices(events))
    position = pl.int_range(pl.len(), dtype=pl.get_index_type())
    session = pl.col("starts_session").cum_sum()
    gap = pl.col("log_dt") - pl.col("log_dt").shift(1)
    has_value = {
        **{c: pl.col(c).is_not_null() for c in ("ctry", "lang", "platform", "os", "app_ver")},
        "wv_device_id": pl.col("wv_device_id").is_not_null(),
        "login": pl.col("s_wemember_id").is_not_null(),
        # Rule 7: an event with an account of its own is filled with that account.
        "user_id_matched": pl.all_horizontal(pl.col("s_wemember_id", "s_user_id").is_not_null()),
    }
    rows = in_order(events, pl.col("device"))
    return (
        events.lazy()
        .select(
            "log_dt",
            "device",
            "s_wemember_id",
            "ws_art_id",
            "shop",
            **{f"known_{name}": condition for name, condition in has_value.items()},
        )
        .select(pl.lit(rows).alias("row"), pl.all().gather(rows))
        .with_columns(starts_device=starts("device"))
        .with_columns(starts_session=pl.col("starts_device") | (gap > timeout))
        .with_columns(account_fill=last_or_first_within(pl.col("s_wemember_id"), session))
        .with_columns(
            pl.when(f"known_{name}").then(position).forward_fill().alias(f"known_{name}")
            for name in has_value
        )
        .with_columns(starts_stay=pl.col("starts_session") | starts("account_fill"))
        .drop("s_wemember_id")
        .collect()
    )


def ranges(timeline: pl.DataFrame, start: str, names: tuple[str, ...]) -> pl.DataFrame:
    """One row per range of events; a range begins where `start` is true.

    Columns: `first`, `last` (positions of its events) and, for each of `names`, the position of
    the last event within the range that has that value, else null.
    """
    first = timeline[start].arg_true().alias("first")
    last = (first.shift(-1, fill_value=timeline.height) - 1).alias("last")
    at_end = timeline.select(pl.col(f"known_{name}").gather(last).alias(name) for name in names)
    return (
        pl.DataFrame([first, last])
        .hstack(at_end)
        .with_columns(pl.when(pl.col(name) >= pl.col("first")).then(name) for name in names)
    )


# -- SPEC 3 and 4: the rows -------------------------------------------------------------------


def describe(timeline: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The rows of the mart without the columns from other sources (rules 5 to 12)."""

    def at(position: str, column: str) -> pl.Expr:
        """A column of the timeline, at the positions that another column holds."""
        return pl.lit(timeline[column]).gather(pl.col(position)).alias(column)

    def text(position: str, column: str) -> pl.Expr:
        """A column of the events as text, at the positions that another column holds."""
        return pl.lit(events[column]).gather(at(position, "row")).cast(pl.String)

    timeline = timeline.with_columns(
        device_no=pl.col("starts_device").cum_sum() - 1,
        session_no=pl.col("starts_session").cum_sum() - 1,
        stay_no=pl.col("starts_stay").cum_sum() - 1,
    )
    devices = ranges(timeline, "starts_device", ("login", "platform", "os", "app_ver")).select(
        at("first", "device_no"),
        device_id=at("first", "device").cast(pl.String),
        is_device_login=pl.col("login").is_not_null(),
        platform=text("platform", "platform"),
        os=text("os", "os"),
        app_ver=text("app_ver", "app_ver"),
    )
    sessions = (
        ranges(timeline, "starts_session", ("wv_device_id", "login", "ctry", "lang"))
        .select(
            at("first", "device_no"),
            at("first", "session_no"),
            is_wv=pl.col("wv_device_id").is_not_null(),
            is_sess_login=pl.col("login").is_not_null(),
            sess_ctry=text("ctry", "ctry"),
            sess_lang=text("lang", "lang"),
            sess_start_dt=at("first", "log_dt"),
            sess_end_dt=at("last", "log_dt"),
        )
        .join(devices, on="device_no", how="left")
        .with_columns(
            sess_id=pl.concat_str(
                pl.col("sess_start_dt").dt.strftime("%Y%m%d%H%M%S%3f"),
                pl.lit("|"),
                escaped("device_id"),
            ),
            sess_dur=seconds_between("sess_start_dt", "sess_end_dt"),
        )
    )
    # An account that returns within a session continues its user session.
    stays = ranges(timeline, "starts_stay", ("user_id_matched", "ctry", "lang")).with_columns(
        at("first", "session_no"), at("first", "account_fill"), at("first", "stay_no")
    )
    stays = stays.with_columns(
        user_session_no=pl.col("stay_no").min().over("session_no", "account_fill")
    )
    user_sessions = (
        stays.group_by("user_session_no")
        .agg(
            pl.col("session_no", "account_fill").first(),
            pl.col("first").min(),
            pl.col("last", "user_id_matched", "ctry", "lang").max(),
        )
        .select(
            "session_no",
            "user_session_no",
            account_id=pl.col("account_fill").cast(pl.String),
            ws_user_id=text("user_id_matched", "s_user_id"),
            user_ctry=text("ctry", "ctry"),
            user_lang=text("lang", "lang"),
            user_sess_start_dt=at("first", "log_dt"),
            user_sess_end_dt=at("last", "log_dt"),
        )
        .join(sessions, on="session_no", how="left")
        .with_columns(
            user_sess_id=pl.coalesce(
                pl.concat_str("sess_id", pl.lit("|"), escaped("account_id")), "sess_id"
            ),
            user_sess_dur=seconds_between("user_sess_start_dt", "user_sess_end_dt"),
        )
    )
    keys = timeline.select(
        pl.lit(stays["user_session_no"]).gather(pl.col("stay_no")).alias("user_session_no"),
        "ws_art_id",
        "shop",
    ).unique()
    return keys.join(user_sessions, on="user_session_no", how="left")


def escaped(column: str) -> pl.Expr:
    """An id in the form that is used in `sess_id` and `user_sess_id`."""
    return pl.col(column).str.replace_many({"%": "%25", "|": "%7C"})


def seconds_between(start: str, end: str) -> pl.Expr:
    """Whole seconds of the end minus whole seconds of the start."""
    return pl.col(end).dt.epoch("s") - pl.col(start).dt.epoch("s")


def finish(
    rows: pl.DataFrame,
    artists: pl.DataFrame,
    memberships: pl.DataFrame,
    part_date: str,
    run_timestamp: datetime,
) -> pl.DataFrame:
    """Add artists and memberships, and select the columns of the mart with their types."""
    key_date = pl.lit(date.fromisoformat(part_date))
    artists = (
        artists.filter(pl.col("ws_art_id").is_not_null())
        .sort("we_art_id", "we_art_name")
        .unique("ws_art_id", keep="last", maintain_order=True)
    )
    # A null end means still running. A null start, which SPEC does not define, covers no day.
    is_running = pl.col("fc_end_date").is_null() | (pl.col("fc_end_date") >= key_date)
    members = (
        memberships.filter((pl.col("fc_start_date") <= key_date) & is_running)
        .select("we_member_id", "we_art_id", is_fc=True)
        .unique()
    )
    return (
        rows.lazy()
        .join(artists.lazy(), on="ws_art_id", how="left")
        .join(
            members.lazy(),
            left_on=["account_id", "we_art_id"],
            right_on=["we_member_id", "we_art_id"],
            how="left",
        )
        .with_columns(
            key_date=key_date,
            part_date=pl.lit(part_date),
            run_timestamp=pl.lit(run_timestamp),
            is_fc=pl.col("is_fc").fill_null(False),
        )
        .with_columns(we_member_id=pl.when("is_fc").then("account_id"))
        .select(pl.col(column).cast(type_) for column, type_ in MART_COLUMNS.items())
        .collect()
    )


# -- Files ------------------------------------------------------------------------------------


def read_log(path: str) -> pl.LazyFrame:
    """The log of a Parquet file or glob, with the types that `build_mart` takes."""
    return pl.scan_parquet(path).select(
        pl.col("log_dt").cast(pl.Datetime("us")),
        pl.col("ws_art_id").cast(pl.Int64),
        *(pl.col(c).cast(pl.String) for c in ("part_date", *ID_COLUMNS, *CODE_COLUMNS)),
    )


def read_source(path: str, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """The given columns of a CSV file with a header line, in which an empty field is null."""
    return pl.read_csv(path, schema_overrides=columns).select(columns.keys())


def main() -> None:
    log, artists, memberships, part_date, out = sys.argv[1:]
    mart = build_mart(
        read_log(log),
        read_source(artists, ARTIST_COLUMNS),
        read_source(memberships, MEMBERSHIP_COLUMNS),
        part_date,
    )
    mart.write_parquet(out)


if __name__ == "__main__":
    main()
