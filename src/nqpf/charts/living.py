"""The living logic diagram: the theory's picture lit by levels, ranks, evidence and tests of one unit and year.

The composition follows the picture at the end of seed document 002 (line 380 on). Words and arrows come from
`nqpf.theory.diagram`, places from ``living_layout.yaml``. What is not measured is drawn as such and says which data it
would need. A page redraws the picture for any other unit and year.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width, wrap
from nqpf.charts.living_arrow import draw_arc, draw_path, look
from nqpf.charts.living_box import LEADING, Lettering, draw_box, lettering, rectangle
from nqpf.charts.living_gauge import draw_gauge
from nqpf.charts.living_layout import Layout, Place, Route, layout
from nqpf.charts.living_legend import draw_legend
from nqpf.charts.living_live import Picture, live
from nqpf.charts.living_state import WHOLE, Grid, grid
from nqpf.charts.living_words import about_edge, name_of_edge, signed
from nqpf.charts.shapes import on_circle, tag, words
from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import require
from nqpf.messages import Lang, Text
from nqpf.theory.diagram import Edge, Node, diagram

GROUND = "#f5f8f8"
EDGE_WORDS = "#4f6069"
LABEL, EFFECT, HEADING, SHOWN = 12.0, 11.5, 12.5, 14.0
STATES = ("shown", "against", "not_shown", "untested")
_TEST = ("test", "effect", "low", "high", "q", "state", "reason")


def living_diagram(
    states: pl.DataFrame,
    edges: pl.DataFrame,
    gauges: pl.DataFrame | None,
    names: pl.DataFrame,
    *,
    indicators: Mapping[str, Sequence[Text]],
    id: str,
    title: Text,
    caption: Text,
    period: int,
    unit: str = WHOLE,
) -> Figure:
    """Draw the logic diagram of one unit and year, lit by its levels, ranks and tests.

    Parameters
    ----------
    states
        A row a box, unit and year (unit empty: the mean of all): ``node``, ``unit``, ``period``, ``value`` (0 to 1),
        ``change`` (since the first year), ``rank``, ``low``, ``high`` (ends of its interval; null for the mean and
        where no ranks are told), ``tier`` (``tested``, ``many``, ``few``, ``single``). A box without a row is not
        measured.
    edges
        A row an arrow: ``source``, ``target``, ``test`` (``lead_lag``, ``gain`` or null), ``effect``, ``low``, ``high``
        (standard deviations), ``q``, ``state`` (``shown``, ``against``, ``not_shown``, ``untested``), ``reason``
        (``not_measured``, ``same``, ``refused`` or null). An arrow without a row is untested.
    gauges
        A row a gauge, unit and year: ``node`` (``shakeoff_growth``, ``shakeoff_path``), ``unit`` (null or empty: all
        together), ``period`` (null: every year), ``value``, ``low``, ``high``, ``threshold`` (shares, shown in
        percent), ``verdict`` (``above``, ``below``, ``not_shown``, ``within``, ``not_assessed``). None: they are not
        measured.
    names
        ``unit``, ``unit_zh``, ``unit_en``.
    indicators
        By box the titles of the indicators it rests on.
    id, title, caption
        See `Figure`.
    period, unit
        Year and unit that the picture shows.

    Returns
    -------
    Figure
        Drawn as SVG; boxes are groups with ``data-node``, arrows with ``data-edge``; `Figure.live` holds all units and
        years for a page.

    Raises
    ------
    DataError
        A column is missing, a level lies outside 0 to 1, a box, unit and year stand twice.
    SpecError
        A box, tier, state or verdict is not known, or there is nothing for this unit and year.
    """
    require(edges, "source", "target", *_TEST)
    found = grid(states, gauges, names)
    if unit not in found.units or period not in found.periods:
        raise SpecError("chart_living_absent", where=Where(key=id), unit=unit, period=period)
    for state in edges["state"]:
        choose("state", state, STATES)
    tests = {(row["source"], row["target"]): row for row in edges.iter_rows(named=True)}
    untested = dict.fromkeys(_TEST) | {"state": "untested"}
    whole = {(e.source, e.target): tests.get((e.source, e.target), untested) for e in diagram().edges}
    picture = Picture(found, whole, indicators, unit, period, id)
    return Figure(
        id,
        title,
        caption,
        _data(found, states),
        lambda lang: _Drawing(picture, lang).document(title[lang]),
        live=lambda: live(picture),
    )


def _data(found: Grid, states: pl.DataFrame) -> pl.DataFrame:
    """Return the states of every box, unit and year with names and sources; a row for a box that has none."""
    rows = [(n.id, n.title.zh, n.title.en, n.phrase, f"{n.file}:{n.line}") for n in diagram().nodes]
    boxes = pl.DataFrame(rows, schema=["node", "node_zh", "node_en", "phrase", "source"], orient="row")
    labels = [(unit, name.zh, name.en) for unit, name in found.names.items()]
    units = pl.DataFrame(labels, schema=["unit", "unit_zh", "unit_en"], orient="row")
    # A report that tells no ranks leaves out what has a column of them.
    ranks = ("rank", "low", "high") if found.last_rank else ()
    kept = states.select("node", "unit", "period", "value", "change", *ranks, "tier")
    joined = boxes.with_row_index("row").join(kept, on="node", how="left")
    joined = joined.join(units.with_row_index("place"), on="unit", how="left").sort("row", "place", "period")
    return joined.drop("row", "place")


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The picture in one language."""

    picture: Picture
    lang: Lang
    layout: Layout = field(default_factory=layout)

    def document(self, title: str) -> str:
        """Return the SVG document."""
        width, height = self.layout.size
        inside = [
            tag("rect", width=width, height=height, fill="white"),
            self._ground(),
            *self._arrows(),
            *self._boxes(),
            *[self._label(route) for route in self.layout.routes],
            self._ring_label(),
            *[self._caption(kind, place) for kind, place in self.layout.captions.items()],
            self._shown(),
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
            role="group",
            aria_label=title,
        )

    def _ground(self) -> str:
        """Return the field behind the core and the ring behind the circle."""
        field, (x, y) = self.layout.field, self.layout.ring_center
        ground = rectangle(field, rx=8, fill=GROUND, stroke=theme.SCORES[2], stroke_width=1.2)
        return ground + tag("circle", cx=x, cy=y, r=self.layout.ring_radius, fill=GROUND)

    def _arrows(self) -> list[str]:
        """Return the arrows, those that show most on top."""
        order = STATES[::-1]
        routes = sorted(self.layout.routes, key=lambda r: order.index(self._test(r)["state"]))
        return [self._arrow(route) for route in routes]

    def _arrow(self, route: Route) -> str:
        edge, test, said = self._edge_of(route), self._test(route), self.picture.words(self.lang)
        how, name, rows = (
            look(test["state"], test["effect"]),
            name_of_edge(edge, self.lang),
            about_edge(edge, test, self.lang),
        )
        if route.path:
            drawn = draw_path(route.path, how, edge.inferred)
        else:
            ends = self._ring_angles(route)
            drawn = draw_arc(self.layout.ring_center, self.layout.ring_radius, ends, how, edge.inferred)
        return tag(
            "g",
            tag("title", escape(said.hover(name, rows))),
            drawn,
            self._effect(route, how.color),
            data_edge=f"{edge.source}>{edge.target}",
            data_state=test["state"],
            role="img",
            tabindex="-1",
            aria_label=said.label(name, rows),
        )

    def _effect(self, route: Route, color: str) -> str:
        """Return the estimate beside an arrow, where it was tested and there is room."""
        test = self._test(route)
        if route.effect is None or test["state"] == "untested":
            return ""
        weight = "bold" if test["state"] in ("shown", "against") else "normal"
        return self._words(signed(test["effect"]), route.effect, color, EFFECT, font_weight=weight)

    def _test(self, route: Route) -> Mapping[str, Any]:
        return self.picture.tests[route.source, route.target]

    def _edge_of(self, route: Route) -> Edge:
        return next(e for e in diagram().edges if (e.source, e.target) == (route.source, route.target))

    def _ring_angles(self, route: Route) -> tuple[float, float]:
        """Return the angles at which the ring leaves the source's box and enters the target's."""
        center, radius = self.layout.ring_center, self.layout.ring_radius
        source, target = self.layout.boxes[route.source], self.layout.boxes[route.target]
        begin, end = (math.atan2(b.middle[1] - center[1], b.middle[0] - center[0]) for b in (source, target))
        turn = math.remainder(end - begin, 2 * math.pi)
        angles = [begin + turn * step / 720 for step in range(721)]
        free = [a for a in angles if not any(b.holds(on_circle(center, radius, a)) for b in (source, target))]
        return free[0], free[-1]

    def _boxes(self) -> list[str]:
        letters = lettering(self.picture.grid, self.layout, self.lang)
        return [self._box(node, letters.get(node.id)) for node in diagram().nodes]

    def _box(self, node: Node, letters: Lettering | None) -> str:
        found, at, said = self.picture.grid, (self.picture.unit, self.picture.period), self.picture.words(self.lang)
        name, now = node.title[self.lang], self.picture.now(node, self.lang)
        title = said.hover(name, [*now, *self.picture.about(node, self.lang)])
        label, box = said.label(name, now), self.layout.boxes[node.id]
        if letters is None:
            return draw_gauge(node, box, found.readings[node.id].get(at), found.scales[node.id], title, label, said)
        return draw_box(node, box, letters, found.cells.get(node.id, {}).get(at), title, label, said)

    def _label(self, route: Route) -> str:
        if route.label is None:
            return ""
        return self._words(self._edge_of(route).label[self.lang], route.label, EDGE_WORDS)

    def _ring_label(self) -> str:
        on_ring = next(route for route in self.layout.routes if not route.path)
        return self._words(self._edge_of(on_ring).label[self.lang], self.layout.ring_label, EDGE_WORDS)

    def _caption(self, kind: str, place: Place) -> str:
        caption = next(c for c in diagram().captions if c.kind == kind)
        hover = tag("title", escape(f"“{caption.phrase}” {caption.file}:{caption.line}"))
        text = self._words(caption.title[self.lang], place, theme.INK, HEADING, font_weight="bold")
        return tag("g", hover, text, data_caption=kind)

    def _words(self, text: str, place: Place, color: str, size: float = LABEL, **attributes: str) -> str:
        lines = wrap(text, size, place.width)
        top = place.at[1] - len(lines) * size * LEADING if place.above else place.at[1]
        on_ground = self.layout.field.holds(place.at) or place is self.layout.ring_label
        anchor = None if place.anchor == "start" else place.anchor
        at: dict[str, Any] = {"leading": LEADING, "text_anchor": anchor, **attributes}
        # A rim in the colour of the ground keeps words legible where a line passes behind them. It is drawn first, as
        # not every program that shows a picture can put a rim behind its letters.
        ground = GROUND if on_ground else "#ffffff"
        rim: dict[str, Any] = {
            "fill": ground,
            "stroke": ground,
            "stroke_width": 3,
            "stroke_linejoin": "round",
            "aria_hidden": "true",
        }
        behind = words(lines, place.at[0], top, size, **at, **rim)
        return behind + words(lines, place.at[0], top, size, fill=color, **at)

    def _shown(self) -> str:
        """Return which unit and year the picture shows; the page's script sets the width of long names."""
        room, name = self.layout.shown, self.picture.grid.names[self.picture.unit][self.lang]
        year = theme.word("in_period", self.lang, period=self.picture.period)
        # A long name is set smaller on the same line, so that it keeps to it.
        size = SHOWN * min(1.0, room.width / (1.05 * text_width(name, SHOWN)))
        style: dict[str, Any] = {"leading": LEADING, "fill": theme.INK}
        marks: dict[str, Any] = {"data_part": "unit", "data_room": f"{room.width:g}", "data_size": SHOWN}
        top = room.y + (SHOWN - size) * (LEADING / 2 + 0.36)
        name_line = words([name], room.x, top, size, font_weight="bold", **marks, **style)
        return name_line + words([year], room.x, room.y + SHOWN * LEADING, SHOWN, data_part="period", **style)

    def _legend(self) -> str:
        found, room = self.picture.grid, self.layout.legend
        return draw_legend(
            room["levels"],
            room["arrows"],
            self.picture.words(self.lang),
            id=self.picture.id,
            ranked=found.last_rank > 0,
            gauges=bool(found.readings),
        )
