"""Draw the lineage of models as a self-contained SVG for a page.

    draw([Node("ws_sess_daily", "mart", "tables/ws_sess_daily.html"), …], [("a", "b"), …])

grandalf arranges the nodes in layers, from sources at the top to marts at the bottom. If there are
few layers and many tables, the layers go from left to right. The page's style sheet
(docs/site/assets/site.css) sets the colours by the class of each node's kind.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout
from grandalf.routing import EdgeViewer, route_with_lines

# In pixels, for text of 12 pixels that is readable without zooming.
CHARACTER = 6.7
LINE = 13
PADDING = 8
HEIGHT = 2 * LINE + PADDING - 2
BETWEEN_NODES = 8
BETWEEN_LAYERS = 17
BETWEEN_LAYERS_SIDEWAYS = 60
MARGIN = 10
# A longer name is split into two lines, so that a layer of eight tables fits on a page.
LONGEST_LINE = 20
# The layout depends on the order of the arrows. Of this many orders, the narrowest layout is drawn.
ORDERS = 12


class Node(NamedTuple):
    """A model, source or snapshot. `kind` is its CSS class, `link` is the address of its page."""

    name: str
    kind: str
    link: str


class _Numbered:
    """A part of a graph whose hash is its number. grandalf puts these parts into sets. By default
    their order there, and with it the layout, would differ from run to run."""

    def __init__(self, number: int, *arguments: Any) -> None:
        self.number = number
        super().__init__(*arguments)

    def __hash__(self) -> int:
        return self.number


class _Vertex(_Numbered, Vertex):
    pass


class _Edge(_Numbered, Edge):
    pass


class _Box:
    """The attributes that grandalf needs for a node: its size, and the position that it sets."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.w = max(map(len, lines)) * CHARACTER + 2 * PADDING
        self.h = HEIGHT
        self.xy = (0.0, 0.0)

    def turn(self) -> None:
        """Swap width and height. grandalf only arranges layers from top to bottom."""
        self.w, self.h = self.h, self.w
        self.xy = self.xy[::-1]


def draw(
    nodes: Sequence[Node],
    edges: Iterable[tuple[str, str]],
    *,
    title: str,
    current: str = "",
    sideways: bool = False,
) -> str:
    """Draw the nodes as SVG. Edges go from upstream to downstream; `current` is highlighted."""
    edges = sorted(edges)
    orders = [random.Random(seed).sample(edges, len(edges)) for seed in range(ORDERS)]
    drawn = [_drawn(nodes, order, title, current, sideways) for order in orders]
    return min(drawn, key=lambda one: one[0])[1]


def _drawn(
    nodes: Sequence[Node],
    edges: Sequence[tuple[str, str]],
    title: str,
    current: str,
    sideways: bool,
) -> tuple[float, str]:
    """The width, and the SVG of the layout for this order of the edges."""
    vertices = {node.name: _Vertex(number, node) for number, node in enumerate(nodes)}
    for vertex in vertices.values():
        vertex.view = _Box(_lines(vertex.data.name))
    arrows = [
        _Edge(number, vertices[source], vertices[target])
        for number, (source, target) in enumerate(edges)
    ]
    for arrow in arrows:
        arrow.view = EdgeViewer()

    boxes = [vertex.view for vertex in vertices.values()]
    if sideways:
        for box in boxes:
            box.turn()
    end = 0.0
    for part in Graph(list(vertices.values()), arrows).C:
        _lay_out(part, BETWEEN_LAYERS_SIDEWAYS if sideways else BETWEEN_LAYERS)
        # Parts that are not connected by an edge are placed side by side.
        start = min(vertex.view.xy[0] - vertex.view.w / 2 for vertex in part.sV)
        _move(part, end - start)
        end = max(vertex.view.xy[0] + vertex.view.w / 2 for vertex in part.sV) + BETWEEN_NODES
    curves = [_curve(arrow) for arrow in arrows]
    if sideways:
        for box in boxes:
            box.turn()
        curves = [[(x, y) for y, x in curve] for curve in curves]

    xs = [box.xy[0] + side * box.w / 2 for box in boxes for side in (-1, 1)]
    ys = [box.xy[1] + side * box.h / 2 for box in boxes for side in (-1, 1)]
    xs += [x for curve in curves for x, _ in curve]
    ys += [y for curve in curves for _, y in curve]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    width, height = max(xs) - left + MARGIN, max(ys) - top + MARGIN
    body = [_arrow(curve) for curve in curves]
    body += [_box(vertex, vertex.data.name == current) for vertex in vertices.values()]
    return width, (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}"'
        f' width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}">'
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
        + "".join(body)
        + "</svg>"
    )


def _lines(name: str) -> list[str]:
    """The name on one line, or on two lines if it is long: split after `__` or near its middle."""
    source, found, rest = name.partition("__")
    if found:
        return [source + found, rest]
    places = [place + 1 for place, letter in enumerate(name) if letter == "_"]
    if len(name) <= LONGEST_LINE or not places:
        return [name]
    place = min(places, key=lambda place: abs(place - len(name) / 2))
    return [name[:place], name[place:]]


def _lay_out(part: Any, between_layers: int) -> None:
    layout = SugiyamaLayout(part)
    layout.xspace, layout.yspace = BETWEEN_NODES, between_layers
    # The space of an arrow in the layers that it passes.
    layout.dw, layout.dh = 8, max(vertex.view.h for vertex in part.sV)
    layout.route_edge = route_with_lines
    # A source that is first read in a low layer is placed there, not at the top.
    layout.init_all(optimize=True)
    layout.draw(20)
    layout.draw_edges()


def _move(part: Any, right: float) -> None:
    for vertex in part.sV:
        vertex.view.xy = (vertex.view.xy[0] + right, vertex.view.xy[1])
    for arrow in part.sE:
        arrow.view._pts = [(x + right, y) for x, y in arrow.view._pts]


def _curve(arrow: Edge) -> list[tuple[float, float]]:
    """The points of a Bézier curve from the edge of one box, between other boxes, to the next box.
    It follows the direction of the layers at each point that it passes."""
    source, target = (vertex.view for vertex in arrow.v)
    x, y = source.xy[0], source.xy[1] + source.h / 2
    curve = [(x, y)]
    for to_x, to_y in (*arrow.view._pts[1:-1], (target.xy[0], target.xy[1] - target.h / 2)):
        middle = (y + to_y) / 2
        curve += [(x, middle), (to_x, middle), (to_x, to_y)]
        x, y = to_x, to_y
    return curve


def _arrow(curve: Sequence[tuple[float, float]]) -> str:
    start, *points = (f"{x:.0f} {y:.0f}" for x, y in curve)
    parts = [" ".join(points[place : place + 3]) for place in range(0, len(points), 3)]
    return f'<path d="M{"C".join([start, *parts])}" marker-end="url(#arrow)"/>'


def _box(vertex: Vertex, current: bool) -> str:
    node, view = vertex.data, vertex.view
    x, y = view.xy
    first = y - (len(view.lines) - 1) * LINE / 2 + 4
    text = "".join(
        f'<tspan x="{x:.0f}" y="{first + number * LINE:.0f}">{escape(line)}</tspan>'
        for number, line in enumerate(view.lines)
    )
    return (
        f'<a class="{node.kind}{" current" if current else ""}" href="{escape(node.link)}"'
        f' data-node="{escape(node.name)}"><title>{escape(node.name)}</title>'
        f'<rect x="{x - view.w / 2:.0f}" y="{y - view.h / 2:.0f}"'
        f' width="{view.w:.0f}" height="{view.h:.0f}"/><text>{text}</text></a>'
    )
