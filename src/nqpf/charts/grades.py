"""Grades: the units of each grade as tiles in their given order; a dashed rim: not firmly in its grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width, wrap
from nqpf.charts.shapes import tag, words
from nqpf.frames import require
from nqpf.messages import Lang, Text

NAMES = 150.0
"""Width of the column with the grades' names."""
TILE, GAP, PAD = 28.0, 6.0, 10.0
"""Height of a tile, the room between two, and the room beside its words."""
SIZE = 13.0
LOOSE = "5 3"


def grades(units: pl.DataFrame, titles: Sequence[Text], *, id: str, title: Text, caption: Text) -> Figure:
    """Draw which units are in which grade.

    Parameters
    ----------
    units
        One row a unit, in the order they are shown: ``unit``, ``unit_zh``, ``unit_en``, ``grade`` (1 the best; null:
        none), ``grade_low`` and ``grade_high`` (best and worst grade it may be in), ``firm``.
    titles
        Name of each grade, the best first.
    id, title, caption
        See `Figure`.

    Returns
    -------
    Figure
        Drawn as SVG. A unit that may be in another grade has a dashed rim, and an arrow up, down or both ways.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(units, "unit", "unit_zh", "unit_en", "grade", "grade_low", "grade_high", "firm")
    data = units.select("unit", "unit_zh", "unit_en", "grade", "grade_low", "grade_high", "firm")

    def draw(lang: Lang) -> str:
        return _Drawing(data, tuple(titles), lang).document(title[lang], id)

    return Figure(id, title, caption, data, draw)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The picture in one language."""

    frame: pl.DataFrame
    titles: tuple[Text, ...]
    lang: Lang

    def document(self, title: str, id: str) -> str:
        """Return the SVG document."""
        y, inside = 8.0, []
        for grade, name in self._rows():
            drawn, height = self._row(grade, name, y)
            inside += drawn
            y += height
        legend, y = self._legend(y + 10), y + 40
        head = [tag("title", escape(title), id=f"{id}-title"), tag("rect", width=theme.WIDTH, height=y, fill="white")]
        return tag(
            "svg",
            *head,
            *inside,
            *legend,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {theme.WIDTH} {y:g}",
            width=theme.WIDTH,
            height=y,
            role="img",
            aria_labelledby=f"{id}-title",
            font_family=theme.FONT,
            fill=theme.INK,
        )

    def _rows(self) -> list[tuple[int | None, str]]:
        """Return the grades with their names, and at last, if there is any, who has none."""
        rows: list[tuple[int | None, str]] = [(g, name[self.lang]) for g, name in enumerate(self.titles, 1)]
        if self.frame["grade"].has_nulls():
            rows.append((None, theme.word("no_data", self.lang)))
        return rows

    def _row(self, grade: int | None, name: str, y: float) -> tuple[list[str], float]:
        """Return the drawing of one grade, and its height."""
        members = self.frame.filter(pl.col("grade").eq_missing(pl.lit(grade, dtype=pl.Int64))).to_dicts()
        tiles, x, top = [], NAMES, y + GAP
        for unit in members:
            width = self._width(unit)
            if x + width > theme.WIDTH and x > NAMES:
                x, top = NAMES, top + TILE + GAP
            tiles.append(self._tile(unit, x, top, width))
            x += width + GAP
        lines = [*wrap(name, SIZE, NAMES - 20), theme.word("grades.count", self.lang, count=len(members))]
        height = max(top + TILE + GAP - y, len(lines) * SIZE * 1.4 + 2 * GAP)
        label = words(lines[:-1], 4, y + GAP, SIZE, leading=1.4, font_weight="bold")
        count = words(lines[-1:], 4, y + GAP + (len(lines) - 1) * SIZE * 1.4, SIZE - 1.5, fill=theme.MUTED)
        rule = tag("line", x1=0, x2=theme.WIDTH, y1=y + height, y2=y + height, stroke=theme.GRID)
        return [label, count, *tiles, rule], height

    def _words(self, unit: dict[str, Any]) -> str:
        return str(unit[f"unit_{self.lang}"]) + _arrow(unit)

    def _width(self, unit: dict[str, Any]) -> float:
        return text_width(self._words(unit), SIZE) + 2 * PAD

    def _tile(self, unit: dict[str, Any], x: float, y: float, width: float) -> str:
        fill, ink = theme.NO_DATA, theme.MUTED
        if unit["grade"] is not None:
            share = 1.0 if len(self.titles) == 1 else 1 - (unit["grade"] - 1) / (len(self.titles) - 1)
            fill = theme.score_color(0.08 + 0.84 * share)
            ink = "white" if 0.08 + 0.84 * share > theme.WHITE_FROM else theme.INK
        loose = unit["firm"] is False
        rim = {"stroke": theme.INK if loose else fill, "stroke_dasharray": LOOSE if loose else None}
        box = tag("rect", x=x, y=y, width=width, height=TILE, rx=4.0, fill=fill, stroke_width=1.6, **rim)
        name = words([self._words(unit)], x + PAD, y + (TILE - SIZE * 1.3) / 2, SIZE, fill=ink)
        return tag("g", tag("title", escape(self._tip(unit))), box, name, data_unit=str(unit["unit"]))

    def _tip(self, unit: dict[str, Any]) -> str:
        name = str(unit[f"unit_{self.lang}"])
        if unit["firm"] is not False:
            return name
        best, worst = (self.titles[int(unit[end]) - 1][self.lang] for end in ("grade_low", "grade_high"))
        return theme.word("grades.between", self.lang, unit=name, best=best, worst=worst)

    def _legend(self, y: float) -> list[str]:
        """Return what the rims and arrows mean."""
        x, drawn = NAMES, []
        for word, dash in (("grades.firm", None), ("grades.loose", LOOSE)):
            text = theme.word(word, self.lang)
            drawn.append(
                tag(
                    "rect",
                    x=x,
                    y=y + 3,
                    width=22,
                    height=14,
                    rx=3,
                    fill=theme.SCORES[1],
                    stroke=theme.INK if dash else theme.SCORES[1],
                    stroke_width=1.4,
                    stroke_dasharray=dash,
                )
            )
            drawn.append(words([text], x + 30, y + 2, SIZE - 1.5, fill=theme.MUTED))
            x += 30 + text_width(text, SIZE - 1.5) + 24
        return drawn


def _arrow(unit: dict[str, Any]) -> str:
    """Return the sign of where a unit may be besides: a better grade, a worse one, or both."""
    if unit["firm"] is not False or unit["grade"] is None:
        return ""
    better, worse = unit["grade_low"] < unit["grade"], unit["grade_high"] > unit["grade"]
    return " ↕" if better and worse else " ↑" if better else " ↓"
