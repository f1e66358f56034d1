"""One box of the living logic diagram: filled by its level, with its words, numbers, rank and tier of evidence.

Words stand where they stand for every unit and year; the page's script changes texts, fill, marks and, where there is
no rank, how far the block of words is moved (``data-drop``), and must come to what is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from nqpf.charts import theme
from nqpf.charts.fit import LEAST, Fitted, fit, text_width
from nqpf.charts.living_layout import Box, Layout
from nqpf.charts.living_state import TIERS, Cell, Grid
from nqpf.charts.living_words import Words
from nqpf.charts.shapes import tag, words
from nqpf.messages import Lang
from nqpf.theory.diagram import Node, diagram

SIZE, SMALL, CORE = 13.0, 12.0, 25.0
NUMBERS, CORE_NUMBERS = 12.0, 19.0
RANKS, CORE_RANKS = 11.5, 13.0
LEADING = 1.28
PADDING = 6.0
TOP = 9.0
"""Room that the marks of the tier take from the top of a card."""
BOLDER = 1.05
"""How much wider bold Latin letters run."""
LIGHT = ("measure", "caution")
DOTS = 3
DOT, STEP = 2.6, 7.5
"""Radius of the marks of a tier and the way from one to the next."""
MARKS = DOT * 2 + STEP * (DOTS - 1)
UNMEASURED = {"fill": "#ffffff", "stroke": "#75848d", "stroke-dasharray": "4 3"}
BLACK, WHITE = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text with a fixed place: `lines` of them at `size`, `x` and `y` being the anchor and the top."""

    x: float
    y: float
    size: float
    lines: int

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.lines * self.size * LEADING


@dataclass(frozen=True, slots=True)
class Lettering:
    """What stands where in a box.

    Attributes
    ----------
    name, at
        The name, fitted, and the middle of its top, or the top left corner where `side`.
    bold
        Whether the name is bold.
    side
        Whether the numbers stand on the right of the name.
    value, rank
        Places of level and change, and of rank and interval; no lines where there never is a rank.
    drop
        How far words move down where there is no rank.
    dots
        Middle of the first mark of the tier.
    """

    name: Fitted
    at: tuple[float, float]
    bold: bool
    side: bool
    value: Block
    rank: Block
    drop: float
    dots: tuple[float, float]


@cache
def fills() -> tuple[str, ...]:
    """Return the fill for each level in hundredths, 0 to 100."""
    return tuple(theme.score_color(level / 100) for level in range(101))


@cache
def white_from() -> int:
    """Return the level in hundredths from which white letters stand out better than black ones.

    Either way they do so by 4.5 to 1 at least (WCAG 2.2, 1.4.3).
    """
    return next(level for level, fill in enumerate(fills()) if contrast(fill, WHITE) > contrast(fill, BLACK))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours after WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).

    Examples
    --------
    >>> round(contrast("#ffffff", "#000000"))
    21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def lettering(grid: Grid, layout: Layout, lang: Lang) -> dict[str, Lettering]:
    """Return the words' places in every box that is no gauge; names of nodes of one kind share a font size."""
    nodes = [node for node in diagram().nodes if node.id not in grid.readings]
    last = grid.last_rank
    widest = Cell(88, -88, last or None, max(last - 1, 0), last, "many")
    samples = {node.id: _Sample(Words(lang, 0), widest if node.id in grid.cells else None) for node in nodes}
    largest = {
        node.kind: CORE if node.kind == "core" else SMALL if node.kind in layout.small else SIZE for node in nodes
    }
    found = {node.id: _letters(node, layout, samples[node.id], largest[node.kind]) for node in nodes}
    for node in nodes:
        largest[node.kind] = min(found[node.id].name.size, largest[node.kind])
    return {node.id: _letters(node, layout, samples[node.id], largest[node.kind]) for node in nodes}


@dataclass(frozen=True, slots=True)
class _Sample:
    """The widest that a box has to say; `cell` is None where it is never measured."""

    words: Words
    cell: Cell | None

    def level(self, room: float, size: float) -> Block:
        return self._block(self.words.level, room, size)

    def rank(self, room: float, size: float) -> Block:
        if self.cell is None or self.cell.rank is None:
            return Block(0, 0, size, 0)
        return self._block(self.words.rank, room, size)

    def _block(self, said: Callable[[Cell | None, int], list[str]], room: float, size: float) -> Block:
        """Return the block of a text that stays on one line where that fits, else takes two."""
        lines = 1 if text_width(said(self.cell, 1)[0], size) <= room else 2
        while size > LEAST and max(text_width(line, size) for line in said(self.cell, lines)) > room:
            size -= 0.5
        return Block(0, 0, size, lines)

    def width(self, value: Block, rank: Block) -> tuple[float, float]:
        """Return the widths of level and rank on one line each."""
        level = text_width(self.words.level(self.cell, 1)[0], value.size)
        return level, text_width(self.words.rank(self.cell, 1)[0], rank.size) if rank.lines else 0.0


def _letters(node: Node, layout: Layout, sample: _Sample, size: float) -> Lettering:
    box = layout.boxes[node.id]
    # Latin letters run wider where they are bold.
    slack = BOLDER if node.kind not in LIGHT and sample.words.lang == "en" else 1.0
    return (_card if layout.look(node.kind) == "card" else _row)(node, box, sample, size, slack)


