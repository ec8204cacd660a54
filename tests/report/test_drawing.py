"""Test how the report is drawn: axes, and the page in a browser. Screenshots are in
target/report_screenshots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import make_report
from scripts.paths import ROOT
from scripts.report import charts
from tests.support import browser as chromium
from tests.support.browser import PHONE, Browser
from tests.support.report_page import Page, report
from tests.support.warehouse import Warehouse

SCREENSHOTS = ROOT / "target" / "report_screenshots"

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
    assert int(Page(out.read_text(encoding="utf-8")).figures["paid_amount"]) < 0


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
