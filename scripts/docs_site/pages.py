"""Write the pages of the site: those of the templates in docs/site/templates, filled from dbt's
artifacts, and copies of the pages of docs/."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from scripts import bilingual
from scripts.docs_site import lineages, trimmed_docs
from scripts.docs_site.facts import Facts, metrics_of
from scripts.docs_site.nodes import Nodes
from scripts.docs_site.origins import Origins
from scripts.docs_site.queries import queries_of, steps_of
from scripts.paths import ROOT
from scripts.templates import templates

SITE = ROOT / "docs" / "site"
MART = "ws_sess_daily"

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


class Site:
    """The pages of the site, written to a folder. `docs` holds the texts that they add."""

    def __init__(
        self,
        manifest: dict[str, Any],
        builds: dict[str, dict[str, Any]],
        folder: Path,
        docs: Path = ROOT / "docs",
    ) -> None:
        self.manifest = manifest
        self.builds = builds
        self.folder = folder
        self.glossary = yaml.safe_load((docs / "site" / "glossary.yml").read_text(encoding="utf-8"))
        self.nodes = Nodes(manifest, docs)
        self.steps = steps_of(docs / "data_contract.md", self.nodes)
        self.queries = queries_of(manifest, self.nodes)
        self.origins = Origins(manifest, self.nodes.by_name, docs / "specification.md")
        self.facts = Facts(manifest, self.nodes, self.origins)
        self.jinja = templates(SITE / "templates")
        self.jinja.filters["inline"] = self.nodes.inline

    def write(self) -> list[Any]:
        """Write all pages and return the navigation."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        shutil.copytree(SITE / "assets", self.folder / "assets")
        common = {
            "nodes": self.nodes,
            "facts": self.facts,
            "builds": self.builds,
            "origins": self.origins,
            "queries": self.queries,
            "metrics": metrics_of(self.manifest),
            "lineages": lineages,
            "tables": self.nodes.tables,
            "groups": self.nodes.settings["groups"],
            "glossary": self.glossary,
            "readers": READERS,
            "freshness": self.facts.freshness(),
            "lineage_of_dbt": LINEAGE_OF_DBT,
            "page_of_dbt": PAGE_OF_DBT,
            "adapter": self.manifest["metadata"]["adapter_type"],
            "made_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        }
        self._render("index.md", "index.md", common)
        self._render("tables.md", "tables/index.md", common)
        navigation: list[Any] = [{"홈": "index.md"}]
        tables: list[Any] = ["tables/index.md"]
        for group in self.nodes.settings["groups"]:
            for table in group["tables"]:
                self._render("table.md", f"tables/{table['name']}.md", common | self._table(table))
            pages = [{table["name"]: f"tables/{table['name']}.md"} for table in group["tables"]]
            tables.append({group["name"]: pages})
        navigation.append({"테이블": tables})
        self._render("glossary.md", "analysts/glossary.md", common)
        self._render("queries.md", "analysts/queries.md", common)
        self._render("metrics.md", "analysts/metrics_list.md", common)
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
        english, korean = bilingual.split_table(self.nodes.by_name[name]["description"])
        label, sentences = bilingual.split_label(korean)
        return {
            "table": table,
            "name": name,
            "label": label,
            "korean": sentences,
            "english": english,
            "about": self.facts.of(name),
            "rows": self.facts.columns(name),
            "pipeline": self.steps if name == MART else [],
            "made_from": sorted(self.nodes.graph.predecessors(name)),
            "build": self.builds.get(name),
        }

    def _render(self, template: str, file: str, values: dict[str, Any]) -> None:
        path = self.folder / file
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
            shutil.copy(ROOT / Path(file).parent / image, self.folder / folder)
            text = text.replace(f"]({image})", f"]({Path(image).name})")
        path = self.folder / folder / Path(file).name
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
        (self.folder / PAGE_OF_DBT).write_text(page, encoding="utf-8")


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
