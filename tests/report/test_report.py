"""Test the report of the sample: its figures compared with hand-written SQL, its queries, hostile
names, many days, errors, and the page in a browser. Screenshots are in target/report_screenshots.

The sample is built once. Where possible, the hand-written SQL reads the mart, the sources and the
log, and not the views and statistics that the report reads.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scripts import make_report
from scripts.paths import ROOT
from scripts.report import charts
from tests.support import browser as chromium
from tests.support.browser import PHONE, Browser
from tests.support.warehouse import Warehouse

FIRST_DAY, LAST_DAY = "2024-01-14", "2024-01-16"
SCREENSHOTS = ROOT / "target" / "report_screenshots"
QUERIES = ROOT / "scripts" / "report" / "queries"
HOSTILE = """<script>alert('1')</script> & "둘" </svg><img src=x onerror=alert(2)>"""

VST_PLATFORM = (
    "case when platform is distinct from 'APP' then 'WEB'"
    " when is_wv = 1 then 'WV_APP' else 'WS_APP' end"
)
SESSIONS = (
    f"(select distinct part_date, sess_id, {VST_PLATFORM} as vst_platform, is_sess_login"
    " from we_mart.ws_sess_daily)"
)
USER_SESSIONS = (
    f"(select distinct part_date, user_sess_id, {VST_PLATFORM} as vst_platform, user_sess_dur,"
    " account_id, device_id from we_mart.ws_sess_daily)"
)
# Visitors: accounts, and devices on which no account was seen that day.
VISITORS = f"""(
    with visits as (
        select
            part_date,
            {VST_PLATFORM} as vst_platform,
            account_id,
            device_id,
            max(account_id) over (partition by part_date, device_id) as account_of_device
        from we_mart.ws_sess_daily
    )
    select
        part_date,
        coalesce('account ' || account_id, 'device ' || device_id) as visitor,
        case when count(distinct vst_platform) > 1 then 'SEVERAL' else max(vst_platform) end
            as visited_by
    from visits
    where account_id is not null or account_of_device is null
    group by part_date, visitor
)"""
# The platform of an order item: that of the last user session that its account had started.
ITEMS = f"""(
    select
        ws_order.*,
        coalesce((
            select {VST_PLATFORM}
            from we_mart.ws_sess_daily as mart
            where
                mart.part_date = ws_order.part_date
                and mart.account_id = ws_order.account_id
                and date_trunc('second', user_sess_start_dt) <= ord_dt
            order by user_sess_start_dt desc, user_sess_id desc
            limit 1
        ), 'NONE') as vst_platform
    from we_mart.ws_order
)"""
NO_DEVICE = " and ".join(
    f"regexp_full_match(coalesce(lower(trim({column})), ''), 'null|undefined|none|nan|[0-]*')"
    for column in ("user_device_id", "wv_device_id")
)

# The expected result of each query of the report, as hand-written SQL.
BY_HAND = {
    "key_figures": f"""
        select
            part_date,
            (select count(*) from {SESSIONS} as s where s.part_date = d.part_date),
            (select count(*) from {VISITORS} as v where v.part_date = d.part_date),
            (
                select count(distinct account_id) from we_mart.ws_order as o
                where o.part_date = d.part_date
            ),
            (
                select sum(ord_item_amt_krw) from we_mart.ws_order as o
                where o.part_date = d.part_date
            )
        from (values ('2024-01-15'), ('2024-01-16')) as d (part_date)""",
    "sessions_by_day_and_platform": f"""
        select part_date, vst_platform, count(*) from {SESSIONS} group by all""",
    "visitors_by_day_and_platform": f"""
        select part_date, visited_by, count(*) from {VISITORS} group by all""",
    "logins_by_day": f"""
        select
            part_date,
            count(*),
            count(*) filter (is_sess_login = 1),
            count(*) filter (is_sess_login = 0),
            round(count(*) filter (is_sess_login = 1) * 100 / count(*), 1)
        from {SESSIONS} group by all""",
    "new_accounts_by_day": """
        select
            part_date,
            count(*),
            count(*) filter (earlier = 0 and part_date > '2024-01-14'),
            count(*) filter (earlier > 0),
            count(*) filter (part_date = '2024-01-14')
        from (
            select
                part_date,
                account_id,
                (
                    select count(*) from we_mart.ws_sess_daily as before
                    where before.account_id = mart.account_id
                    and before.part_date < mart.part_date
                ) as earlier
            from we_mart.ws_sess_daily as mart
            where account_id is not null
            group by part_date, account_id
        ) group by all""",
    "user_sessions_by_platform": f"""
        select vst_platform, count(*), count(distinct account_id), count(distinct device_id)
        from {USER_SESSIONS} group by all""",
    "average_time_by_platform": f"""
        select
            vst_platform,
            count(*),
            round(sum(user_sess_dur) / 3600, 1),
            round(sum(user_sess_dur) / count(*) / 60, 1)
        from {USER_SESSIONS} group by all""",
    "time_by_day_and_platform": f"""
        select part_date, vst_platform, count(*), round(sum(user_sess_dur) / 3600, 2)
        from {USER_SESSIONS} group by all""",
    "amount_by_day_and_platform": f"""
        select part_date, vst_platform, sum(krw), sum(qty)
        from (
            select part_date, vst_platform, ord_item_amt_krw as krw, ord_item_qty as qty
            from {ITEMS}
            union all
            select distinct part_date, vst_platform, 0, 0 from {USER_SESSIONS}
            where account_id is not null
        ) group by all""",
    "payers_by_day_and_platform": f"""
        select
            part_date,
            count(distinct account_id),
            count(distinct account_id) filter (vst_platform = 'WS_APP'),
            count(distinct account_id) filter (vst_platform = 'WV_APP'),
            count(distinct account_id) filter (vst_platform = 'WEB'),
            count(distinct account_id) filter (vst_platform = 'NONE')
        from {ITEMS} group by all""",
    "conversion_by_platform": f"""
        select vst_platform, visited, bought, round(bought * 100 / visited, 1)
        from (
            select vst_platform, count(distinct account_id) as visited
            from {USER_SESSIONS} group by all
        )
        join (
            select vst_platform, count(distinct account_id) as bought from {ITEMS} group by all
        ) using (vst_platform)""",
    "fan_club_share_by_artist": """
        select
            we_art_id,
            any_value(we_art_name),
            count(distinct account_id),
            count(distinct we_member_id),
            round(count(distinct we_member_id) * 100 / count(distinct account_id), 1)
        from we_mart.ws_sess_daily
        where we_art_id is not null group by we_art_id""",
    "user_sessions_by_artist": """
        select
            we_art_id,
            any_value(we_art_name),
            count(distinct (part_date, user_sess_id)),
            count(distinct (part_date, user_sess_id)) filter (we_member_id is not null),
            count(distinct (part_date, user_sess_id))
                filter (we_member_id is null and account_id is not null),
            count(distinct (part_date, user_sess_id)) filter (account_id is null)
        from we_mart.ws_sess_daily
        where we_art_id is not null group by we_art_id""",
    # The number of lines per day is counted in the log. The end-to-end tests check the duplicates
    # against the specification.
    "lines_by_day": """
        select
            part_date,
            count(*),
            any_value(events_kept),
            any_value(duplicates),
            count(*) - any_value(events_kept + duplicates)
        from service_log.weplyapi_client_log
        join we_mart.ws_sess_daily_audit using (part_date)
        group by all""",
    "lines_left_out_by_day": f"""
        select
            part_date,
            any_value(duplicates),
            count(*) filter (log_dt is null),
            count(*) filter (log_dt is not null and {NO_DEVICE}),
            count(*) filter (
                not ({NO_DEVICE})
                and not log_dt between part_date::timestamp - interval 1 day
                    and part_date::timestamp + interval 2 day
            )
        from service_log.weplyapi_client_log
        join we_mart.ws_sess_daily_audit using (part_date)
        group by all""",
    "days_to_build_again": "select null where false",
}


class Page(HTMLParser):
    """Parses a page into its tables, queries and figures, and collects its tags and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.queries: dict[str, str] = {}
        self.figures: dict[str, str] = {}
        self.changes: list[str] = []
        self.titles: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._into: Any = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= given.keys()
        name = given.get("id") or ""
        if tag == "table":
            self._rows = self.tables.setdefault(name.removeprefix("table-"), [])
        elif tag == "tr":
            self._rows.append([])
        elif tag == "td":
            self._rows[-1].append(given.get("data-value", ""))
            self._into = "cell" if "data-value" not in given else None
        elif tag == "code" and name.startswith("sql-"):
            self._into = name.removeprefix("sql-")
            self.queries[self._into] = ""
        elif tag == "title":
            self.titles.append("")
            self._into = "title"
        elif "data-figure" in given:
            self.figures[given["data-figure"]] = given["data-value"]
        elif given.get("class") == "change":
            self.changes.append("")
            self._into = "change"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "code", "title", "p"):
            self._into = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._into == "cell":
            self._rows[-1][-1] += data
        elif self._into == "title":
            self.titles[-1] += data
        elif self._into == "change":
            self.changes[-1] += data
        elif self._into:
            self.queries[self._into] += data

    def rows(self, name: str) -> list[list[str]]:
        """The rows of a table without the header."""
        return [row for row in self.tables[name] if row]


