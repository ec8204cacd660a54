#!/usr/bin/env python3
"""Build the documentation site from dbt's artifacts: target/site/index.html.

    .venv/bin/python -m scripts.make_docs_site

1. `dbt docs generate` writes the manifest and the catalog. Warnings of dbt are errors here. The
   build log of the warehouse, if there is one, gives the days and the time of the last builds.
2. Each table in docs/site/tables.yml gets a page with its descriptions, analyses and lineage. The
   templates are in docs/site/templates. The pages of docs/ and dbt's own page are added.
3. MkDocs builds the site from these pages. The site is self-contained: no page requests anything
   from another host. It can be served or opened as files.

`make docs` calls this script. It reads the target DBT_TARGET and writes to DBT_TARGET_PATH
(default: target), where it replaces the folders docs_pages and site.
Exit codes: 0 built; 1 dbt or MkDocs failed, or a text or a page is invalid (the message says
which).
"""

from __future__ import annotations

import functools
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import yaml

from scripts import bilingual, lineage_svg, trimmed_docs
from scripts.column_origins import Origins
from scripts.parsed_project import ParsedProject
from scripts.paths import ROOT

SITE = ROOT / "docs" / "site"
TARGET = ROOT / os.environ.get("DBT_TARGET_PATH", "target")
PAGES = TARGET / "docs_pages"

CONTRACT = ROOT / "docs" / "data_contract.md"
SPECIFICATION = ROOT / "docs" / "specification.md"
# A row of the table of steps in the contract: number, Korean and English text, models.
STEP = re.compile(r"^\| (\d\.\d+) \| (.+?)<br>(.+?) \| (`.+?`) \|$", re.MULTILINE)

MART = "ws_sess_daily"
BUILD_LOG = "ws_sess_daily_build"
LAST_BUILDS = f"""
select
    table_name,
    min(part_date) as first_day,
    max(part_date) as last_day,
    count(distinct part_date) as days,
    max(run_timestamp) as built_at
from {{{{ ref('{BUILD_LOG}') }}}}
group by table_name
"""

# The pages of docs/ and other pages of the repository by reader, each with title and file. The
# first one is what the reader reads first.
READERS = {
    "analysts": {
        "name": "분석가",
        "english": "Analysts",
        "pages": [
            ("분석 가이드 (For analysts)", "docs/for_analysts.md"),
            ("지표 (Metrics)", "docs/metrics.md"),
            ("데이터 계약 (Data contract)", "docs/data_contract.md"),
        ],
    },
    "owners": {
        "name": "운영 담당자",
        "english": "Owners",
        "pages": [
            ("운영 (Operating)", "docs/operating.md"),
            ("신뢰성 (Reliability)", "docs/reliability.md"),
            ("자체 로그 사용 (Your own log)", "docs/your_own_log.md"),
        ],
    },
    "developers": {
        "name": "개발자",
        "english": "Developers",
        "pages": [
            ("로그 따라가기 (Walkthrough)", "docs/walkthrough.md"),
            ("설계 (Design)", "docs/design.md"),
            ("모델 (Models)", "models/overview.md"),
            ("명세 (Specification)", "docs/specification.md"),
            ("엔진 (Engines)", "docs/engines.md"),
            ("규모와 비용 (Scale)", "docs/scale.md"),
            ("기여 방법 (Contributing)", "CONTRIBUTING.md"),
        ],
    },
}

# dbt's own documentation page, and in it the lineage from the sources to the mart.
PAGE_OF_DBT = "developers/dbt_docs.html"
LINEAGE_OF_DBT = f"{PAGE_OF_DBT}#!/model/model.ws_shop.{MART}?g_v=1&g_i=%2B{MART}"

MATERIALIZED = {"incremental": "테이블", "table": "테이블", "view": "뷰", "snapshot": "스냅샷"}
MONITORING = (
    "ws_sess_daily_anomaly",
    "ws_sess_daily_audit",
    "ws_sess_daily_build",
    "ws_sess_daily_restatement",
)


class SiteError(Exception):
    """The site cannot be built from its sources; the message names the place and the remedy."""


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


# ------------------------------------------------------------------ 1. dbt's artifacts


