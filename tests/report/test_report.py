"""Test the report of the sample: its figures compared with hand-written SQL, its queries, hostile
names, and many days.

Where possible, the hand-written SQL reads the mart, the sources and the log, and not the views and
statistics that the report reads.
"""

from __future__ import annotations

import pytest

from scripts import make_report
from scripts.paths import ROOT
from tests.support.report_page import Page, compared, page_of
from tests.support.warehouse import Warehouse

FIRST_DAY, LAST_DAY = "2024-01-14", "2024-01-16"
QUERIES = ROOT / "analyses" / "report"
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
    "unusual_days": "select null where false",
}
# The sample has no row for these.
EMPTY = {"days_to_build_again", "unusual_days"}


def test_every_chart_has_its_query_in_a_file_and_each_is_compared():
    charts = {
        chart["name"] for section in make_report.CONTENTS["sections"] for chart in section["charts"]
    }
    files = {path.stem for path in QUERIES.glob("*.sql")}
    assert charts | {"key_figures"} == files == set(BY_HAND)


def test_every_column_has_a_name_in_both_languages(sample: Warehouse, sample_page: Page):
    with sample.connection() as connection:
        for sql in sample_page.queries.values():
            for column, *_ in connection.execute(sql).description:
                named = make_report.CONTENTS["columns"][column]
                assert named["ko"] and named["en"], column


@pytest.mark.parametrize("name", sorted(set(BY_HAND) - {"key_figures"} - EMPTY))
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
    assert "{" not in sample_page.queries[name]
    assert compared(sample.answer(sample_page.queries[name])) == compared(
        sample.answer(BY_HAND[name])
    )


def test_key_figures_are_those_of_the_last_day_with_their_change(
    sample: Warehouse, sample_page: Page
):
    before, last = sorted(sample.answer(BY_HAND["key_figures"]))
    columns = ["sessions", "visitors", "payers", "paid_amount"]
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
    # Without a first day, it is 28 days.
    to_the_last, to_another = page_of(copy), page_of(copy, "--to", "2024-06-30")
    for page, first, last in (
        (to_the_last, "2024-12-11", "2025-01-07"),
        (to_another, "2024-06-03", "2024-06-30"),
    ):
        shown = [row[0] for row in page.rows("lines_by_day")]
        assert (shown[0], shown[-1], len(shown)) == (first, last, 28)
        assert f"{first} ~ {last}" in page.text and "빌드된 날짜 28일" in page.text
        assert "마트에는 2024-01-14부터 2025-01-07까지 360일이 있습니다." in page.text
    beyond_the_mart = page_of(copy, "--to", "2025-06-30")
    assert beyond_the_mart.rows("lines_by_day") == to_the_last.rows("lines_by_day")


def test_an_account_that_came_in_the_60_days_before_the_page_is_not_new(copy: Warehouse):
    account = "(select min(account_id) from we_mart.ws_sess_daily where part_date = '2024-01-16')"
    accounts = copy.value(
        "select count(distinct account_id) from we_mart.ws_sess_daily"
        " where part_date = '2024-01-16'"
    )
    for before, new in (("2023-11-16", accounts), ("2023-11-17", accounts - 1)):
        copy.execute(
            "delete from we_mart.ws_sess_daily where part_date <> '2024-01-16'",
            f"insert into we_mart.ws_sess_daily select * replace ('{before}' as part_date)"
            f" from we_mart.ws_sess_daily where account_id = {account}",
        )
        page = page_of(copy, "--from", "2024-01-16")
        assert page.rows("new_accounts_by_day") == [
            ["2024-01-16", *map(str, (accounts, new, accounts - new, 0))]
        ]


def test_a_log_without_orders_says_so(copy: Warehouse):
    copy.execute("truncate we_mart.ws_order")
    assert copy.build_days(FIRST_DAY, LAST_DAY, "ws_platform_daily").returncode == 0
    page = page_of(copy)
    assert page.figures["payers"] == page.figures["paid_amount"] == "0"
    assert page.text.count("이 기간에는 데이터가 없습니다.") == 2
    assert {row[-1] for row in page.rows("conversion_by_platform")} == {"0.0"}


def test_key_figures_have_a_percentage_only_of_an_amount_that_stays_positive():
    days = ["2024-01-14", "2024-01-15"]
    period = make_report.Period(*days, days, days, days[-1])
    columns = ["part_date", *(given["column"] for given in make_report.CONTENTS["key_figures"])]

    def change(before: int, now: int) -> str:
        rows = [(day, 1, 1, 1, krw) for day, krw in zip(days, (before, now))]
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


def test_unusual_days_stand_there_with_both_figures(copy: Warehouse, sample_page: Page):
    assert "평소와 크게 다른 날짜가 없습니다." in sample_page.text
    audit = "we_mart.ws_sess_daily_audit"
    copy.execute(
        f"insert into {audit}"
        " select rows.* replace (day as part_date, lines_read / n as lines_read,"
        f" user_sessions * 3 as user_sessions) from {audit} as rows,"
        " (values ('2023-12-26', 10), ('2024-01-02', 4), ('2024-01-09', 2)) as days (day, n)"
        " where part_date = '2024-01-16'"
    )
    page = page_of(copy)
    assert "평소와 다른 날짜: 2024-01-16" in page.text
    assert [(day, measure, days) for day, measure, _, _, days in page.rows("unusual_days")] == [
        ("2024-01-16", "lines_read", "3"),
        ("2024-01-16", "rows_per_user_session", "3"),
        ("2024-01-16", "user_sessions", "3"),
    ]
    both = [[float(value) for value in row[2:4]] for row in page.rows("unusual_days")]
    assert both == [[658, 164], pytest.approx([174 / 75, 174 / 225]), [75, 225]]
    assert "0.773" in page.text


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
