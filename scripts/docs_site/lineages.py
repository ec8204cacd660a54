"""The lineages that the pages show, as SVG."""

from __future__ import annotations

from collections.abc import Iterable

import networkx

from scripts.docs_site import lineage_svg
from scripts.docs_site.nodes import TABLES, Nodes


def of_table(nodes: Nodes, name: str) -> str:
    """The upstream and downstream lineage of a table, with all steps."""
    graph = nodes.graph
    shown = {name} | networkx.ancestors(graph, name) | networkx.descendants(graph, name)
    return _draw(nodes, shown, graph.subgraph(shown).edges, "tables", f"{name}의 리니지", name)


def of_all(nodes: Nodes, folder: str) -> str:
    return _draw(nodes, nodes.by_name, nodes.graph.edges, folder, "모든 모델의 리니지")


def of_tables(nodes: Nodes) -> str:
    """The lineage of sources and tables only; an arrow replaces the steps between them."""
    shown = {name for name in nodes.by_name if nodes.kind(name) in (*TABLES, "source")}
    made_from = networkx.transitive_closure(nodes.graph).subgraph(shown)
    # No arrow is drawn if there is also a path through another table.
    direct = networkx.transitive_reduction(made_from)
    return _draw(nodes, shown, direct.edges, "", "소스와 테이블의 리니지", sideways=True)


def _draw(
    nodes: Nodes,
    shown: Iterable[str],
    edges: Iterable[tuple[str, str]],
    folder: str,
    title: str,
    current: str = "",
    sideways: bool = False,
) -> str:
    drawn = [
        lineage_svg.Node(name, nodes.kind(name), nodes.link(name, folder)) for name in sorted(shown)
    ]
    return lineage_svg.draw(drawn, edges, title=title, current=current, sideways=sideways)
