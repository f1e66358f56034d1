"""The logic diagram of new quality productive forces, lit by a study's numbers; drawn as SVG.

The composition follows the picture at the end of seed document 002 (line 380 on): three causes on top give rise to the
productive forces in the middle; elements leap on the left; what marks the result stands on the right; the circle of
education, science and talent, reform and three sets of measures push from below. Words and arrows come from
`nqpf.theory.diagram`, places from ``logic_layout.yaml``. A node without data is shown as not measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import wrap
from nqpf.charts.logic_layout import Box, Layout, Place, Route, layout
from nqpf.charts.logic_node import LEADING, UNMEASURED, State, draw_nodes, rectangle
from nqpf.charts.shapes import arc, arrow, on_circle, tag, words
from nqpf.errors import DataError, Where
from nqpf.frames import require
from nqpf.messages import Lang, Text
from nqpf.theory.diagram import Diagram, Edge, diagram

GROUND = "#f5f8f8"
EDGE, INFERRED = "#7d8c95", "#a9b5bb"
EDGE_WORDS = "#4f6069"
LABEL = 11.0


def logic_diagram(states: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw the logic diagram with a value on every node that is measured.

    Parameters
    ----------
    states
        One row a node: ``node`` (id in the diagram), ``value`` (0 to 1, or null), ``change`` (or null), ``measured``,
        ``detail_zh`` and ``detail_en`` (what measured it, or what data it would take). A node without a row counts as
        not measured.
    id, title, caption
        See `Figure`.

    Returns
    -------
    Figure
        Drawn as SVG; each node is a group with ``data-node``, reachable by keyboard, whose ``title`` holds the phrase,
        its place in the documents and the detail.

    Raises
    ------
    DataError
        A column is missing, or a value lies outside 0 to 1.
    SpecError
        A node is not in the diagram.
    """
    require(states, "node", "value", "change", "measured", "detail_zh", "detail_en")
    whole = diagram()
    for node, value in states.select("node", "value").iter_rows():
        whole.node(node)
        if value is not None and not 0 <= value <= 1:
            raise DataError("chart_logic_range", where=Where(key=node), value=value)
    data = _joined(whole, states)
    lit = {row["node"]: State(**row) for row in data.drop("node_zh", "node_en", "phrase", "source").to_dicts()}

    def draw(lang: Lang) -> str:
        return _Drawing(whole, layout(), lit, lang, id).document(title[lang])

    return Figure(id, title, caption, data, draw)


