"""Charts of the report as static SVG: defined with Altair, rendered by vl-convert.

Each chart is drawn in two widths, one of them for phones. The layout does not depend on the fonts
of the machine: the legend is HTML, and paddings are computed from the lengths of labels, so that
nothing is cut off if a font is missing. The colours are those of the light page. `dark_rules`
returns the CSS that replaces them on the dark page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from xml.etree import ElementTree

import altair as alt
import vl_convert

SVG = "http://www.w3.org/2000/svg"

# Colours for the light and for the dark page.
PALETTE = {
    "teal": ("#0b7d72", "#45b8a9"),
    "indigo": ("#5c6fc4", "#8e9cec"),
    "ochre": ("#d29a2c", "#e0b04f"),
    "red": ("#c0526a", "#e07d92"),
    "grey": ("#9aa3ad", "#6d7784"),
    "label": ("#57606a", "#a9b2bd"),
    "strong": ("#24292f", "#e6ebf1"),
    "grid": ("#e3e7eb", "#2f3743"),
}
LABEL, STRONG, GRID = (PALETTE[name][0] for name in ("label", "strong", "grid"))

# Charts with more days than this use lines instead of bars.
MOST_BARS = 31
WIDE, PHONE, FULL = 500, 330, 1060
HEIGHT = 190
ROW_HEIGHT = 30
WIDEST_BAR = 54
FONT_SIZE = 12


class Series(NamedTuple):
    """An entry of the legend: the name of the values and the name of a colour."""

    name: str
    colour: str


class Point(NamedTuple):
    """A value: the day or row, the series, and the text of the tooltip."""

    place: str
    series: str
    value: float
    title: str


class Unit(NamedTuple):
    """The divisor of the numbers of an axis, and its Korean name."""

    size: int
    word: str


def dark_rules(selector: str) -> str:
    """CSS with the colours of the charts on a dark page."""
    return "\n".join(
        f'{selector} [{attribute}="{light}"] {{ {attribute}: {dark}; }}'
        for light, dark in PALETTE.values()
        for attribute in ("fill", "stroke")
    )


def unit_of(most: float) -> Unit:
    """The unit of large numbers: ten thousand (만) or a hundred million (억)."""
    if most >= 2 * 10**8:
        return Unit(10**8, "억 ")
    if most >= 10**5:
        return Unit(10**4, "만 ")
    return Unit(1, "")


def text_width(text: str) -> float:
    """The approximate width of a text in pixels, rather too large than too small."""
    ems = sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.6 for letter in text)
    return ems * FONT_SIZE


def shortened(text: str, width: float) -> str:
    """Shorten a text to this width."""
    if text_width(text) <= width:
        return text
    while text and text_width(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def draw_days(
    points: Sequence[Point],
    days: Sequence[str],
    series: Sequence[Series],
    *,
    stacked: bool,
    axis: tuple[str, str],
    width: int,
) -> str:
    """A chart by day: stacked or grouped bars, with the total above each day if there is room. With
    many days, one line per series."""
    lines = len(days) > MOST_BARS
    ends = extent(points, stacked=stacked and not lines)
    unit = unit_of(max(map(abs, ends)))
    whole = unit.size == 1 and all(float(p.value).is_integer() for p in points)
    left = 14 + max(
        text_width(f"{end / unit.size:,.{0 if abs(end) >= 10 * unit.size else 1}f}") for end in ends
    )
    y = alt.Y(
        "value:Q",
        stack="zero" if stacked and not lines else None,
        axis=alt.Axis(
            title=f"{axis[0]} ({unit.word}{axis[1]})",
            titleAngle=0,
            titleAlign="left",
            titleAnchor="end",
            titleX=-left,
            titleY=-18,
            format=",~f",
            tickCount=4,
            tickMinStep=1 if whole else alt.Undefined,
            grid=True,
            # Shows where negative values begin.
            gridColor=alt.condition("datum.value === 0", alt.value(LABEL), alt.value(GRID))
            if ends[0] < 0
            else GRID,
        ),
        scale=alt.Scale(domain=[end / unit.size for end in ends], nice=4),
    )
    colour = colours(series)
    if lines:
        rows = rows_of(points, series, unit.size) + gaps(days, series)
        years = days[0][:4] != days[-1][:4]
        x = alt.X(
            "place:T",
            scale=alt.Scale(type="utc"),
            axis=alt.Axis(
                title="날짜",
                format="%y.%-m.%-d" if years else "%-m/%-d",
                tickCount=max(2, width // 90),
                labelFlush=True,
            ),
        )
        chart = alt.Chart(values(rows)).mark_line(strokeWidth=1.8).encode(x=x, y=y, color=colour)
        return svg(chart, width, HEIGHT, {"left": left, "right": 14, "top": 28, "bottom": 40})
    step = -(-len(days) // max(2, (width - int(left)) // 46))
    x = alt.X(
        "place:O",
        scale=alt.Scale(domain=list(days), paddingInner=0.4, paddingOuter=0.25),
        axis=alt.Axis(
            title="날짜",
            values=list(days)[::step],
            labelExpr="+slice(datum.label, 5, 7) + '/' + (+slice(datum.label, 8))",
            labelAngle=0,
            labelOverlap=False,
        ),
    )
    # With few days, limit the width of the bars.
    narrow = {"size": WIDEST_BAR} if stacked and (width - left) / len(days) > 90 else {}
    beside = alt.XOffset("series:N", scale=alt.Scale(domain=[one.name for one in series]))
    rows = rows_of([p for p in points if p.value], series, unit.size)
    bars = alt.Chart(values(rows)).mark_bar(**narrow)
    bars = bars.encode(x=x, y=y, color=colour, order="order:Q", description="title:N")
    chart: alt.Chart | alt.LayerChart = bars if stacked else bars.encode(xOffset=beside)
    if stacked and len(days) <= (width - left) // 40:
        above = []
        for day in days:
            of_day = [p for p in points if p.place == day]
            above.append(
                {
                    "place": day,
                    "value": extent(of_day, stacked=True)[1] / unit.size,
                    "text": number(sum(p.value for p in of_day) / unit.size),
                }
            )
        chart += (
            alt.Chart(values(above))
            .mark_text(dy=-7, color=STRONG, fontSize=FONT_SIZE, fontWeight=600)
            .encode(x="place:O", y="value:Q", text="text:N")
        )
    return svg(chart, width, HEIGHT, {"left": left, "right": 6, "top": 28, "bottom": 40})


def draw_bars(
    points: Sequence[Point],
    rows: Sequence[tuple[str, str]],
    series: Sequence[Series],
    *,
    axis: tuple[str, str],
    most: float | None,
    width: int,
) -> str:
    """One horizontal bar per row, followed by a text. `rows` are distinct labels with their texts.
    `most` is the end of the axis, if it is fixed."""
    left = 12 + min(max(text_width(label) for label, _ in rows), width * 0.32)
    right = 12 + max(text_width(text) for _, text in rows)
    labels = unique([shortened(label, left - 12) for label, _ in rows])
    label_of = dict(zip((label for label, _ in rows), labels))
    data = rows_of([p._replace(place=label_of[p.place]) for p in points if p.value], series)
    ends = [
        {
            "place": label_of[label],
            "value": extent([p for p in points if p.place == label], stacked=True)[1],
            "text": text,
        }
        for label, text in rows
    ]
    least, greatest = extent(points, stacked=True)
    y = alt.Y(
        "place:N",
        sort=labels,
        scale=alt.Scale(domain=labels, paddingInner=0.36, paddingOuter=0.18),
        axis=alt.Axis(title=None, labelLimit=0, labelColor=STRONG),
    )
    x = alt.X(
        "value:Q",
        stack="zero",
        scale=alt.Scale(domain=[least, most or max(greatest, 1e-9)]),
        axis=alt.Axis(
            title=f"{axis[0]} ({axis[1]})",
            orient="top",
            labels=False,
            grid=False,
            titleAlign="left",
            titleAnchor="start",
            titleX=-left,
            titleY=-10,
        ),
    )
    bars = alt.Chart(values(data)).mark_bar()
    bars = bars.encode(x=x, y=y, color=colours(series), order="order:Q", description="title:N")
    texts = alt.Chart(values(ends)).mark_text(align="left", dx=6, color=STRONG, fontSize=FONT_SIZE)
    chart = bars + texts.encode(x="value:Q", y=alt.Y("place:N", sort=labels), text="text:N")
    height = ROW_HEIGHT * len(rows)
    return svg(chart, width, height, {"left": left, "right": right, "top": 28, "bottom": 4})


def rows_of(
    points: Sequence[Point], series: Sequence[Series], size: int = 1
) -> list[dict[str, Any]]:
    """The data of a chart, in units of `size`. The bars of a stack have the order of the series."""
    names = [one.name for one in series]
    return [
        {
            "place": p.place,
            "series": p.series,
            "value": p.value / size,
            "order": names.index(p.series),
            "title": p.title,
        }
        for p in points
    ]


def extent(points: Sequence[Point], *, stacked: bool) -> tuple[float, float]:
    """The least and the greatest value that the bars or lines reach from 0. In a stack, negative
    values add up below 0 and positive values above it."""
    ends: dict[Any, float] = defaultdict(float)
    for p in points:
        ends[p.place, "" if stacked else p.series, p.value < 0] += p.value
    return min(0, 0, *ends.values()), max(0, 0, *ends.values())


def unique(labels: Sequence[str]) -> list[str]:
    """Number the labels that became equal when they were shortened."""
    seen: dict[str, int] = defaultdict(int)
    result = []
    for label in labels:
        seen[label] += 1
        result.append(label if seen[label] == 1 else f"{label} {seen[label]}")
    return result


def gaps(days: Sequence[str], series: Sequence[Series]) -> list[dict[str, Any]]:
    """Rows without a value for the first missing day of each gap, at which the line breaks."""
    missing = []
    for before, after in zip(days, days[1:]):
        following = (date.fromisoformat(before) + timedelta(days=1)).isoformat()
        if following != after:
            missing.append(following)
    return [{"place": day, "series": one.name, "value": None} for day in missing for one in series]


def number(value: float) -> str:
    """Format a number above a bar, with the minus sign of the axis."""
    whole = abs(value) >= 100 or float(value).is_integer()
    return f"{value:z,.{0 if whole else 1}f}".replace("-", "−")


def values(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


def colours(series: Sequence[Series]) -> alt.Color:
    scale = alt.Scale(
        domain=[one.name for one in series], range=[PALETTE[one.colour][0] for one in series]
    )
    return alt.Color("series:N", scale=scale, legend=None)


def svg(
    chart: alt.Chart | alt.LayerChart, width: int, height: int, padding: dict[str, float]
) -> str:
    """Render the chart `width` pixels wide. The page provides fonts and colours."""
    chart = chart.properties(
        width=width - padding["left"] - padding["right"],
        height=height,
        padding=padding,
        autosize=alt.AutoSizeParams(type="none"),
        background="transparent",
    )
    chart = chart.configure_view(stroke=None).configure_axis(
        domain=False,
        ticks=False,
        grid=False,
        gridColor=GRID,
        labelColor=LABEL,
        labelFontSize=FONT_SIZE,
        labelPadding=6,
        titleColor=LABEL,
        titleFontSize=FONT_SIZE,
        titleFontWeight="normal",
    )
    # Altair has already validated each part. Validating the whole chart would double the time.
    return cleaned(vl_convert.vegalite_to_svg(chart.to_dict(validate=False), allowed_base_urls=[]))


def cleaned(drawn: str) -> str:
    """Remove what the page does not need from the SVG. The description of a bar becomes its
    tooltip."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(drawn)
    for parent in list(root.iter()):
        for child in list(parent):
            is_frame = child.get("class") in ("background", "foreground")
            if is_frame or child.get("fill") == "transparent":
                parent.remove(child)
    for element in root.iter():
        attributes = element.attrib
        if attributes.get("aria-roledescription") == "bar":
            ElementTree.SubElement(element, f"{{{SVG}}}title").text = attributes["aria-label"]
        for name in list(attributes):
            if name.startswith("aria-") or name in UNUSED or attributes.get(name) in ("", None):
                del attributes[name]
            elif name in ("d", "transform", "x2", "y2"):
                attributes[name] = re.sub(
                    r"-?\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}", attributes[name]
                )
        if attributes.get("opacity") == "1":
            del attributes["opacity"]
    root.attrib.pop("height", None)
    root.attrib.pop("width", None)
    return ElementTree.tostring(root, encoding="unicode")


UNUSED = ("class", "role", "pointer-events", "font-family", "version", "stroke-miterlimit")
