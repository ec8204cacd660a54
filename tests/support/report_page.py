"""Write the report of a warehouse, and read its page: tables, queries and figures."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scripts import engines, make_report
from tests.support.warehouse import Warehouse


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


def report(warehouse: Warehouse, *arguments: str, **environment: str) -> tuple[int, Path]:
    """Run the script on a warehouse, and return its exit code and the page. The project that is
    parsed for the tests is used."""
    out = warehouse.folder / "report.html"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (warehouse.environment() | environment).items():
            patch.setenv(name, value)
        patch.setattr(engines, "dbt_on", lambda target: warehouse.dbt_here)
        given = ("--target", warehouse.target, "--out", str(out), *arguments)
        return make_report.main(given), out


def page_of(warehouse: Warehouse, *arguments: str) -> Page:
    code, out = report(warehouse, *arguments)
    assert code == 0
    return Page(out.read_text(encoding="utf-8"))
