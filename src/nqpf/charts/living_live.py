"""What is drawn in the living logic diagram, and what a page needs to redraw it for another unit and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nqpf.charts import theme
from nqpf.charts.living_box import fills, white_from
from nqpf.charts.living_state import Grid, cells_as_columns, readings_as_columns
from nqpf.charts.living_words import Rows, Words, about_edge, about_node, name_of_edge, templates
from nqpf.messages import LANGUAGES, Lang, Text
from nqpf.theory.diagram import Edge, Node, diagram


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is drawn.

    Attributes
    ----------
    grid
        Numbers of boxes and gauges.
    tests
        Test of each arrow by its ends.
    indicators
        By box the titles of the indicators it rests on.
    unit, period
        What is shown.
    id
        Of the figure.
    """

    grid: Grid
    tests: Mapping[tuple[str, str], Mapping[str, Any]]
    indicators: Mapping[str, Sequence[Text]]
    unit: str
    period: int
    id: str

    def words(self, lang: Lang) -> Words:
        """Return what puts numbers into words."""
        return Words(lang, self.grid.periods[0])

    def about(self, node: Node, lang: Lang) -> Rows:
        """Return what is said of a box whatever unit and year is shown."""
        measured = node.id in self.grid.cells or node.id in self.grid.readings
        return about_node(node, self.indicators.get(node.id, ()), measured, lang)

    def now(self, node: Node, lang: Lang) -> Rows:
        """Return what is said of a box for the unit and year shown."""
        said, at = self.words(lang), (self.unit, self.period)
        if node.id in self.grid.readings:
            return said.reading(node.id, self.grid.readings[node.id].get(at))
        return said.cell(self.grid.cells.get(node.id, {}).get(at))


def live(picture: Picture) -> dict[str, Any]:
    """Return what a page needs to redraw the picture: numbers of all units and years, words, colours.

    Texts stand under ``zh`` and ``en``; numbers of boxes and gauges are lists over units, then years.
    """
    found = picture.grid
    boxes = {
        node.id: {
            "name": {lang: node.title[lang] for lang in LANGUAGES},
            "about": {lang: picture.about(node, lang) for lang in LANGUAGES},
        }
        | ({"cells": cells_as_columns(found, node.id)} if node.id in found.cells else {})
        for node in diagram().nodes
    }
    for node in found.readings:
        gauge = {lang: theme.word(f"living.gauge.{node}", lang) for lang in LANGUAGES}
        boxes[node] |= {"readings": readings_as_columns(found, node), "ends": found.scales[node], "gauge": gauge}
    return {
        "units": [{lang: found.names[unit][lang] for lang in LANGUAGES} for unit in found.units],
        "periods": found.periods,
        "unit": found.units.index(picture.unit),
        "period": found.periods.index(picture.period),
        "fills": fills(),
        "ink": theme.INK,
        "rim": theme.SCORES[4],
        "white_from": white_from(),
        "words": {lang: templates(lang, found.periods[0], found.last_rank) for lang in LANGUAGES},
        "boxes": boxes,
        "edges": {f"{e.source}>{e.target}": _live_edge(picture, e) for e in diagram().edges},
    }


def _live_edge(picture: Picture, edge: Edge) -> dict[str, Any]:
    test = picture.tests[edge.source, edge.target]
    return {
        "name": {lang: name_of_edge(edge, lang) for lang in LANGUAGES},
        "about": {lang: about_edge(edge, test, lang) for lang in LANGUAGES},
    }
