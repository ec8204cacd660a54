"""The results of benchmarks/run.py: comparisons, as text and as a picture."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import math
import os
import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ABOUT = """\
Measurements on DuckDB, written by benchmarks/run.py, which describes the queries that are compared.
In a ratio A ÷ B, A is the first and B the second. The smallest, the median and the greatest ratio
of CPU seconds are given over the measured pairs (for Segment: of seconds). CPU seconds, seconds and
memory are medians of the first and of the second; the spill is that of the first.
"""

# One measured run: the value of each figure.
Figures = dict[str, float]


@dataclass
class Comparison:
    """Two queries, measured alternately."""

    name: str
    lines: int
    first: list[Figures]
    second: list[Figures]

    def ratios(self) -> list[float]:
        """The ratio of each pair: of its CPU seconds, or of its seconds where those are unknown."""
        known = not any(math.isnan(run["cpu"]) for run in self.first + self.second)
        figure = "cpu" if known else "wall"
        return [a[figure] / b[figure] for a, b in zip(self.first, self.second, strict=True)]


def medians(runs: Sequence[Figures]) -> Figures:
    """The median of each figure over several runs of one query."""
    return {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]}


def exponent(runs: dict[int, Figures], figure: str) -> float:
    """Slope of log(figure) over log(lines), by least squares."""
    return statistics.linear_regression(
        [math.log(lines) for lines in runs], [math.log(run[figure]) for run in runs.values()]
    ).slope


def table(
    comparisons: Sequence[Comparison], notes: Sequence[str], threads: int, memory: str
) -> str:
    """The comparisons as text, with machine, date and versions."""
    packages = ("dbt-core", "dbt-duckdb", "duckdb")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    head = ("lines", "ratio", "min, median, max", "CPU s", "s", "GB of memory", "GB spilled")
    rows = [head]
    for comparison in comparisons:
        first, second = medians(comparison.first), medians(comparison.second)
        cells = (
            f"{comparison.lines:,}",
            comparison.name,
            spread(comparison.ratios()),
            f"{first['cpu']:.2f}, {_known(second['cpu'])}",
            f"{first['wall']:.2f}, {second['wall']:.2f}",
            f"{gigabytes(first['memory'])}, {gigabytes(second['memory'])}",
            gigabytes(first["spill"]),
        )
        rows.append(tuple(cell.rstrip(", ") for cell in cells))
    widths = [max(map(len, column)) for column in zip(*rows)]
    text = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}. {_processor()}, {threads} threads,"
        f" DuckDB with {memory} of memory, Python {platform.python_version()},\n{versions}."
    )
    return "\n".join([ABOUT, machine, "", *text, "", *notes, ""])


def picture(comparisons: Sequence[Comparison], path: Path) -> None:
    """Draw the ratios as bars, if Matplotlib is installed."""
    if not importlib.util.find_spec("matplotlib"):
        print("No picture: Matplotlib is not installed (make setup-bench).")
        return
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    names = [f"{c.name}, {c.lines:,}" for c in comparisons]
    ratios = [c.ratios() for c in comparisons]
    middle = [statistics.median(values) for values in ratios]
    reach = [
        [m - min(values) for m, values in zip(middle, ratios, strict=True)],
        [max(values) - m for m, values in zip(middle, ratios, strict=True)],
    ]
    figure, axes = pyplot.subplots(figsize=(9, 0.4 * len(names) + 1))
    axes.barh(names, middle, xerr=reach, color="#4c78a8")
    axes.bar_label(axes.containers[1], [f"{m:.2f}" for m in middle], padding=6)
    axes.margins(x=0.1)  # room for the labels
    axes.axvline(1, color="#888", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel("ratio of CPU seconds: median, smallest and greatest of the pairs")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def spread(ratios: Sequence[float]) -> str:
    return ", ".join(f"{f(ratios):.2f}" for f in (min, statistics.median, max))


def gigabytes(size: float) -> str:
    return _known(size / 1e9)


def _known(figure: float) -> str:
    return "" if math.isnan(figure) else f"{figure:.2f}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return f"{found.group(1) if found else platform.processor()}, {os.cpu_count()} processors"
