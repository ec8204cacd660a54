"""Test dbt's own documentation page, which is made from trimmed artifacts, in Chromium."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any
from urllib.parse import urljoin

import pytest

from scripts.docs_site import trimmed_docs
from tests.site.conftest import Made
from tests.support.browser import Browser

PAGE = "developers/dbt_docs.html"
MART = "model.ws_shop.ws_sess_daily"
# The page of dbt 1.11 asks for these addresses before it fills in its templates.
TEMPLATES = ("getIcon(item.type", "favicon.ico")


def open_page(browser: Browser, address: str, place: str = "", shown: str = ".app-details") -> None:
    """Open the page at a place, and wait until it shows an element with text."""
    browser.open(f"{address}{PAGE}{place}")
    browser.wait(
        lambda: browser.script(
            "const found = document.querySelector(arguments[0]); return found && found.innerText",
            shown,
        )
    )


def lineage(browser: Browser) -> list[str]:
    """The ids of the nodes in the open lineage graph."""
    script = (
        "const graph = angular.element(document.body).injector().get('graph').graph;"
        " return (graph.elements || []).filter(e => e.group === 'nodes').map(e => e.data.id)"
    )
    return browser.wait(lambda: browser.script(script))


def closure(start: str, neighbours: dict[str, list[str]]) -> set[str]:
    """A node and all that are reached from it: models, sources, snapshots and exposures."""
    found, waiting = set(), [start]
    while waiting:
        node = waiting.pop()
        if node not in found and node.split(".")[0] in ("model", "source", "snapshot", "exposure"):
            found.add(node)
            waiting.extend(neighbours[node])
    return found


@pytest.mark.parametrize("as_file", [False, True])
def test_page_opens_and_asks_no_other_host(
    browser: Browser, made: Made, address: str, as_file: bool
) -> None:
    place = made.folder.as_uri() + "/" if as_file else address
    open_page(browser, place)
    assert "위버스샵 클라이언트 로그를" in browser.script("return document.body.innerText")
    found = browser.complaints(allowed=place)
    assert [line for line in found if not any(text in line for text in TEMPLATES)] == []
    browser.keep(f"dbt_docs_{'file' if as_file else 'http'}")


def test_links_of_the_overview_lead_to_pages(browser: Browser, made: Made, address: str) -> None:
    open_page(browser, address)
    links = browser.script(
        "return [...document.querySelectorAll('.app-details a')].map(a => a.getAttribute('href'))"
        ".filter(link => link && !link.startsWith('#'))"
    )
    assert "../analysts/data_contract.html" in links
    pages = [urljoin(PAGE, link) for link in links]
    assert [page for page in pages if not (made.folder / page).is_file()] == []


def test_search_finds_the_mart_in_korean(browser: Browser, address: str) -> None:
    open_page(browser, address)
    browser.driver.find_element("css selector", "input[placeholder^=Search]").send_keys("팬클럽")
    browser.wait(lambda: "search results" in browser.script("return document.body.innerText"))
    found = browser.script(
        "return [...document.querySelectorAll('.search-result')].map(r => r.innerText)"
    )
    assert "ws_sess_daily" in [result.split()[0] for result in found]
    assert len(found) < 10, found


@pytest.mark.parametrize("both", [False, True])
def test_lineage_has_models_sources_and_uses_alone(
    browser: Browser, made: Made, address: str, both: bool
) -> None:
    expected = closure(MART, made.manifest["parent_map"])
    if both:
        expected |= closure(MART, made.manifest["child_map"])
        link = f"{address}{PAGE}#!/model/{MART}?g_v=1&g_i=%2Bws_sess_daily%2B"
    else:
        browser.open(f"{address}index.html")
        (link,) = browser.script(
            "return [...document.querySelectorAll('article a')].map(a => String(a.href))"
            ".filter(link => link.includes('g_v=1'))"
        )
    open_page(browser, address, link.removeprefix(f"{address}{PAGE}"))
    assert Counter(lineage(browser)) == Counter(expected)
    browser.keep(f"dbt_docs_lineage_{'both' if both else 'upstream'}")


@pytest.mark.parametrize(
    "node",
    [
        "model.ws_shop.ws_platform_daily",
        "snapshot.ws_shop.we_artist_snapshot",
        "source.ws_shop.we_mart.we_artist",
    ],
)
def test_columns_show_their_data_tests(
    browser: Browser, made: Made, address: str, node: str
) -> None:
    open_page(browser, address, f"#!/{node.split('.')[0]}/{node}", shown="table tr:nth-child(2)")
    rows = browser.script(
        "return [...document.querySelectorAll('table tr')].map("
        "row => [...row.cells].map(cell => cell.innerText.trim())).filter(row => row.length > 3)"
    )
    heading, *rows = rows
    place = heading.index("DATA TESTS")
    tested = {
        test["column_name"]
        for test in made.manifest["nodes"].values()
        if test.get("test_metadata") and test["depends_on"]["nodes"] == [node]
    } - {None}
    assert tested and {row[0] for row in rows if row[place]} == tested


# -- The artifacts ----------------------------------------------------------------------------


@pytest.fixture
def artifacts(made: Made) -> tuple[dict[str, Any], dict[str, Any]]:
    catalog = json.loads((made.folder.parent / "catalog.json").read_text(encoding="utf-8"))
    return copy.deepcopy(made.manifest), catalog


@pytest.mark.parametrize("number", [0, 1])
def test_other_version_of_an_artifact_is_refused(artifacts: tuple, number: int) -> None:
    artifacts[number]["metadata"]["dbt_schema_version"] = "https://…/v99.json"
    with pytest.raises(ValueError, match=r"schema https://…/v99\.json.*trimmed_docs\.py knows"):
        trimmed_docs.page(*artifacts, "")


def test_page_without_a_place_for_the_artifacts_is_refused(
    artifacts: tuple, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index.html").write_text("<html></html>", encoding="utf-8")
    monkeypatch.setattr(trimmed_docs, "DOCS_INDEX_FILE_PATH", str(tmp_path / "index.html"))
    with pytest.raises(ValueError, match="no place for the manifest"):
        trimmed_docs.page(*artifacts, "")


def test_text_does_not_end_the_script_that_holds_it(artifacts: tuple) -> None:
    artifacts[0]["nodes"][MART]["description"] = "a</script><b>"
    page = trimmed_docs.page(*artifacts, "")
    assert "a</script><b>" not in page and r"a<\/script><b>" in page
