#!/usr/bin/env python3
"""Write a report of the days in a warehouse: one HTML page with charts.

    .venv/bin/python -m scripts.make_report                        # the last 28 days of the mart
    .venv/bin/python -m scripts.make_report --from 2024-01-14 --to 2024-01-15
    .venv/bin/python -m scripts.make_report --target prod --out report.html

`make report` calls this script (TARGET=prod, REPORT='--from … --to …'). Run it after `make run` or
any build of all tables.

The page is in Korean with English translations. It is self-contained: it requests nothing from
other hosts and runs no script, so it can be sent as a file. Each chart is shown with its query and
its numbers. The queries are the analyses of analyses/report, one per chart. `dbt show` runs them on
the target (scripts/report/data.py) and changes nothing there. The texts of the page are in
scripts/report/contents.yml, and the drawing is in scripts/report/charts.py.

    --from, --to  first and last day (UTC); default: the 28 days that end with the last day of the
                  mart, or with --to
    --target      target of profiles.yml; default: local
    --out         output file; default: target/report.html

Environment: what the target of profiles.yml reads.
Exit codes: 0 the page was written; 1 the warehouse is missing, locked, cannot be reached, lacks
tables that `make run` builds or has no day in the period, or the page cannot be written; 2 wrong
arguments.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from scripts import bilingual, load_log
from scripts.log_files import is_real_day
from scripts.paths import ROOT, shown_path
from scripts.report.data import (
    COMPARED_DAYS,
    MOST_ARTISTS,
    Answer,
    Period,
    ReportError,
    Warehouse,
    find_period,
)
from scripts.templates import templates

REPORT = ROOT / "scripts" / "report"
OUT = ROOT / "target" / "report.html"

OTHER_ARTISTS = {"ko": "그 밖의 아티스트", "en": "other artists"}
NO_NAME = {"ko": "이름 없음", "en": "no name"}
NO_DATA = {"ko": "이 기간에는 데이터가 없습니다.", "en": "There is nothing to show in this period."}


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def contents() -> dict[str, Any]:
    """The texts of the page. Columns and notes that name a metric get its label and definition. A
    ratio is shown in percent."""
    found = loaded(REPORT / "contents.yml")
    metrics = {
        metric["name"]: metric
        for metric in loaded(ROOT / "models/marts/metrics/_metrics__metrics.yml")["metrics"]
    }
    for name, column in found["columns"].items():
        if metric := metrics.get(name):
            column["ko"] = metric["label"] + ("(%)" if metric["type"] == "ratio" else "")
    for chart in (chart for section in found["sections"] for chart in section["charts"]):
        note = chart["note"]
        if name := note.pop("metric", None):
            korean, english = bilingual.split_sentences(metrics[name]["description"])
            chart["note"] = {"ko": f"{korean} {note['ko']}", "en": f"{english} {note['en']}"}
    return found


CONTENTS = contents()


# ------------------------------------------------------------------ contents of the page


def clean(name: str) -> str:
    """A name on one line, without characters that XML does not allow."""
    return " ".join(re.sub(r"[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", " ", name).split())


def named_artists(answer: Answer) -> Answer:
    """The artists of the report, with distinct names. The last row combines all other artists."""
    rows = answer.dicts()
    names = [clean(row["we_art_name"] or "") for row in rows]
    for row, name in zip(rows, names):
        if row["we_art_id"] is None:
            name = OTHER_ARTISTS["ko"]
        elif not name:
            name = f"{NO_NAME['ko']} ({row['we_art_id']})"
        elif names.count(name) > 1:
            name = f"{name} ({row['we_art_id']})"
        row["we_art_name"] = name
    return answer._replace(rows=[tuple(row.values()) for row in rows])


def words(code: object) -> dict[str, str]:
    """The Korean and English name of a value or column. Without one, its code is shown."""
    return (
        CONTENTS["values"].get(code)
        or CONTENTS["columns"].get(code)
        or {"ko": str(code), "en": "", "colour": "grey"}
    )


def shown_value(value: object) -> str:
    """Format a value for the page."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{round(value, 3):,.15g}"
    if isinstance(value, int):
        return f"{value:,}"
    return words(value)["ko"] if value in CONTENTS["values"] else str(value)


