"""The lines of a page of pdf from the coordinates of its characters: columns in reading order, gaps as blanks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.text.reading.columns import Floats, Indices, zones
from nqpf.text.reading.html_page import CHINESE
from nqpf.text.reading.lines import Box

OVERPRINT = 0.2
"""Offset, in characters, up to which the same character on top of itself is one that was printed twice."""
GAP, CHINESE_GAP = 0.2, 0.6
"""Gap between letters, and between Chinese characters, from which there is a blank."""
INDENT, LEADING = 1.5, 1.5
"""First line of a paragraph: indented by so many characters, or below so much of the usual distance of lines."""
LARGER = 1.1
"""Ratio of sizes from which two lines are not of one paragraph."""
HEAVY = ("bold", "black", "heavy", "hei")
"""Parts of names of fonts that are set in bold."""


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page: characters, box, size of its type; whether bold, and whether a paragraph begins with it."""

    text: str
    box: Box
    size: float
    bold: bool
    opens: bool


@dataclass(slots=True)
class Remarks:
    """What was met on pages, by number of page; readers add to it."""

    empty: list[int] = field(default_factory=list)
    vertical: list[int] = field(default_factory=list)
    rotated: list[int] = field(default_factory=list)
    overprinted: list[int] = field(default_factory=list)
    uncoded: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Visible characters of a page: text, boxes ``float[N, 4]``, size ``float[N]``, bold ``bool[N]``."""

    text: NDArray[np.object_]
    boxes: Floats
    size: Floats
    bold: NDArray[np.bool_]

    def take(self, index: Indices) -> Glyphs:
        """Return some of them."""
        return Glyphs(self.text[index], self.boxes[index], self.size[index], self.bold[index])


def page_lines(chars: Sequence[dict[str, Any]], height: float, number: int, remarks: Remarks) -> list[PdfLine]:
    """Return the lines of a page; turned text comes last.

    Parameters
    ----------
    chars
        Characters as pdfplumber gives them.
    height, number
        Height of the page, and its number for remarks.
    """
    seen = [c for c in chars if c["text"].strip()]
    level = _glyphs([c for c in seen if c["upright"]])
    level = _once(level, number, remarks)
    lines: list[PdfLine] = []
    before: list[PdfLine] = []
    for zone in zones(level.boxes, height):
        found = _zone_lines(level.take(zone), number, remarks)
        lines += [replace(found[0], opens=not _goes_on(before, found)), *found[1:]]
        before = found
    turned = [c for c in seen if not c["upright"]]
    if turned:
        remarks.rotated.append(number)
        lines += _turned_lines(turned)
    if not seen:
        remarks.empty.append(number)
    return lines


def _glyphs(chars: Sequence[dict[str, Any]]) -> Glyphs:
    boxes = np.array([(c["x0"], c["top"], c["x1"], c["bottom"]) for c in chars], dtype=float).reshape(-1, 4)
    size = np.array([c["size"] for c in chars], dtype=float)
    bold = np.array([any(word in c["fontname"].lower() for word in HEAVY) for c in chars], dtype=bool)
    return Glyphs(np.array([c["text"] for c in chars], dtype=object), boxes, size, bold)


def _once(glyphs: Glyphs, number: int, remarks: Remarks) -> Glyphs:
    """Return characters without those printed a second time on top of themselves, which is a way to make type bold."""
    kept: dict[str, list[int]] = {}
    for i in np.lexsort((glyphs.boxes[:, 0], glyphs.boxes[:, 1])):
        same = kept.setdefault(glyphs.text[i], [])
        reach = OVERPRINT * glyphs.size[i]
        if not any((abs(glyphs.boxes[j, :2] - glyphs.boxes[i, :2]) <= reach).all() for j in same):
            same.append(int(i))
    index = np.sort(np.array([i for same in kept.values() for i in same], dtype=np.intp))
    if len(index) < len(glyphs.text):
        remarks.overprinted.append(number)
    return glyphs.take(index)


def _zone_lines(zone: Glyphs, number: int, remarks: Remarks) -> list[PdfLine]:
    """Return the lines of a zone without columns."""
    rows = _rows(zone.boxes, axis=1)
    if _is_vertical(zone, rows):
        remarks.vertical.append(number)
        columns = _rows(zone.boxes, axis=0)[::-1]
        return [_line(zone, c[np.argsort(zone.boxes[c, 1], kind="stable")], "", i == 0) for i, c in enumerate(columns)]
    rows = [row[np.argsort(zone.boxes[row, 0], kind="stable")] for row in rows]
    opens = _openings(zone, rows)
    return [_line(zone, row, " ", first) for row, first in zip(rows, opens, strict=True)]


def _goes_on(before: list[PdfLine], after: list[PdfLine]) -> bool:
    """Say whether a paragraph goes on from the foot of one column to the head of the next."""
    if len(before) < 2 or len(after) < 2:
        return False
    last, first = before[-1], after[0]
    alike = max(last.size, first.size) < LARGER * min(last.size, first.size)
    full = last.box[2] >= max(line.box[2] for line in before) - INDENT * last.size
    flush = first.box[0] <= min(line.box[0] for line in after) + INDENT * first.size
    return alike and full and flush


def _rows(boxes: Floats, axis: int) -> list[Indices]:
    """Return the characters that stand on one line (axis 1) or below each other (axis 0), told by their middles."""
    middle = (boxes[:, axis] + boxes[:, axis + 2]) / 2
    half = float(np.median(boxes[:, axis + 2] - boxes[:, axis])) / 2
    order = np.argsort(middle, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(middle[order]) > half) + 1)


def _is_vertical(zone: Glyphs, rows: list[Indices]) -> bool:
    """Say whether lines run downwards: characters close to those below, far from those beside them, or alone."""
    if len(rows) < 3:
        return False
    columns = _rows(zone.boxes, axis=0)
    beside, below = _gaps(zone, rows, 0), _gaps(zone, columns, 1)
    if max(len(c) for c in columns) < 3 or not below.size:
        return False
    close = float(np.median(below)) < 0.4
    return close and (not beside.size or float(np.median(beside)) > max(0.5, 2 * float(np.median(below))))


def _gaps(zone: Glyphs, lines: list[Indices], axis: int) -> Floats:
    """Return the gaps between neighbours on lines along an axis, in characters."""
    found = []
    for line in lines:
        boxes = zone.boxes[line[np.argsort(zone.boxes[line, axis], kind="stable")]]
        found.append(boxes[1:, axis] - boxes[:-1, axis + 2])
    return np.concatenate(found) / max(float(np.median(zone.size)), 1e-6)


def _openings(zone: Glyphs, rows: list[Indices]) -> list[bool]:
    """Return which lines begin a paragraph, as far as indents, distances and sizes show."""
    left = np.array([zone.boxes[row, 0].min() for row in rows])
    middle = np.array([(zone.boxes[row, 1] + zone.boxes[row, 3]).mean() / 2 for row in rows])
    size = np.array([np.median(zone.size[row]) for row in rows])
    pitch = np.diff(middle)
    usual = float(np.median(pitch)) if pitch.size else 0.0
    edge = float(np.quantile(left, 0.1))
    opens = [True]
    for i in range(1, len(rows)):
        ratio = max(size[i], size[i - 1]) / max(min(size[i], size[i - 1]), 1e-6)
        opens.append(
            bool(left[i] - edge >= INDENT * size[i] > 0)
            or bool(pitch[i - 1] > LEADING * usual)
            or bool(ratio >= LARGER)
        )
    return opens


def _line(zone: Glyphs, row: Indices, blank: str, opens: bool) -> PdfLine:
    boxes = zone.boxes[row]
    box = (boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max())
    text = "".join(_spaced(zone, row)) if blank else "".join(zone.text[row])
    x0, y0, x1, y1 = (round(float(x), 2) for x in box)
    return PdfLine(text, (x0, y0, x1, y1), float(np.median(zone.size[row])), bool(zone.bold[row].mean() > 0.5), opens)


def _spaced(zone: Glyphs, row: Indices) -> Iterator[str]:
    yield zone.text[row[0]]
    for a, b in pairwise(row):
        chinese = CHINESE.match(zone.text[a][-1]) and CHINESE.match(zone.text[b][0])
        least = CHINESE_GAP if chinese else GAP
        if zone.boxes[b, 0] - zone.boxes[a, 2] >= least * zone.size[b]:
            yield " "
        yield zone.text[b]


def _turned_lines(chars: Sequence[dict[str, Any]]) -> list[PdfLine]:
    """Return lines of characters that lie on their side, each read in the direction in which it was set."""
    glyphs = _glyphs(chars)
    lines = []
    for column in _rows(glyphs.boxes, axis=0):
        upwards = chars[int(column[0])]["matrix"][1] > 0
        middle = glyphs.boxes[column, 1]
        lines.append(_line(glyphs, column[np.argsort(-middle if upwards else middle, kind="stable")], "", True))
    return lines