def _joined(whole: Diagram, states: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each node of the diagram, in its order, with its words and its state."""
    rows = [(n.id, n.title.zh, n.title.en, n.phrase, f"{n.file}:{n.line}") for n in whole.nodes]
    names = pl.DataFrame(rows, schema=["node", "node_zh", "node_en", "phrase", "source"], orient="row")
    kept = states.select("node", "value", "change", "measured", "detail_zh", "detail_en")
    joined = names.join(kept, on="node", how="left", maintain_order="left")
    return joined.with_columns(measured=pl.col("measured").fill_null(False) & pl.col("value").is_not_null())


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The diagram in one language."""

    diagram: Diagram
    layout: Layout
    states: dict[str, State]
    lang: Lang
    id: str

    def document(self, title: str) -> str:
        """Return the SVG document."""
        width, height = self.layout.size
        inside = [
            tag("rect", width=width, height=height, fill="white"),
            self._ground(),
            *[self._edge(route) for route in self.layout.routes],
            *draw_nodes(self.diagram, self.states, self.layout, self.lang),
            *[self._label(route) for route in self.layout.routes],
            self._ring_label(),
            *[self._caption(kind, place) for kind, place in self.layout.captions.items()],
            self._legend(),
        ]
        return tag(
            "svg",
            *inside,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width} {height}",
            width=width,
            height=height,
            font_family=theme.FONT,
            role="figure",
            aria_label=title,
        )

    def _ground(self) -> str:
        """Return the field behind the core and the ring behind the circle."""
        field, (x, y) = self.layout.field, self.layout.ring_center
        ground = rectangle(field, rx=14, fill=GROUND, stroke=theme.SCORES[2], stroke_width=1.2)
        return ground + tag("circle", cx=x, cy=y, r=self.layout.ring_radius, fill=GROUND)

    def _edge(self, route: Route) -> str:
        edge = self._edge_of(route)
        color = INFERRED if edge.inferred else EDGE
        source = f"“{edge.phrase}” {edge.file}:{edge.line}" if edge.phrase else theme.word("logic.inferred", self.lang)
        ends = [self.diagram.node(end).title[self.lang] for end in (edge.source, edge.target)]
        hover = tag("title", escape(f"{ends[0]} — {edge.label[self.lang]} → {ends[1]}\n{source}"))
        name = f"{edge.source}>{edge.target}"
        if route.path:
            return arrow(route.path, color, hover, dashed=edge.inferred, data_edge=name)
        begin, end = self._ring_angles(route)
        center, radius = self.layout.ring_center, self.layout.ring_radius
        return arc(center, radius, begin, end, color, hover, dashed=edge.inferred, data_edge=name)

    def _edge_of(self, route: Route) -> Edge:
        return next(e for e in self.diagram.edges if (e.source, e.target) == (route.source, route.target))

    def _ring_angles(self, route: Route) -> tuple[float, float]:
        """Return the angles at which the ring leaves the source's box and enters the target's."""
        center, radius = self.layout.ring_center, self.layout.ring_radius
        source, target = self.layout.boxes[route.source], self.layout.boxes[route.target]
        begin, end = (math.atan2(b.middle[1] - center[1], b.middle[0] - center[0]) for b in (source, target))
        turn = math.remainder(end - begin, 2 * math.pi)
        angles = [begin + turn * step / 720 for step in range(721)]
        free = [a for a in angles if not any(b.holds(on_circle(center, radius, a)) for b in (source, target))]
        return free[0], free[-1]

    def _label(self, route: Route) -> str:
        return (
            "" if route.label is None else self._words(self._edge_of(route).label[self.lang], route.label, EDGE_WORDS)
        )

    def _ring_label(self) -> str:
        on_ring = next(route for route in self.layout.routes if not route.path)
        return self._words(self._edge_of(on_ring).label[self.lang], self.layout.ring_label, EDGE_WORDS)

    def _caption(self, kind: str, place: Place) -> str:
        caption = next(c for c in self.diagram.captions if c.kind == kind)
        hover = tag("title", escape(f"“{caption.phrase}” {caption.file}:{caption.line}"))
        text = self._words(caption.title[self.lang], place, theme.INK, size=12.5, font_weight="bold")
        return tag("g", hover, text, data_caption=kind)

    def _words(self, text: str, place: Place, color: str, size: float = LABEL, **attributes: str) -> str:
        lines = wrap(text, size, place.width)
        top = place.at[1] - len(lines) * size * LEADING if place.above else place.at[1]
        # A rim in the colour of the ground keeps words legible where a line passes behind them.
        on_ground = self.layout.field.holds(place.at) or place is self.layout.ring_label
        ground = GROUND if on_ground else "white"
        rim = {"stroke": ground, "stroke_width": 3, "paint_order": "stroke", "stroke_linejoin": "round"}
        anchor = None if place.anchor == "start" else place.anchor
        return words(
            lines, place.at[0], top, size, leading=LEADING, fill=color, text_anchor=anchor, **rim, **attributes
        )

    def _legend(self) -> str:
        """Return the colour scale and samples of a change, a node not measured and an arrow read from the page."""
        x, y, width = self.layout.legend.x, self.layout.legend.y, self.layout.legend.width
        empty = rectangle(Box(x, y + 77, 30, 16), **UNMEASURED)
        dashed = arrow([(x, y + 109), (x + 32, y + 109)], INFERRED, dashed=True)
        samples = [
            self._scale(x, y + 20, width),
            words([theme.word("logic.scale", self.lang)], x, y, 12, fill=theme.INK),
            words(["▲▼"], x + 3, y + 53, 12, fill=theme.INK),
            *[
                words([theme.word(f"logic.{sign}", self.lang)], x + 42, y + 53 + 24 * i, 12, fill=theme.INK)
                for i, sign in enumerate(("change", "not_measured", "inferred"))
            ],
        ]
        return tag("g", *samples, empty, dashed, data_part="legend")

    def _scale(self, x: float, y: float, width: float) -> str:
        """Return the colour scale with its ends."""
        last = len(theme.SCORES) - 1
        stops = [tag("stop", offset=i / last, stop_color=color) for i, color in enumerate(theme.SCORES)]
        name = f"{self.id}-scale"
        bar = tag("rect", x=x, y=y, width=width, height=11, rx=2, fill=f"url(#{name})")
        anchors = {0: None, 0.5: "middle", 1: "end"}
        ticks = [
            words([f"{share:g}"], x + width * share, y + 13, LABEL, fill=theme.MUTED, text_anchor=anchor)
            for share, anchor in anchors.items()
        ]
        return tag("defs", tag("linearGradient", *stops, id=name)) + bar + "".join(ticks)
