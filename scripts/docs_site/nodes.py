"""The models, snapshots and sources that the site shows: their kinds, names, links and lineage."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import networkx
import yaml

from scripts import bilingual

# Kinds of nodes that have a page of their own.
TABLES = ("mart", "monitoring", "snapshot")


class SiteError(Exception):
    """The site cannot be built from its sources; the message names the place and the remedy."""


class Nodes:
    """The nodes by name and, as a graph, what each is made from. `settings` is tables.yml, `tables`
    its tables by name."""

    def __init__(self, manifest: dict[str, Any], docs: Path) -> None:
        self.settings = yaml.safe_load((docs / "site" / "tables.yml").read_text(encoding="utf-8"))
        self.by_name = {
            node["name"]: node
            for node in [*manifest["nodes"].values(), *manifest["sources"].values()]
            if node["resource_type"] in ("model", "snapshot", "source")
            and node["package_name"] == manifest["metadata"]["project_name"]
            and node["name"] not in self.settings["hidden"]
        }
        self.names = {node["unique_id"]: name for name, node in self.by_name.items()}
        self.graph = networkx.DiGraph()
        self.graph.add_nodes_from(self.by_name)
        self.graph.add_edges_from(
            (self.names[parent], name)
            for name, node in self.by_name.items()
            for parent in node.get("depends_on", {}).get("nodes", ())
        )
        self.tables = {
            table["name"]: table | {"group": group["name"]}
            for group in self.settings["groups"]
            for table in group["tables"]
        }
        self._check()

    def _check(self) -> None:
        """Check that tables.yml lists exactly the marts and snapshots."""
        there = {name for name, node in self.by_name.items() if self.kind(name) in TABLES}
        for name in sorted(there ^ self.tables.keys()):
            what = "is not in" if name in there else "is not a mart or snapshot to show, but is in"
            raise SiteError(f"{name} {what} docs/site/tables.yml. Correct that file.")

    def kind(self, name: str) -> str:
        """The kind of a node in the lineage, which is also its CSS class."""
        node = self.by_name[name]
        if node["resource_type"] == "model":
            layer, subject = node["fqn"][1:3]
            if layer == "marts":
                return "monitoring" if subject == "monitoring" else "mart"
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
        _, korean = bilingual.split_table(self.by_name[name]["description"])
        return bilingual.split_label(korean)[0]
