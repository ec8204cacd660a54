"""Test the documentation site in Chromium, on a desktop and on a phone, light and dark. Screenshots
are in target/site_screenshots.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from scripts.docs_site import lineages
from scripts.docs_site.facts import metrics_of
from scripts.docs_site.nodes import Nodes, SiteError
from scripts.docs_site.origins import rules_by_column
from scripts.docs_site.pages import Site
from scripts.paths import ROOT
from tests.site.conftest import SECRETS, Made
from tests.support.browser import PHONE, Browser
from tests.support.planted_secrets import secrets_left

HANGUL = re.compile("[가-힣]")
MART = "tables/ws_sess_daily.html"
SOURCES = "developers/sources.html"
WALKTHROUGH = "developers/walkthrough.html"
PAGE_OF_DBT = "developers/dbt_docs.html"
RESULTS = ".md-search-result__item > a"

# Search texts of analysts and the expected first result.
SEARCHES = {
    "팬클럽": "ws_sess_daily",
    "유저 세션": "ws_user_sess_daily",
    "방문자": "stats_we_d_integ_visit",
    "session duration": "ws_user_sess_daily",
    "ws_sess_daily": "ws_sess_daily",
}


CONTRACT = (ROOT / "docs" / "data_contract.md").read_text(encoding="utf-8")


def shown_names(made: Made) -> set[str]:
    """Models, sources and snapshots of the project, except the calendar of the metrics."""
    nodes = [*made.manifest["nodes"].values(), *made.manifest["sources"].values()]
    return {
        node["name"] for node in nodes if node["resource_type"] in ("model", "source", "snapshot")
    } - {"metricflow_time_spine"}


def search(browser: Browser, text: str) -> list[str]:
    """The pages found for a text that is typed into the search of a new page, best first."""
    browser.script("document.querySelector('[data-md-toggle=search]').click()")
    field = browser.driver.find_element("css selector", "[data-md-component=search-query]")
    field.send_keys(text)
    # The empty search has no results, and all letters are typed at once.
    browser.wait(lambda: field.get_attribute("value") == text and links(browser, RESULTS))
    pages = [re.sub("[?#].*", "", link) for link in links(browser, RESULTS)]
    return list(dict.fromkeys(pages))


def links(browser: Browser, selector: str) -> list[str]:
    return browser.script(
        "return [...document.querySelectorAll(arguments[0])].map(a => a.href)", selector
    )


def lineage(browser: Browser) -> list[str]:
    """The names of the nodes in the lineage."""
    return browser.script(
        "return [...document.querySelectorAll('.lineage a')].map(a => a.dataset.node)"
    )


# -- Every page -------------------------------------------------------------------------------


def test_no_page_complains_or_asks_another_host(browser: Browser, made: Made, address: str) -> None:
    pages = {str(file.relative_to(made.folder)) for file in made.folder.rglob("*.html")}
    pages.remove(PAGE_OF_DBT)  # test_page_of_dbt.py
    assert len(pages) > 30
    complaints = {}
    for page in sorted(pages):
        browser.open(f"{address}{page}")
        if found := browser.complaints(allowed=address):
            complaints[page] = found
    assert complaints == {}


def test_complaints_are_heard(browser: Browser, address: str) -> None:
    browser.open(f"{address}index.html")
    browser.script("console.error('broken'); fetch('http://localhost:9/elsewhere').catch(() => 0)")
    found = browser.wait(lambda: browser.complaints(allowed=address))
    assert any("broken" in line for line in found)
    assert any(line == "asks for http://localhost:9/elsewhere" for line in found)


@pytest.mark.parametrize(
    "page",
    [
        *("index.html", MART, SOURCES, "analysts/glossary.html", "analysts/data_contract.html"),
        WALKTHROUGH,
    ],
)
def test_page_fits_a_phone(browser: Browser, address: str, page: str) -> None:
    browser.open(address + page, size=PHONE)
    assert browser.script("return document.documentElement.scrollWidth") == PHONE[0]
    browser.keep(f"phone_{Path(page).stem}")


def test_pages_can_be_opened_as_files(browser: Browser, made: Made) -> None:
    place = made.folder.as_uri() + "/"
    browser.open(f"{place}index.html")
    assert search(browser, "팬클럽")[0].endswith(MART)
    browser.open(place + MART)
    browser.driver.find_element("css selector", ".lineage a[data-node=ws_platform_daily]").click()
    browser.wait(lambda: browser.driver.title.startswith("ws_platform_daily"))
    assert browser.complaints(allowed=place) == []


def test_no_secret_of_the_environment_is_in_the_site(made: Made) -> None:
    catalog = (made.folder.parent / "catalog.json").read_text(encoding="utf-8")
    assert secrets_left(made.folder, SECRETS.values(), {"catalog": catalog}) == ["catalog"]


# -- The first page ---------------------------------------------------------------------------


def test_first_page_leads_to_every_table(browser: Browser, made: Made, address: str) -> None:
    browser.open(f"{address}index.html")
    text = browser.script("return document.querySelector('article').innerText")
    assert "집계한 데이터 마트입니다" in text and "sessions per UTC" in text
    assert "2024-01-14 ~ 2024-01-16" in text, "the last build"
    tables = {file.stem for file in (made.folder / "tables").glob("*.html")} - {"index"}
    linked = browser.script(
        "return [...document.querySelectorAll('table.list a')].map(a => a.innerText)"
    )
    assert set(linked) == tables and len(linked) == len(tables) == 17
    for reader in ("분석가", "운영 담당자", "개발자"):
        assert reader in text
    assert f"{address}{PAGE_OF_DBT}" in links(browser, "article a")
    browser.open(f"{address}developers/design.html")
    assert f"{address}{PAGE_OF_DBT}" in links(browser, "nav a")


# -- The walkthrough --------------------------------------------------------------------------


def test_walkthrough_is_first_for_developers_and_leads_to_the_steps(
    browser: Browser, made: Made, address: str
) -> None:
    browser.open(f"{address}index.html")
    (tab,) = [
        link for link in links(browser, ".md-tabs__link") if link.startswith(f"{address}developers")
    ]
    assert tab == address + WALKTHROUGH
    browser.open(address + WALKTHROUGH)
    steps, rows = browser.script(
        "return [[...document.querySelectorAll('article h3 + p a')].map(a => a.innerText),"
        " [...document.querySelectorAll('article pre code')].map("
        "code => code.innerText.trim().split('\\n'))]"
    )
    assert len(steps) == len(rows) == 14
    assert max(map(len, rows)) == 6, "the columns, and five lines"
    *to_steps, to_mart = links(browser, "article h3 + p a")
    assert to_mart == address + MART
    anchors = (made.folder / "developers" / "steps.html").read_text(encoding="utf-8")
    assert [link for link in to_steps if f'id="{link.partition("#")[2]}"' not in anchors] == []


# -- A table's page ---------------------------------------------------------------------------


def test_columns_of_the_mart_are_those_of_the_data_contract(browser: Browser, address: str) -> None:
    browser.open(address + MART)
    rows = browser.script(
        "return [...document.querySelectorAll('table.columns tbody tr[id]')].map("
        "row => ['.column', '.type', '.ko .label', '.ko', '.en'].map("
        "part => row.querySelector(part).innerText.trim()))"
    )
    contract = re.findall(r"^\| \d+ \| `(\w+)` \| (\w+) \|", CONTRACT, flags=re.MULTILINE)
    assert [(name, kind) for name, kind, *_ in rows] == contract
    assert len(rows) == 30
    for name, _, label, korean, english in rows:
        assert label and korean.startswith(label), name
        assert HANGUL.search(korean.removeprefix(label)), name
        assert len(english.split()) > 1 and not HANGUL.search(english), name
    # Nothing is cut off: no cell is wider than its visible part.
    cut = browser.script(
        "return [...document.querySelectorAll('table.columns td')].filter("
        "cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)"
    )
    assert cut == []


def test_page_of_the_mart_has_facts_and_the_steps_of_the_data_contract(
    browser: Browser, address: str
) -> None:
    browser.open(address + MART)
    headings = browser.script(
        "return [...document.querySelectorAll('article h2')].map(h => h.firstChild.data.trim())"
    )
    assert headings == [
        *("기본 정보", "테이블 개요", "컬럼", "집계 시 주의", "활용", "파이프라인", "리니지")
    ]
    facts = browser.script("return document.querySelector('table.facts').innerText")
    assert "`" not in facts
    uses = "위버스샵 세션 정보 분석: 위버스샵 세션을 날짜, 기기,"
    assert facts.index(uses) < facts.index("Sessions of the Weverse Shop by day")
    owner = "위버스샵 데이터팀"
    for fact in (owner, "analytics_ws_mart_daily", "part_date", "36시간", "2024-01-16"):
        assert fact in facts
    steps = browser.script(
        "return [...document.querySelectorAll('#pipeline ~ table.list tbody tr')].map("
        "row => row.cells[0].innerText)"
    )
    contract = re.findall(r"^\| ([234]\.\d+) \|", CONTRACT, flags=re.MULTILINE)
    assert steps == contract and len(steps) == 14


def test_traps_have_the_right_query_beside_them(browser: Browser, address: str) -> None:
    browser.open(address + MART)
    first = browser.script(
        "const trap = document.querySelector('.trap'); const box = part =>"
        " trap.querySelector(part).getBoundingClientRect(); return {"
        " text: trap.querySelector('div').innerText, sql: trap.querySelector('pre code').innerText,"
        " left: box('div').right, right: box('.use').left,"
        " top: box('div').top, beside: box('.use').top}"
    )
    assert "sess_dur" in first["text"] and "ws_user_sess_daily" in first["text"]
    assert "from we_mart.ws_user_sess_daily" in first["sql"]
    assert first["left"] <= first["right"] and first["top"] == first["beside"]


# -- Where columns come from ------------------------------------------------------------------


def test_column_shows_what_it_is_made_of_and_the_steps_that_compute_it(
    browser: Browser, address: str
) -> None:
    browser.open(address + MART)
    script = (
        "const row = document.getElementById('column-' + arguments[0]).nextElementSibling;"
        " row.querySelectorAll('details').forEach(part => part.open = true);"
        " return [row.innerText.split('\\n').map(line => line.trim()).filter(line => line),"
        " [...row.querySelectorAll('a')].map(link => link.href)]"
    )
    lines, to = browser.script(script, "account_id")
    assert lines == [
        "원본 Made of weplyapi_client_log s_wemember_id",
        "stg_service_log__weplyapi_client_log.s_wemember_id",
        "int_events_sessions_described.account_fill · 규칙 Rule 6 · 기준 decided by"
        " device_event_seq, new_dvc_id, part_date, sess_seq",
    ]
    assert to == [
        f"{address}{SOURCES}#weplyapi_client_log",
        f"{address}{SOURCES}#weplyapi_client_log-s_wemember_id",
        f"{address}developers/steps.html#stg_service_log__weplyapi_client_log",
        f"{address}developers/steps.html#int_events_sessions_described",
        f"{address}developers/specification.html#3-events-to-sessions-intermediate",
    ]
    lines, _ = browser.script(script, "os")
    rules = [line.partition(" · 기준")[0] for line in lines if "규칙" in line]
    assert rules == ["int_events_sessions_numbered.os · 규칙 Rule 11"], "staging has no rule"
    assert browser.script(script, "run_timestamp")[0] == ["원본 Made of 없음 no column of a source"]


def test_every_column_shows_its_origin_and_every_link_of_it_has_a_place(made: Made) -> None:
    linked = set()
    for page in (made.folder / "tables").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        columns, origins = text.count('id="column-'), text.count('class="origin"')
        assert origins == (0 if page.stem == "ws_sess_daily_build" else columns), page.stem
        linked |= set(re.findall(r'href="\.\./([\w/]+\.html)#([\w-]+)"', text))
    text = (made.folder / SOURCES).read_text(encoding="utf-8")
    linked |= set(re.findall(r'href="\.\./([\w/]+\.html)#([\w-]+)"', text))
    assert len(linked) > 200
    places = {page: (made.folder / page).read_text(encoding="utf-8") for page, _ in linked}
    assert [link for link in sorted(linked) if f'id="{link[1]}"' not in places[link[0]]] == []


def test_page_of_the_sources_shows_what_uses_each_column(browser: Browser, address: str) -> None:
    browser.open(address + SOURCES)
    script = (
        "const row = document.getElementById('weplyapi_client_log-' + arguments[0]);"
        " return [...row.querySelectorAll('details')].map("
        "part => [...part.querySelectorAll('li, p')].map(item => item.textContent.trim()))"
    )
    made_of_it, decided = browser.script(script, "s_lang")
    assert "ws_sess_daily sess_lang, user_lang" in made_of_it
    assert not any(line.startswith("ws_platform_daily") for line in made_of_it)
    made_of_it, (decided,) = browser.script(script, "s_device_type")
    assert [line.split()[0] for line in made_of_it] == [
        *("ws_sess_daily_audit", "ws_sess_daily_restatement")
    ]
    assert "int_events_devices_resolved" in decided
    made_of_it, _ = browser.script(script, "rows")
    assert "duplicates" in next(
        line for line in made_of_it if line.startswith("ws_sess_daily_audit")
    )


# -- Metrics ----------------------------------------------------------------------------------


def test_list_of_metrics_is_made_from_their_definitions(
    browser: Browser, made: Made, address: str
) -> None:
    browser.open(f"{address}analysts/metrics_list.html")
    metrics, queries, groupings = browser.script(
        "return [...document.querySelectorAll('table.list')].map(table =>"
        " [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText)))"
    )
    for shown, part in ((metrics, "metrics"), (queries, "saved_queries")):
        defined = {node["name"]: node for node in made.manifest[part].values()}
        assert [name.split()[0] for name, *_ in shown] == list(defined)
        for name, korean, english in shown:
            node = defined[name.split()[0]]
            assert node["label"] in name
            assert HANGUL.search(korean) and not HANGUL.search(english), name
            assert f"{korean} {english}" == " ".join(node["description"].split()), name
    # Each metric is in the groupings of one table, with all dimensions of that table.
    assert sorted(name for names, _ in groupings for name in names.split()) == sorted(
        node["name"] for node in made.manifest["metrics"].values()
    )
    (goods,) = [by for names, by in groupings if "goods_paid_amount" in names]
    assert "goods_purchase__we_art_id" in goods and "user_ctry" not in goods
    assert "conversion" in next(names for names, by in groupings if "platform_visit__" in by)


# -- Lineage ----------------------------------------------------------------------------------


def test_lineage_of_the_mart_can_be_read_without_zooming(
    browser: Browser, made: Made, address: str
) -> None:
    browser.open(address + MART + "#lineage")
    nodes = lineage(browser)
    names = set(nodes)
    assert len(nodes) == len(names) and 30 <= len(nodes) <= 38
    assert names <= shown_names(made), "a node that is no model, source or snapshot"
    assert {"weplyapi_client_log", "int_events_merged", "ws_platform_daily"} <= names
    tables = made.folder / "tables"
    linked = browser.script(
        "return [...document.querySelectorAll('.lineage a')].map(a => a.href.baseVal)"
    )
    assert [link for link in linked if not (tables / link.partition("#")[0]).exists()] == []

    seen = browser.script(
        "const box = document.querySelector('.lineage'); const svg = box.querySelector('svg');"
        " const text = svg.querySelector('text'); return {"
        " size: parseFloat(getComputedStyle(text).fontSize)"
        " * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,"
        " hidden: box.scrollWidth - box.clientWidth, height: svg.getBoundingClientRect().height,"
        " overflowing: [...svg.querySelectorAll('a')].filter(a =>"
        " a.querySelector('text').getBBox().width > a.querySelector('rect').getBBox().width)"
        " .map(a => a.dataset.node)}"
    )
    assert seen["size"] >= 12 and seen["hidden"] <= 0 and seen["height"] <= 800
    assert seen["overflowing"] == []


def test_lineage_of_the_same_models_is_drawn_alike(made: Made) -> None:
    nodes = Nodes(made.manifest, ROOT / "docs")
    assert len({lineages.of_table(nodes, "ws_sess_daily") for _ in range(4)}) == 1


def test_lineage_of_the_first_page_has_sources_and_tables_alone(
    browser: Browser, made: Made, address: str
) -> None:
    browser.open(f"{address}index.html")
    nodes = set(lineage(browser))
    steps = {name for name in shown_names(made) if name.startswith(("stg_", "int_"))}
    assert steps and nodes == shown_names(made) - steps


def test_lineage_of_all_has_every_node_once(browser: Browser, made: Made, address: str) -> None:
    browser.open(f"{address}developers/lineage.html")
    assert sorted(lineage(browser)) == sorted(shown_names(made))


# -- Search -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "table"), SEARCHES.items())
def test_search_finds_tables_first(browser: Browser, address: str, text: str, table: str) -> None:
    browser.open(f"{address}index.html")
    found = search(browser, text)
    assert found[0].endswith(f"tables/{table}.html")
    assert [page for page in found[:3] if "/tables/" not in page] == [], found


# -- Screenshots ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots_are_kept(browser: Browser, address: str, scheme: str) -> None:
    dark = scheme == "dark"
    for name, page in (
        ("landing", "index.html"),
        ("landing_lineage", "index.html#lineage"),
        ("ws_sess_daily", MART),
        ("ws_sess_daily_columns", f"{MART}#columns"),
        ("ws_sess_daily_traps", f"{MART}#traps"),
        ("ws_sess_daily_lineage", f"{MART}#lineage"),
        ("glossary", "analysts/glossary.html"),
        ("data_contract", "analysts/data_contract.html"),
        ("walkthrough", WALKTHROUGH),
        ("sources", f"{SOURCES}#weplyapi_client_log"),
    ):
        browser.open(address + page, dark=dark)
        browser.keep(f"{name}_{scheme}")
    background = browser.script("return getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", background)[:3])) < 64) == dark
    browser.open(f"{address}index.html", dark=dark)
    search(browser, "유저 세션")
    browser.keep(f"search_{scheme}")


# -- Sources of the site ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- name: ws_sess_visit\n", "- name: ws_visit\n", "ws_sess_visit is not in docs/site"),
        ("query: sessions_and_visits", "query: visits", "names visits, which is not an analysis"),
        ("| `int_ordered_events_filled` |", "| `int_events` |", "step 2.1 names int_events, which"),
        ("` |\n", "`|\n", "no table of steps"),
    ],
)
def test_setting_that_does_not_fit_is_named(
    made: Made, tmp_path: Path, old: str, new: str, message: str
) -> None:
    (tmp_path / "site").mkdir()
    for name in ("site/tables.yml", "site/glossary.yml", "data_contract.md"):
        shutil.copy(ROOT / "docs" / name, tmp_path / name)
    changed = tmp_path / ("data_contract.md" if "|" in old else "site/tables.yml")
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SiteError, match=message):
        Site(made.manifest, {}, tmp_path / "pages", tmp_path)


def test_page_of_a_table_that_cannot_be_followed_says_why(made: Made, tmp_path: Path) -> None:
    nodes = {
        name: node | {"compiled_code": "select 1 as a except select 2"}
        if node["name"] == "ws_sess_visit"
        else node
        for name, node in made.manifest["nodes"].items()
    }
    Site(made.manifest | {"nodes": nodes}, {}, tmp_path / "pages").write()
    page = (tmp_path / "pages" / "tables" / "ws_sess_visit.md").read_text(encoding="utf-8")
    assert "추적하지 못해" in page and "Its except is not known here" in page
    assert 'class="origin"' not in page


def test_specification_without_rules_is_named(tmp_path: Path) -> None:
    (tmp_path / "specification.md").write_text("## 3. Events\n\nNone.\n\n## 4. Mart\n")
    with pytest.raises(ValueError, match=r"specification\.md has no rule in section 3"):
        rules_by_column(tmp_path / "specification.md")


@pytest.mark.parametrize("text", ["세션의 수입니다.", "Number of sessions.", "Sessions. 세션 수."])
def test_metric_without_both_languages_is_named(made: Made, text: str) -> None:
    metrics = {"m": {"name": "sessions", "label": "세션 수", "description": text}}
    manifest = made.manifest | {"metrics": metrics, "saved_queries": {}, "semantic_models": {}}
    with pytest.raises(ValueError, match=f"not Korean and then English sentences: '{text}'"):
        metrics_of(manifest)
