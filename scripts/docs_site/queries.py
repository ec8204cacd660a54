"""What the pages take from the data contract and from the analyses: steps and queries."""

from __future__ import annotations

import re
from itertools import dropwhile
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from scripts.docs_site.nodes import Nodes, SiteError

# A row of the table of steps in the contract: number, Korean and English text, models.
STEP = re.compile(r"^\| (\d\.\d+) \| (.+?)<br>(.+?) \| (`.+?`) \|$", re.MULTILINE)


class Step(NamedTuple):
    """A step of the data contract, with the models that implement it."""

    number: str
    korean: str
    english: str
    models: list[str]


class Query(NamedTuple):
    """An analysis: its question, and the SQL that runs on the warehouse. `source` is the dbt code
    if the analysis reads ephemeral models, which are not tables."""

    name: str
    korean: str
    english: str
    sql: str
    source: str


def steps_of(contract: Path, nodes: Nodes) -> list[Step]:
    """The steps of the data contract that models implement."""
    steps = [
        Step(number, korean, english, re.findall("`(.+?)`", models))
        for number, korean, english, models in STEP.findall(contract.read_text(encoding="utf-8"))
    ]
    if not steps:
        raise SiteError(f"{contract.name} has no table of steps, models in its last column")
    for step in steps:
        for model in step.models:
            if model not in nodes.by_name:
                raise SiteError(
                    f"{contract.name}: step {step.number} names {model}, which is not a model"
                )
    return steps


def queries_of(manifest: dict[str, Any], nodes: Nodes) -> dict[str, Query]:
    """The analyses by name."""
    found = {
        node["name"]: _query(node, nodes)
        for node in manifest["nodes"].values()
        # The queries of `make report` are on its page.
        if node["resource_type"] == "analysis" and "report" not in node["fqn"]
    }
    for name, table in nodes.tables.items():
        for query in (*table["queries"], *(trap["query"] for trap in table["traps"])):
            if query not in found:
                raise SiteError(
                    f"docs/site/tables.yml: {name} names {query}, which is not an analysis"
                )
    return found


def _query(node: dict[str, Any], nodes: Nodes) -> Query:
    read = {nodes.names[parent] for parent in node["depends_on"]["nodes"]}
    if read <= nodes.tables.keys():
        # As it is sent to the warehouse.
        code = jinja2.Template(node["raw_code"], undefined=jinja2.StrictUndefined)
        sql, source = code.render(ref=lambda name: f"we_mart.{name}"), ""
    else:
        # Remove the name of the database, which differs between warehouses.
        database = rf"([\"`]?){re.escape(node['database'])}\1\."
        sql = re.sub(database, "", node["compiled_code"])
        source = node["raw_code"]
    english, korean = _first_korean(node["description"])
    return Query(node["name"], korean, english, without_comment(sql), without_comment(source))


def without_comment(sql: str) -> str:
    """The query without the comment above it."""
    lines = sql.strip().split("\n")
    lines = dropwhile(lambda line: line.startswith("--") or not line.strip(), lines)
    return "\n".join(line.rstrip() for line in lines).strip()


def _first_korean(description: str) -> tuple[str, str]:
    """The English and Korean description of an analysis. Korean begins at the first Hangul."""
    text = " ".join(description.split())
    found = re.search("[가-힣]", text)
    if not found:
        raise SiteError(f"The description of an analysis has no Korean text: {text}")
    return text[: found.start()].strip(), text[found.start() :].strip()