def _card(node: Node, box: Box, sample: _Sample, size: float, slack: float) -> Lettering:
    """Return the places in a box whose words stand above the numbers."""
    numbers, ranks = (CORE_NUMBERS, CORE_RANKS) if node.kind == "core" else (NUMBERS, RANKS)
    value, rank = (make(box.width - PADDING, at) for make, at in ((sample.level, numbers), (sample.rank, ranks)))
    top = TOP if sample.cell else 3.0
    room = box.height - top - 5 - value.height - rank.height
    name = fit(node.title[sample.words.lang], (box.width - 2 * PADDING) / slack, room, size, LEADING)
    x, y = box.middle[0], box.y + top + (room - name.height) / 2
    under = y + name.height + 2
    return Lettering(
        name=name,
        at=(x, y),
        bold=node.kind not in LIGHT,
        side=False,
        value=replace(value, x=x, y=under),
        rank=replace(rank, x=x, y=under + value.height),
        drop=rank.height / 2,
        dots=(box.right - PADDING - MARKS + DOT, box.y + 4 + DOT),
    )


def _row(node: Node, box: Box, sample: _Sample, size: float, slack: float) -> Lettering:
    """Return the places in a box whose numbers stand on the right of the words."""
    value, rank = (make(box.width, at) for make, at in ((sample.level, NUMBERS), (sample.rank, RANKS)))
    wide, ranked = sample.width(value, rank)
    marks = MARKS + 8 if sample.cell else 0.0
    room = box.width - 4 * PADDING - max(wide + marks, ranked)
    name = fit(node.title[sample.words.lang], room / slack, box.height - 4, size, LEADING)
    x, y = box.right - PADDING - 2, box.middle[1] - (value.height + rank.height) / 2
    return Lettering(
        name=name,
        at=(box.x + PADDING + 2, box.middle[1] - name.height / 2),
        bold=node.kind not in LIGHT,
        side=True,
        value=replace(value, x=x, y=y),
        rank=replace(rank, x=x, y=y + value.height),
        drop=rank.height / 2,
        dots=(x - wide - marks + DOT, y + value.height / 2),
    )


def draw_box(node: Node, box: Box, letters: Lettering, cell: Cell | None, title: str, label: str, said: Words) -> str:
    """Return a box as a group with ``data-node``.

    Parameters
    ----------
    node, box, letters
        The node, and where it and its words stand.
    cell
        What is known; None where it is not measured.
    title, label
        What is said when it is pointed at, and what is read aloud.
    said
        Puts numbers into words.
    """
    ranked = said.rank(cell, letters.rank.lines)
    name = _name(letters)
    numbers = _numbers("value", letters.value, said.level(cell, letters.value.lines), letters.side)
    if letters.rank.lines:
        numbers += _numbers("rank", letters.rank, ranked, letters.side)
    ink = theme.INK if cell is None else WHITE if cell.value >= white_from() else BLACK
    marks = draw_tier(letters.dots, None if cell is None else cell.tier, ink)
    drop = f"{letters.drop:g}"
    moved = tag(
        "g",
        *([numbers, marks] if letters.side else [name, numbers]),
        data_part="moved",
        data_drop=drop,
        transform=f"translate(0 {0 if any(ranked) else drop})",
    )
    look = UNMEASURED if cell is None else {"fill": fills()[cell.value], "stroke": theme.SCORES[4]}
    return tag(
        "g",
        tag("title", escape(title)),
        rectangle(box, rx=6, **look),
        tag("g", *([name, moved] if letters.side else [moved, marks]), data_part="inside", fill=ink),
        data_node=node.id,
        role="img",
        tabindex="-1",
        aria_label=label,
    )


def rectangle(box: Box, **attributes: Any) -> str:
    """Return `box` as an SVG rectangle."""
    return tag("rect", x=box.x, y=box.y, width=box.width, height=box.height, **attributes)


def draw_tier(first: tuple[float, float], tier: str | None, ink: str) -> str:
    """Return the marks of a tier of evidence: a lozenge for the first, else one to three discs, the rest rings.

    Parameters
    ----------
    first
        Middle of the first mark.
    tier
        The tier; None draws nothing that is seen.
    ink
        Colour.
    """
    (x, y), shown = first, TIERS.index(tier) if tier else None
    discs = [
        tag("circle", cx=x + STEP * k, cy=y, r=DOT, fill="none" if shown is not None and k > DOTS - shown else None)
        for k in range(DOTS)
    ]
    end = x + STEP * (DOTS - 1)
    lozenge = f"M{end:g} {y - 4:g}L{end + 4:g} {y:g}L{end:g} {y + 4:g}L{end - 4:g} {y:g}Z"
    return tag(
        "g",
        tag("g", *discs, display=None if shown else "none"),
        tag("path", d=lozenge, display=None if shown == 0 else "none"),
        data_part="tier",
        fill=ink,
        stroke=ink,
    )


def _name(letters: Lettering) -> str:
    return words(
        letters.name.lines,
        *letters.at,
        letters.name.size,
        leading=LEADING,
        text_anchor=None if letters.side else "middle",
        font_weight="bold" if letters.bold else None,
    )


def _numbers(part: str, block: Block, lines: list[str], side: bool) -> str:
    anchor = "end" if side else "middle"
    return words(lines, block.x, block.y, block.size, leading=LEADING, text_anchor=anchor, data_part=part)
