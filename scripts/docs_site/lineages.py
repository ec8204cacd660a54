"""The lineages that the pages show, as SVG."""

from __future__ import annotations

from scripts.docs_site import lineage_svg
from scripts.docs_site.nodes import TABLES, Nodes


def of_table(nodes: Nodes, name: str) -> str:
    """The upstream and downstream lineage of a table, with all steps."""
    shown = {name} | nodes.closure(name, nodes.parents) | nodes.closure(name, nodes.children)
    edges = {edge for edge in nodes.edges if set(edge) <= shown}
    return _draw(nodes, shown, edges, "tables", f"{name}의 리니지", name)


def of_all(nodes: Nodes, folder: str) -> str:
    return _draw(nodes, set(nodes.by_name), nodes.edges, folder, "모든 모델의 리니지")


def of_tables(nodes: Nodes) -> str:
    """The lineage of sources and tables only; an arrow replaces the steps between them."""
    shown = {name for name in nodes.by_name if nodes.kind(name) in (*TABLES, "source")}

    def made_from(name: str) -> set[str]:
        found = set()
        for parent in nodes.parents(name):
            found |= {parent} if parent in shown else made_from(parent)
        return found

    edges = {(source, name) for name in shown for source in made_from(name)}
    # No arrow is drawn if there is also a path through another table.
    direct = {
        (source, target)
        for source, target in edges
        if not any((source, by) in edges and (by, target) in edges for by in shown)
    }
    return _draw(nodes, shown, direct, "", "소스와 테이블의 리니지", sideways=True)


def _draw(
    nodes: Nodes,
    shown: set[str],
    edges: set[tuple[str, str]],
    folder: str,
    title: str,
    current: str = "",
    sideways: bool = False,
) -> str:
    drawn = [
        lineage_svg.Node(name, nodes.kind(name), nodes.link(name, folder)) for name in sorted(shown)
    ]
    return lineage_svg.draw(drawn, edges, title=title, current=current, sideways=sideways)