def table_of(answer: Answer) -> dict[str, Any]:
    """Prepare a query result for the template."""
    numeric = [
        any(isinstance(row[place], int | float) for row in answer.rows)
        for place in range(len(answer.columns))
    ]
    return {
        "name": answer.name,
        "sql": answer.sql,
        "columns": [
            words(column) | {"numeric": is_number}
            for column, is_number in zip(answer.columns, numeric)
        ],
        "rows": [
            [
                {
                    "value": "" if value is None else value,
                    "text": words(value)["ko"] if column == "measure" else shown_value(value),
                    "numeric": is_number,
                }
                for column, value, is_number in zip(answer.columns, row, numeric)
            ]
            for row in answer.rows
        ],
    }


def chart_of(given: dict[str, Any], answer: Answer, days: list[str]) -> dict[str, Any]:
    """Prepare a chart of contents.yml for the template."""
    # Imported here because importing Altair takes a second, and `--help` does not need it.
    from scripts.report import charts

    if "we_art_name" in answer.columns:
        answer = named_artists(answer)
    numbers = {"most_artists": MOST_ARTISTS, "compared_days": COMPARED_DAYS}
    note = {language: text.format_map(numbers) for language, text in given["note"].items()}
    empty = {"nothing": NO_DATA, "full": False, "legend": [], "drawings": []}
    shown = empty | given | {"answer": table_of(answer), "note": note}
    if given["kind"] == "table":
        return shown | {"full": True}
    points = points_of(given, answer, days)
    if not any(point.value for point in points) and (given["kind"] == "days" or not points):
        return shown
    values = dict.fromkeys(point.series for point in points if point.value)
    codes = [code for code in given_series(given) or sorted(values, key=order_of) if code in values]
    codes = codes or [points[0].series]
    series = [charts.Series(code, words(code).get("colour", "grey")) for code in codes]
    points = [point for point in points if point.series in codes]
    axis = (given["axis"]["ko"], given["axis"]["unit"])
    full = given["kind"] == "days" and len(days) > charts.MOST_BARS

    def draw(width: int) -> str:
        if given["kind"] == "days":
            return charts.draw_days(
                points, days, series, stacked=given["stacked"], axis=axis, width=width
            )
        rows = [
            (shown_value(row[given["rows"]]), text_of(given["text"], row))
            for row in ordered(answer.dicts(), given["rows"])
        ]
        return charts.draw_bars(
            points, rows, series, axis=axis, most=given.get("most"), width=width
        )

    wide, phone = charts.FULL if full else charts.WIDE, charts.PHONE
    return shown | {
        "full": full,
        "legend": [
            words(one.name) | {"colour": one.colour}
            for one in series
            if len(given_series(given)) != 1
        ],
        "drawings": [
            {"kind": "wide", "svg": draw(wide)},
            {"kind": "phone", "svg": draw(phone)},
        ],
    }


def order_of(code: str) -> tuple[int, str]:
    """Sort key of a series: the order of contents.yml, and unknown series last."""
    known = [*CONTENTS["values"], *CONTENTS["columns"]]
    return known.index(code) if code in known else len(known), code