def compared(rows: list[Any]) -> list[tuple[str, ...]]:
    """Normalize rows for comparison: numbers without commas and trailing .0, in a fixed order."""

    def one(value: Any) -> str:
        text = str(value).replace(",", "")
        return text.removesuffix(".0")

    return sorted(tuple(map(one, row)) for row in rows)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The three days of the sample."""
    warehouse = Warehouse(tmp_path_factory.mktemp("sample"))
    days = f"{{part_date: {FIRST_DAY}, part_date_to: {LAST_DAY}}}"
    for command in (["seed"], ["run", "--vars", days]):
        done = warehouse.dbt(*command)
        assert done.returncode == 0, done.stdout
    return warehouse


@pytest.fixture
def copy(sample: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy of the sample that tests can change."""
    return Warehouse(tmp_path, copy_of=sample)


def report(warehouse: Warehouse | Path, *arguments: str) -> tuple[int, Path]:
    """Run the script on a warehouse, and return its exit code and the page."""
    path = warehouse if isinstance(warehouse, Path) else warehouse.path
    out = path.parent / "report.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WS_DUCKDB_PATH", str(path))
        return make_report.main([*arguments, "--out", str(out)]), out


def page_of(warehouse: Warehouse, *arguments: str) -> Page:
    code, out = report(warehouse, *arguments)
    assert code == 0
    return Page(out.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sample_file(sample: Warehouse) -> Path:
    """The page of the sample."""
    code, out = report(sample)
    assert code == 0
    return out


@pytest.fixture(scope="session")
def sample_page(sample_file: Path) -> Page:
    return Page(sample_file.read_text(encoding="utf-8"))


def test_every_chart_has_its_query_in_a_file_and_each_is_compared():
    charts = {
        chart["name"] for section in make_report.CONTENTS["sections"] for chart in section["charts"]
    }
    files = {path.stem for path in QUERIES.glob("*.sql")}
    assert charts | {"key_figures"} == files == set(BY_HAND)


@pytest.mark.parametrize("name", sorted(set(BY_HAND) - {"key_figures", "days_to_build_again"}))
def test_the_numbers_of_a_chart_are_those_of_sql_by_hand(
    name: str, sample: Warehouse, sample_page: Page
):
    expected = sample.answer(BY_HAND[name])
    assert expected
    assert compared(sample_page.rows(name)) == compared(expected)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_a_query_as_the_page_shows_it_gives_the_rows_of_sql_by_hand(
    name: str, sample: Warehouse, sample_page: Page
):
    assert "$" not in sample_page.queries[name]
    assert compared(sample.answer(sample_page.queries[name])) == compared(
        sample.answer(BY_HAND[name])
    )


def test_key_figures_are_those_of_the_last_day_with_their_change(
    sample: Warehouse, sample_page: Page
):
    before, last = sorted(sample.answer(BY_HAND["key_figures"]))
    columns = ["sessions", "visitors", "payers", "pay_krw"]
    assert sample_page.figures == dict(zip(columns, map(str, last[1:])))
    for said, old, new in zip(sample_page.changes, before[1:], last[1:], strict=True):
        assert f"{new - old:+,} ({100 * (new - old) / old:+.1f}%)" in said


def test_a_bar_says_its_number(sample: Warehouse, sample_page: Page):
    for day, platform, sessions in sample.answer(BY_HAND["sessions_by_day_and_platform"]):
        words = make_report.CONTENTS["values"][platform]["ko"]
        assert f"{day} · {words}: {sessions}" in sample_page.titles


def test_a_day_alone_has_nothing_to_compare_with_but_its_own_day_before(copy: Warehouse):
    second = page_of(copy, "--from", "2024-01-15", "--to", "2024-01-15")
    assert {row[0] for row in second.rows("lines_by_day")} == {"2024-01-15"}
    assert all("전일 대비" in said for said in second.changes)
    first = page_of(copy, "--to", "2024-01-14")
    assert all("비교할 전일 없음" in said for said in first.changes)


def test_names_of_artists_are_text_whatever_they_hold(copy: Warehouse):
    text = HOSTILE.replace("'", "''")
    copy.execute(
        f"update we_mart.ws_sess_daily set we_art_name = '{text}' where we_art_id in (11, 12)",
        "update we_mart.ws_sess_daily set we_art_name = '' where we_art_id = 13",
        "update we_mart.ws_sess_daily set we_art_name = null where we_art_id = 14",
        "update we_mart.ws_sess_daily set we_art_name = 'a' || chr(1) || chr(10) || 'b'"
        " where we_art_id = 15",
    )
    page = page_of(copy)
    names = {row[0]: row[1] for row in page.rows("fan_club_share_by_artist")}
    hostile = " ".join(HOSTILE.split())
    assert names["11"] == f"{hostile} (11)" and names["12"] == f"{hostile} (12)"
    assert names["13"] == "이름 없음 (13)" and names["14"] == "이름 없음 (14)"
    assert names["15"] == "a b"
    assert any(hostile in title for title in page.titles)
    assert not page.tags & {"script", "img", "iframe", "object"}
    assert not [name for name in page.attributes if name.startswith("on")]


def test_artists_beyond_the_most_share_a_row_in_which_accounts_count_once(copy: Warehouse):
    most = make_report.MOST_ARTISTS
    copy.execute(
        "insert into we_mart.ws_sess_daily select mart.* replace (1000 + i as we_art_id,"
        " 'artist ' || i as we_art_name) from we_mart.ws_sess_daily as mart,"
        " range(20) as numbers (i) where we_art_id is not null and account_id is not null"
    )
    page = page_of(copy)
    rows = page.rows("fan_club_share_by_artist")
    assert len(rows) == most + 1
    shown = ", ".join(row[0] for row in rows[:-1])
    ((accounts, sessions),) = copy.answer(
        "select count(distinct account_id), count(distinct (part_date, user_sess_id))"
        f" from we_mart.ws_sess_daily where we_art_id not in ({shown})"
    )
    assert rows[-1][1:3] == ["그 밖의 아티스트", f"{accounts:,}"]
    assert page.rows("user_sessions_by_artist")[-1][2] == f"{sessions:,}"


def test_a_year_of_days_is_drawn_as_lines(copy: Warehouse):
    copy.execute(
        *(
            f"insert into we_mart.{table} select rows.* replace"
            " (cast(part_date::date + 3 * i::int as varchar) as part_date)"
            f" from we_mart.{table} as rows, range(1, 120) as numbers (i)"
            for table in ("ws_sess_daily_audit", "stats_we_d_integ_visit")
        )
    )
    page = page_of(copy, "--from", "2024-02-01")
    days = 3 * 120 - 18
    assert len(page.rows("lines_by_day")) == days
    assert f"빌드된 날짜 {days}일" in page.text


def test_a_log_without_orders_says_so(copy: Warehouse):
    copy.execute("truncate we_mart.ws_order")
    assert copy.build_days(FIRST_DAY, LAST_DAY, "ws_platform_daily").returncode == 0
    page = page_of(copy)
    assert page.figures["payers"] == page.figures["pay_krw"] == "0"
    assert page.text.count("이 기간에는 데이터가 없습니다.") == 2
    assert {row[-1] for row in page.rows("conversion_by_platform")} == {"0.0"}


def test_key_figures_have_a_percentage_only_of_an_amount_that_stays_positive():
    period = make_report.Period("2024-01-14", "2024-01-15", ["2024-01-14", "2024-01-15"])
    columns = ["part_date", *(given["column"] for given in make_report.CONTENTS["key_figures"])]

    def change(before: int, now: int) -> str:
        rows = [(day, 1, 1, 1, krw) for day, krw in zip(period.days, (before, now))]
        return make_report.figures_of(make_report.Answer("key_figures", "", columns, rows), period)[
            -1
        ]["change"]

    assert change(100, 150) == "+50 (+50.0%)"
    assert change(100, 0) == "-100 (-100.0%)"
    assert change(100, -50) == "-150"
    assert change(0, 50) == "+50"
    assert change(-100, -150) == "-50"
    assert change(-100, 50) == "+150"
    assert change(-100, -100) == "0"


# The amount of an order item of each day, by platform, and the axis and totals that it needs.
AMOUNTS = {
    "one refund": ([(5e5, -3e6), (5e5, 0)], ["−300", "100"], ["−250", "50"]),
    "nothing but refunds": ([(-5e5, -3e5), (-1e5, 0)], ["−80", "0"], ["−80", "−10"]),
    "refunds on one platform": ([(5e5, -3e5), (4e5, -1e5)], ["−40", "60"], ["20", "30"]),
    "one day": ([(-400, -30)], ["−500", "0"], ["−430"]),
    "a total of 0": ([(5e5, -5e5)], ["−60", "60"], ["0"]),
    "no refund": ([(5e5, 3e5)], ["0", "80"], ["80"]),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_axis_of_a_bar_chart_by_day_fits_refunds(name: str):
    amounts, ends, totals = AMOUNTS[name]
    days = [f"2024-01-{14 + place}" for place in range(len(amounts))]
    drawn = charts.draw_days(
        [
            charts.Point(day, series, value, "")
            for day, of_day in zip(days, amounts)
            for series, value in zip(("WEB", "WS_APP"), of_day)
        ],
        days,
        [charts.Series("WEB", "ochre"), charts.Series("WS_APP", "teal")],
        stacked=True,
        axis=("결제 금액", "원"),
        width=charts.WIDE,
    )
    labels = re.findall(r'text-anchor="end" [^>]*>([^<]+)<', drawn)
    assert [labels[0], labels[-1]] == ends
    assert re.findall(r'font-weight="600" [^>]*>([^<]+)<', drawn) == totals
    bars = re.findall(r'd="M[\d.]+,([\d.-]+)h[\d.]+v([\d.-]+)h', drawn)
    assert len(bars) == sum(value != 0 for of_day in amounts for value in of_day)
    assert all(0 <= float(top) and float(top) + float(high) <= charts.HEIGHT for top, high in bars)


def test_axis_of_lines_and_of_bars_by_row_fits_refunds():
    days = [f"2024-01-{day:02}" for day in range(1, 32)] + ["2024-02-01"]
    amounts = [(-1) ** place * 1000.0 * place for place in range(len(days))]
    drawn = charts.draw_days(
        [charts.Point(day, "WEB", value, "") for day, value in zip(days, amounts)],
        days,
        [charts.Series("WEB", "ochre")],
        stacked=True,
        axis=("결제 금액", "원"),
        width=charts.WIDE,
    )
    (line,) = re.findall(r'd="(M[^"]+)"', drawn)
    heights = [float(height) for height in re.findall(r",([\d.-]+)", line)]
    assert len(heights) == len(days) and 0 <= min(heights) and max(heights) <= charts.HEIGHT
    drawn = charts.draw_bars(
        [charts.Point("one", "WEB", -200.0, ""), charts.Point("two", "WEB", 100.0, "")],
        [("one", "-200"), ("two", "100")],
        [charts.Series("WEB", "ochre")],
        axis=("결제 금액", "원"),
        most=None,
        width=charts.WIDE,
    )
    (refund, payment) = re.findall(r'd="M([\d.-]+),[\d.-]+h([\d.]+)v', drawn)
    assert [float(refund[0]), float(refund[1])] == [0, float(payment[0])]
    assert float(payment[1]) == pytest.approx(float(refund[1]) / 2, abs=0.2)


def test_days_to_build_again_stand_there_with_their_command(copy: Warehouse, sample_page: Page):
    assert "모든 날짜가 최신 상태입니다." in sample_page.text
    log = "service_log.weplyapi_client_log"
    copy.execute(
        f"delete from {log} where part_date = '2024-01-15' and log_id in"
        f" (select min(log_id) from {log} where part_date = '2024-01-15')",
        f"insert into {log} select rows.* replace ('2024-01-20' as part_date)"
        f" from {log} as rows where part_date = '2024-01-16'",
    )
    page = page_of(copy)
    rows = page.rows("days_to_build_again")
    assert [row[:2] for row in rows] == [["2024-01-15", "stale"], ["2024-01-20", "missing"]]
    assert rows[0][-1] == "dbt run --select ws_sess_daily+ --vars '{part_date: 2024-01-15}'"


def test_errors_say_what_to_do(copy: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def said(warehouse: Warehouse | Path, *arguments: str) -> str:
        capsys.readouterr()
        code, out = report(warehouse, *arguments)
        assert code == 1 and not out.exists()
        (line,) = capsys.readouterr().err.splitlines()
        return line

    nowhere = tmp_path / "nowhere.duckdb"
    assert said(nowhere) == (
        f"There is no warehouse at {nowhere}. Build one (make run), or name another"
        " (WS_DUCKDB_PATH=...)."
    )
    text = tmp_path / "text.duckdb"
    text.write_text("no database")
    assert said(text).startswith(f"{text} cannot be read: ")
    assert said(copy, "--from", "2024-02-01") == (
        f"{copy.path} has no built day from 2024-02-01 to 2024-01-16. It has 3 days from"
        " 2024-01-14 to 2024-01-16."
    )
    with held(copy.path):
        line = said(copy)
        assert line.startswith(f"{copy.path} is open in ") and "Close it there" in line
    copy.execute("truncate we_mart.ws_sess_daily_audit")
    assert said(copy) == f"{copy.path} has no built day. Build some (make run) and try again."
    copy.execute("drop table we_mart.ws_platform_daily")
    assert "has no we_mart.ws_platform_daily. Build all tables (make run)" in said(copy)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The warehouse open for writing in another process."""
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "open\n"
        yield
        process.communicate("\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", "2024-02-30"], '"2024-02-30" is not a day; expected yyyy-MM-dd'),
        (
            ["--from", "2024-01-16", "--to", "2024-01-14"],
            "--from 2024-01-16 is after --to 2024-01-14",
        ),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        make_report.main(arguments)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.opened(SCREENSHOTS) as opened:
        yield opened


# The names of drawn elements and numbers that lie outside the chart, below its title and above its
# note, and of texts that cover each other.
MISPLACED = """
    return [...document.querySelectorAll('.chart')].filter(c => c.offsetParent).flatMap(chart => {
        const name = chart.closest('.card').id;
        const frame = chart.querySelector('svg').getBoundingClientRect();
        const texts = [...chart.querySelectorAll('text')];
        const box = element => element.getBoundingClientRect();
        const outside = [...chart.querySelectorAll('path, line'), ...texts].filter(element => {
            const {left, right, top, bottom} = box(element);
            return left < frame.left - 1 || right > frame.right + 1
                || top < frame.top - 8 || bottom > frame.bottom + 1;
        });
        const covered = texts.filter((one, place) => texts.slice(place + 1).some(other => {
            const [a, b] = [box(one), box(other)];
            return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
        }));
        return [...outside, ...covered].map(element => `${name}: ${element.outerHTML}`);
    });
"""


@pytest.mark.parametrize("size", [chromium.DESKTOP, PHONE], ids=["light", "phone_dark"])
def test_a_refund_stays_within_its_chart(size: tuple[int, int], copy: Warehouse, browser: Browser):
    copy.execute(
        "update we_mart.ws_platform_daily set pay_krw = pay_krw - 3000000 where (part_date,"
        " account_id, vst_platform) in (select min((part_date, account_id, vst_platform))"
        " from we_mart.ws_platform_daily where part_date = '2024-01-16')"
    )
    code, out = report(copy)
    assert code == 0
    browser.open(out.as_uri(), size=size, dark=size == PHONE)
    assert browser.script(MISPLACED) == []
    browser.keep("refund_phone_dark" if size == PHONE else "refund", whole=True)
    assert int(Page(out.read_text(encoding="utf-8")).figures["pay_krw"]) < 0


@pytest.mark.parametrize(
    ("name", "size", "dark"),
    [
        ("light", chromium.DESKTOP, False),
        ("dark", chromium.DESKTOP, True),
        ("phone", PHONE, False),
        ("phone_dark", PHONE, True),
    ],
)
def test_the_page_in_a_browser(
    name: str, size: tuple[int, int], dark: bool, sample_file: Path, browser: Browser
):
    browser.open(sample_file.as_uri(), size=size, dark=dark)
    drawn, wide, outside = browser.script(
        """
        const charts = [...document.querySelectorAll('.chart')].filter(c => c.offsetParent);
        const outside = charts.flatMap(chart => {
            const frame = chart.closest('.card').getBoundingClientRect();
            return [...chart.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left || box.right > frame.right;
            }).map(text => text.textContent);
        });
        return [charts.length, document.documentElement.scrollWidth, outside];
        """
    )
    charts = [c for s in make_report.CONTENTS["sections"] for c in s["charts"]]
    assert drawn == len([chart for chart in charts if chart["kind"] != "table"])
    assert wide == size[0], "The page is wider than the screen."
    assert outside == []
    browser.keep(name, whole=True)
    page, bar = browser.script(
        "const style = element => getComputedStyle(element);"
        "return [style(document.body).backgroundColor,"
        " style(document.querySelector(\".chart [fill='#0b7d72']\")).fill]"
    )
    assert (page, bar) == (
        ("rgb(17, 22, 29)", "rgb(69, 184, 169)")
        if dark
        else ("rgb(246, 248, 249)", "rgb(11, 125, 114)")
    )
    browser.script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.script("return document.documentElement.scrollWidth") == size[0]
    browser.keep(f"{name}_open", whole=True)
    assert browser.complaints(allowed=sample_file.as_uri()) == []