@functools.cache
def project() -> ParsedProject:
    """dbt on the target, with warnings as errors. The project is parsed once."""
    environment = {
        "DBT_TARGET": os.environ.get("DBT_TARGET", "local"),
        "DBT_PROFILES_DIR": os.environ.get("DBT_PROFILES_DIR", str(ROOT)),
        "DBT_TARGET_PATH": str(TARGET),
    }
    return ParsedProject(environment, "--warn-error-options", json.dumps({"error": "all"}))


def run_dbt() -> tuple[dict[str, Any], dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the manifest, the catalog, and the last build of each table by table name."""
    dbt = project()
    done = dbt("docs", "generate")
    if done.returncode:
        raise SiteError(f"dbt docs generate failed:\n{done.stdout}")
    manifest, catalog = (
        json.loads((TARGET / name).read_text(encoding="utf-8"))
        for name in ("manifest.json", "catalog.json")
    )
    builds = {}
    if any(node.endswith(f".{BUILD_LOG}") for node in catalog["nodes"]):
        done = dbt("show", "--no-write-json", "--limit", "-1", "--inline", LAST_BUILDS)
        if done.returncode:
            raise SiteError(f"{BUILD_LOG} could not be read:\n{done.stdout}")
        for row in done.result.results[0].agate_table.rows:
            builds[row["table_name"]] = dict(row)
    return manifest, catalog, builds


# ------------------------------------------------------------------ 2. pages


class Site:
    """The pages of the site, rendered from the artifacts."""

    def __init__(self, manifest: dict, builds: dict[str, dict[str, Any]]) -> None:
        self.manifest = manifest
        self.builds = builds
        self.settings = yaml.safe_load((SITE / "tables.yml").read_text(encoding="utf-8"))
        self.glossary = yaml.safe_load((SITE / "glossary.yml").read_text(encoding="utf-8"))
        self.nodes = {
            node["name"]: node
            for node in [*manifest["nodes"].values(), *manifest["sources"].values()]
            if node["resource_type"] in ("model", "snapshot", "source")
            and node["package_name"] == manifest["metadata"]["project_name"]
            and node["name"] not in self.settings["hidden"]
        }
        self.names = {node["unique_id"]: name for name, node in self.nodes.items()}
        self.edges = {
            (self.names[parent], name)
            for name, node in self.nodes.items()
            for parent in node.get("depends_on", {}).get("nodes", ())
        }
        self.tables = {
            table["name"]: table | {"group": group["name"]}
            for group in self.settings["groups"]
            for table in group["tables"]
        }
        self._check()
        self.steps = self._steps()
        self.origins = Origins(manifest, self.nodes, SPECIFICATION)
        self.queries = {name: self._query(name) for name in self._analyses()}
        self.jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(SITE / "templates"),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.jinja.filters["inline"] = self.inline

    def _check(self) -> None:
        """Check that tables.yml lists exactly the marts and snapshots."""
        there = {name for name, node in self.nodes.items() if self.kind(name) in _TABLES}
        for name in sorted(there ^ self.tables.keys()):
            what = "is not in" if name in there else "is not a mart or snapshot to show, but is in"
            raise SiteError(f"{name} {what} docs/site/tables.yml. Correct that file.")

    def _steps(self) -> list[Step]:
        """The steps of the data contract that models implement."""
        steps = [
            Step(number, korean, english, re.findall("`(.+?)`", models))
            for number, korean, english, models in STEP.findall(
                CONTRACT.read_text(encoding="utf-8")
            )
        ]
        if not steps:
            raise SiteError(f"{CONTRACT.name} has no table of steps, models in its last column")
        for step in steps:
            for model in step.models:
                if model not in self.nodes:
                    raise SiteError(
                        f"{CONTRACT.name}: step {step.number} names {model}, which is not a model"
                    )
        return steps

    def _analyses(self) -> list[str]:
        found = [
            node["name"]
            for node in self.manifest["nodes"].values()
            # The queries of `make report` are on its page.
            if node["resource_type"] == "analysis" and "report" not in node["fqn"]
        ]
        for name, table in self.tables.items():
            asked = [*table["queries"], *(trap["query"] for trap in table["traps"])]
            for query in asked:
                if query not in found:
                    raise SiteError(f"docs/site/tables.yml: {name} names {query}, which is not an"
                                    " analysis")  # fmt: skip
        return found

    def _query(self, name: str) -> Query:
        node = next(
            node
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "analysis" and node["name"] == name
        )
        read = {self.names[parent] for parent in node["depends_on"]["nodes"]}
        if read <= self.tables.keys():
            sql, source = for_warehouse(node["raw_code"]), ""
        else:
            # Remove the name of the database, which differs between warehouses.
            database = rf"([\"`]?){re.escape(node['database'])}\1\."
            sql = without_comment(re.sub(database, "", node["compiled_code"]))
            source = without_comment(node["raw_code"])
        english, korean = _first_korean(node["description"])
        return Query(name, korean, english, sql, source)

    # -- names, texts, links

    def kind(self, name: str) -> str:
        """The kind of a node in the lineage, which is also its CSS class."""
        node = self.nodes[name]
        if node["resource_type"] == "model":
            layer = node["fqn"][1]
            if layer == "marts":
                return "monitoring" if name in MONITORING else "mart"
            return layer
        return node["resource_type"]

    def link(self, name: str, folder: str, column: str = "") -> str:
        """The link from a page in a folder (`""`: the start page) to a table, source or step, and
        there to a column."""
        up = "../" if folder else ""
        if name in self.tables:
            return f"{up}tables/{name}.html{f'#column-{column}' if column else ''}"
        if self.kind(name) == "source":
            return f"{up}developers/sources.html#{name}{f'-{column}' if column else ''}"
        return f"{up}developers/steps.html#{name}"

    def inline(self, text: str, folder: str = "") -> str:
        """Convert a text to HTML. `names` become code, and names of tables also become links."""

        def code(match: re.Match) -> str:
            shown = f"<code>{match[1]}</code>"
            if match[1] in self.tables:
                return f'<a href="{self.link(match[1], folder)}">{shown}</a>'
            return shown

        return re.sub(r"`([^`]+)`", code, html.escape(text, quote=False))

    def title(self, name: str) -> str:
        """The Korean name of a table."""
        return bilingual.split_label(self.korean(name))[0]

    def korean(self, name: str) -> str:
        return bilingual.split_table(self.nodes[name]["description"])[1]

    # -- lineage

    def closure(self, name: str, follow: Callable[[str], Iterable[str]]) -> set[str]:
        found, waiting = set(), [name]
        while waiting:
            for other in follow(waiting.pop()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def parents(self, name: str) -> Iterator[str]:
        return (source for source, target in self.edges if target == name)

    def children(self, name: str) -> Iterator[str]:
        return (target for source, target in self.edges if source == name)

    def lineage_of(self, name: str) -> str:
        """The upstream and downstream lineage of a table, with all steps."""
        shown = {name} | self.closure(name, self.parents) | self.closure(name, self.children)
        edges = {edge for edge in self.edges if set(edge) <= shown}
        return self._draw(shown, edges, "tables", f"{name}의 리니지", name)

    def lineage_of_all(self, folder: str) -> str:
        return self._draw(set(self.nodes), self.edges, folder, "모든 모델의 리니지")

    def lineage_of_tables(self) -> str:
        """The lineage of sources and tables only; an arrow replaces the steps between them."""
        shown = {name for name in self.nodes if self.kind(name) in (*_TABLES, "source")}

        def made_from(name: str) -> set[str]:
            found = set()
            for parent in self.parents(name):
                found |= {parent} if parent in shown else made_from(parent)
            return found

        edges = {(source, name) for name in shown for source in made_from(name)}
        # No arrow is drawn if there is also a path through another table.
        direct = {
            (source, target)
            for source, target in edges
            if not any((source, by) in edges and (by, target) in edges for by in shown)
        }
        return self._draw(shown, direct, "", "소스와 테이블의 리니지", sideways=True)

    def _draw(
        self,
        shown: set[str],
        edges: set[tuple[str, str]],
        folder: str,
        title: str,
        current: str = "",
        sideways: bool = False,
    ) -> str:
        nodes = [
            lineage_svg.Node(name, self.kind(name), self.link(name, folder))
            for name in sorted(shown)
        ]
        return lineage_svg.draw(nodes, edges, title=title, current=current, sideways=sideways)

    # -- facts of a table

    def columns(self, name: str) -> list[dict[str, Any]]:
        """The columns, each with its label, Korean and English description, type and origin."""
        rows = []
        for number, column in enumerate(self.nodes[name]["columns"].values()):
            korean, english = bilingual.split_column(column["description"])
            label, meaning = bilingual.split_label(korean)
            rows.append(
                {
                    "number": number,
                    "name": column["name"],
                    "type": column["data_type"] or self._type_of_snapshot(name, column["name"]),
                    "label": label,
                    "korean": meaning,
                    "english": sentence(english),
                    "origin": self.origins.of(name, column["name"]),
                }
            )
        return rows

    def _type_of_snapshot(self, name: str, column: str) -> str:
        """The type of a snapshot column: that of the source, or of a column that dbt adds.
        Snapshots declare no types."""
        if column.startswith("dbt_"):
            return "timestamp" if column in _SNAPSHOT_TIMES else "string"
        for source in self.closure(name, self.parents):
            found = self.nodes[source]["columns"].get(column, {}).get("data_type")
            if found:
                return found
        return "bigint"  # membership_seq, a row_number

    def key(self, name: str) -> list[str]:
        """The columns that identify a row."""
        node = self.nodes[name]
        if node["resource_type"] == "snapshot":
            return [*re.findall(r"[a-z_]{3,}", node["config"]["unique_key"]), "dbt_valid_from"]
        # The partition column first, then in the order of the table's description.
        return sorted(
            node["primary_key"],
            key=lambda column: (column != "part_date", node["description"].find(f"`{column}`")),
        )

    def last_build(self, name: str) -> dict[str, Any] | None:
        return self.builds.get(name)

    def freshness(self) -> dict[str, int]:
        """Hours after which the freshness check of the client log warns, and when it fails."""
        node = self.nodes["weplyapi_client_log"]
        return {
            kind: node["freshness"][f"{kind}_after"]["count"]
            * {"hour": 1, "day": 24}[node["freshness"][f"{kind}_after"]["period"]]
            for kind in ("warn", "error")
        }

    def facts(self, name: str) -> dict[str, Any]:
        node = self.nodes[name]
        uses = [
            (exposure["label"], *bilingual.split_table(exposure["description"]))
            for exposure in self.manifest["exposures"].values()
            if node["unique_id"] in exposure["depends_on"]["nodes"]
        ]
        materialized = node["config"]["materialized"]
        return {
            "schema": node["schema"],
            "kind": MATERIALIZED[materialized],
            "is_view": materialized == "view",
            "is_snapshot": node["resource_type"] == "snapshot",
            "key": self.key(name),
            "owner": node["config"]["meta"]["owner"],
            "dag": node["config"]["meta"]["dag"],
            "weekly": node["config"]["meta"].get("period") == "week",
            "partitioned": "part_date" in node["columns"] and materialized != "view",
            "columns": len(node["columns"]),
            "uses": uses,
            "file": node["original_file_path"],
        }

    def metrics(self) -> dict[str, list[dict[str, Any]]]:
        """The metrics, the saved queries, and the dimensions by which metrics can be grouped."""
        models = self.manifest["semantic_models"].values()
        made_of = {
            measure["name"]: model["name"] for model in models for measure in model["measures"]
        }
        metrics = self.manifest["metrics"].values()
        groupings = [
            {
                "metrics": [
                    metric["name"]
                    for metric in metrics
                    for measure in metric["type_params"]["input_measures"][:1]
                    if made_of[measure["name"]] == model["name"]
                ],
                "dimensions": [
                    {
                        "name": f"{model['primary_entity']}__{dimension['name']}",
                        "label": dimension["label"],
                    }
                    for dimension in model["dimensions"]
                    if dimension["type"] == "categorical"
                ],
            }
            for model in models
        ]
        saved_queries = self.manifest["saved_queries"].values()
        return {
            "metrics": [_described(metric) for metric in metrics],
            "saved_queries": [_described(query) for query in saved_queries],
            "groupings": groupings,
        }

    # -- files

    def write(self) -> list[Any]:
        """Write all pages and return the navigation."""
        shutil.rmtree(PAGES, ignore_errors=True)
        (PAGES / "source").mkdir(parents=True)
        shutil.copytree(SITE / "assets", PAGES / "source" / "assets")
        common = {
            "site": self,
            "tables": self.tables,
            "groups": self.settings["groups"],
            "glossary": self.glossary,
            "readers": READERS,
            "freshness": self.freshness(),
            "lineage_of_dbt": LINEAGE_OF_DBT,
            "page_of_dbt": PAGE_OF_DBT,
            "adapter": self.manifest["metadata"]["adapter_type"],
            "made_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        }
        self._render("index.md", "index.md", common)
        self._render("tables.md", "tables/index.md", common)
        navigation: list[Any] = [{"홈": "index.md"}]
        tables: list[Any] = ["tables/index.md"]
        for group in self.settings["groups"]:
            for table in group["tables"]:
                self._render("table.md", f"tables/{table['name']}.md", common | self._table(table))
            pages = [{table["name"]: f"tables/{table['name']}.md"} for table in group["tables"]]
            tables.append({group["name"]: pages})
        navigation.append({"테이블": tables})
        self._render("glossary.md", "analysts/glossary.md", common)
        self._render("queries.md", "analysts/queries.md", common)
        self._render("metrics.md", "analysts/metrics_list.md", common | {"metrics": self.metrics()})
        self._render("sources.md", "developers/sources.md", common)
        self._render("steps.md", "developers/steps.md", common)
        self._render("lineage.md", "developers/lineage.md", common)
        made = {
            "analysts": [
                {"용어집 (Glossary)": "analysts/glossary.md"},
                {"예시 쿼리 (Queries)": "analysts/queries.md"},
                {"지표 목록 (List of metrics)": "analysts/metrics_list.md"},
            ],
            "developers": [
                {"전체 리니지 (Lineage)": "developers/lineage.md"},
                {"소스 (Sources)": "developers/sources.md"},
                {"중간 단계 (Steps)": "developers/steps.md"},
                {"dbt docs": PAGE_OF_DBT},
            ],
        }
        for folder, reader in READERS.items():
            pages = []
            for title, file in reader["pages"]:
                self._copy(file, folder)
                pages.append({title: f"{folder}/{Path(file).name}"})
            navigation.append({reader["name"]: pages[:1] + made.get(folder, []) + pages[1:]})
        return navigation

    def _table(self, table: dict[str, Any]) -> dict[str, Any]:
        name = table["name"]
        english, korean = bilingual.split_table(self.nodes[name]["description"])
        label, sentences = bilingual.split_label(korean)
        return {
            "table": table,
            "name": name,
            "label": label,
            "korean": sentences,
            "english": english,
            "facts": self.facts(name),
            "rows": self.columns(name),
            "pipeline": self.steps if name == MART else [],
            "made_from": sorted(self.parents(name)),
            "build": self.last_build(name),
        }

    def _render(self, template: str, file: str, values: dict[str, Any]) -> None:
        path = PAGES / "source" / file
        path.parent.mkdir(exist_ok=True)
        text = self.jinja.get_template(f"{template}.j2").render(values)
        path.write_text(text, encoding="utf-8")

    def _copy(self, file: str, folder: str) -> None:
        """Copy a page of the repository, with links to pages of the site."""
        text = (ROOT / file).read_text(encoding="utf-8")
        text = re.sub(r"\{% (end)?docs.*?%\}\n*", "", text)
        # Drop the section of models/overview.md that describes dbt's own documentation page.
        text = re.sub(r"## How to read this site\n.*", "", text, flags=re.DOTALL)
        for image in re.findall(r"\]\(([^)\s:]+\.svg)\)", text):
            shutil.copy(ROOT / Path(file).parent / image, PAGES / "source" / folder)
            text = text.replace(f"]({image})", f"]({Path(image).name})")
        path = PAGES / "source" / folder / Path(file).name
        path.parent.mkdir(exist_ok=True)
        # In search results, tables must come before pages that mention them. A word in a heading
        # counts a thousand times as much as in the text, so the boost is small.
        boost = 0.002 if folder == "analysts" else 0.001
        path.write_text(
            f"---\nsearch:\n  boost: {boost}\n---\n\n{linked(text, '.md')}", encoding="utf-8"
        )

    def add_page_of_dbt(self, catalog: dict[str, Any]) -> None:
        """Write dbt's own page. Its first page is models/overview.md, as in dbt."""
        overview = self.manifest["docs"][
            f"doc.{self.manifest['metadata']['project_name']}.__overview__"
        ]["block_contents"]
        page = trimmed_docs.page(self.manifest, catalog, linked(overview, ".html"))
        (PAGES / "source" / PAGE_OF_DBT).write_text(page, encoding="utf-8")


def linked(text: str, suffix: str) -> str:
    """The text with links to pages of the site (`.md`, or `.html` in a page that MkDocs does not
    render) instead of links to pages and models of the repository. Links to other files are
    removed."""
    places = {
        Path(file).name: f"../{folder}/{Path(file).stem}{suffix}"
        for folder, reader in READERS.items()
        for _, file in reader["pages"]
    } | {"README.md": f"../index{suffix}"}

    def link(match: re.Match) -> str:
        shown, target = match[1], match[2]
        path, _, anchor = target.partition("#")
        if "://" in target or not path or path.endswith(".svg"):
            return match[0]
        if path.endswith(".sql"):
            model = Path(path).stem
            step = f"developers/steps{suffix}#{model}"
            return f"[{shown}](../{f'tables/{model}{suffix}' if '/marts/' in path else step})"
        place = places.get(Path(path).name)
        if place is None:
            return shown
        return f"[{shown}]({place}{'#' + anchor if anchor else ''})"

    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", link, text)


_TABLES = ("mart", "monitoring", "snapshot")
_SNAPSHOT_TIMES = ("dbt_updated_at", "dbt_valid_from", "dbt_valid_to")


def for_warehouse(raw_code: str) -> str:
    """The SQL of an analysis that reads only tables, as it is sent to the warehouse."""
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(raw_code)
    return without_comment(template.render(ref=lambda name: f"we_mart.{name}"))


def without_comment(sql: str) -> str:
    """The query without the comment above it."""
    lines = sql.strip().split("\n")
    while lines and (lines[0].startswith("--") or not lines[0].strip()):
        del lines[0]
    return "\n".join(line.rstrip() for line in lines).strip()


def sentence(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def _first_korean(description: str) -> tuple[str, str]:
    """The English and Korean description of an analysis. Korean begins at the first Hangul."""
    text = " ".join(description.split())
    found = re.search("[가-힣]", text)
    if not found:
        raise SiteError(f"The description of an analysis has no Korean text: {text}")
    return text[: found.start()].strip(), text[found.start() :].strip()


def _described(node: dict[str, Any]) -> dict[str, str]:
    """The name, label, and Korean and English description of a metric or saved query."""
    korean, english = bilingual.split_sentences(node["description"])
    return {"name": node["name"], "label": node["label"], "korean": korean, "english": english}


# ------------------------------------------------------------------ 3. MkDocs


def make(navigation: list[Any]) -> None:
    """Build the site from its pages. A broken link is an error."""
    settings = {
        "INHERIT": str(SITE / "mkdocs.yml"),
        "docs_dir": str(PAGES / "source"),
        "site_dir": str(TARGET / "site"),
        "nav": navigation,
    }
    config = PAGES / "mkdocs.yml"
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*mkdocs, "--config-file", str(config)],
        cwd=ROOT,
        # Hides an announcement of the next major version.
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )
    if done.returncode:
        raise SiteError("mkdocs build failed, see above")


def main() -> int:
    try:
        manifest, catalog, builds = run_dbt()
        site = Site(manifest, builds)
        navigation = site.write()
        site.add_page_of_dbt(catalog)
        make(navigation)
    except (SiteError, ValueError) as error:
        print(f"The documentation site could not be built: {error}", file=sys.stderr)
        return 1
    index = TARGET / "site" / "index.html"
    shown = index.relative_to(ROOT) if index.is_relative_to(ROOT) else index
    print(f"Open {shown}, or run: make docs-serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