def ordered(rows: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    """The rows of a bar chart: known codes in the order of contents.yml, others as queried."""
    if all(row[column] in CONTENTS["values"] for row in rows):
        return sorted(rows, key=lambda row: order_of(row[column]))
    return rows


def given_series(given: dict[str, Any]) -> list[str]:
    """The columns that are one series each. Empty if a column contains the name of the series."""
    return given["series"] if isinstance(given["series"], list) else []


def points_of(given: dict[str, Any], answer: Answer, days: list[str]) -> list[Any]:
    """The values of a chart. In a chart by day, each series has a value on each day, 0 without a
    row."""
    from scripts.report import charts

    found: dict[tuple[str, str], float] = {}
    of_days = given["kind"] == "days"
    for row in answer.dicts():
        place = row["part_date"] if of_days else shown_value(row[given["rows"]])
        if columns := given_series(given):
            found |= {(place, column): row[column] or 0 for column in columns}
        else:
            found[place, row[given["series"]]] = row[given["value"]] or 0
    if of_days:
        codes = dict.fromkeys(series for _, series in found)
        found = {(day, code): found.get((day, code), 0) for day in days for code in codes}
    return [
        charts.Point(place, code, float(value), f"{place} · {words(code)['ko']}: {value:,}")
        for (place, code), value in found.items()
    ]


def text_of(form: str, row: dict[str, Any]) -> str:
    """The text beside a bar. A ratio without a denominator is shown as a dash."""
    if any(value is None and f"{{{column}" in form for column, value in row.items()):
        return "–"
    return form.format(**row)


def figures_of(answer: Answer, period: Period) -> list[dict[str, Any]]:
    """The key figures of the last day, and their change if the previous day was built. Refunds can
    make an amount negative. Then, and from 0, a change has no percentage."""
    by_day = {row["part_date"]: row for row in answer.dicts()}
    now, before = by_day[period.shown], by_day.get(period.day_before)
    figures = []
    for given in CONTENTS["key_figures"]:
        value, change, arrow = now[given["column"]], None, ""
        if before:
            base = before[given["column"]]
            difference = value - base
            arrow = "▲" if difference > 0 else "▼" if difference < 0 else "="
            change = f"{difference:+,}" if difference else "0"
            if base > 0 and value >= 0:
                change += f" ({100 * difference / base:+.1f}%)"
        figures.append(
            given | {"value": value, "text": f"{value:,}", "change": change, "arrow": arrow}
        )
    return figures


def page(warehouse: Warehouse, first: str | None, last: str | None) -> tuple[str, Period]:
    """Return the report as HTML, and its period."""
    from scripts.report import charts

    period, built_at = find_period(warehouse, first, last)
    answers = {
        answer.name: answer
        for answer in warehouse.show(
            "--select", "path:analyses/report", "--vars", period.variables()
        )
    }
    sections = [
        section
        | {
            "charts": [
                chart_of(chart, answers[chart["name"]], period.days) for chart in section["charts"]
            ]
        }
        for section in CONTENTS["sections"]
    ]
    dark = charts.dark_rules(".chart")
    style = (REPORT / "page.css").read_text(encoding="utf-8").strip()
    template = templates(REPORT, autoescape=True).get_template("page.html.j2")
    html = template.render(
        style=f"{style}\n\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}",
        first_day=period.first,
        last_day=period.last,
        shown_day=period.shown,
        days=len(period.days),
        built=period.built,
        figures=figures_of(answers["key_figures"], period),
        key_answer=table_of(answers["key_figures"]),
        unusual_days=list(dict.fromkeys(row[0] for row in answers["unusual_days"].rows)),
        sections=sections,
        warehouse=warehouse.name,
        built_at=f"{built_at:%Y-%m-%d %H:%M}",
    )
    return html, period


def day(value: str) -> str:
    """Parse an argument that is a day."""
    if not is_real_day(value):
        raise argparse.ArgumentTypeError(f'"{value}" is not a day; expected yyyy-MM-dd')
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, help="first day, UTC")
    parser.add_argument("--to", dest="last", metavar="DAY", type=day, help="last day, UTC")
    parser.add_argument("--target", metavar="NAME", default="local", help="of profiles.yml; local")
    parser.add_argument("--out", metavar="FILE", type=Path, default=OUT, help="target/report.html")
    load_log.use_utf_8()
    given = parser.parse_args(arguments)
    if given.first and given.last and given.first > given.last:
        parser.error(f"--from {given.first} is after --to {given.last}")
    started = time.monotonic()
    try:
        try:
            html, period = page(Warehouse(given.target), given.first, given.last)
        except ModuleNotFoundError as error:
            raise ReportError(f"{error.name} is not installed. Run: make report") from error
        try:
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(html, encoding="utf-8")
        except OSError as error:
            raise ReportError(f"{given.out} cannot be written: {error.strerror}") from error
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{shown_path(given.out.resolve())}: {load_log.counted(len(period.days), 'day')}"
        f" from {period.first} to {period.last}, {len(html.encode()) / 1000:,.0f} kB, in"
        f" {time.monotonic() - started:.1f} s. Open it in a browser."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
