"""How wide the columns of a table are on paper: numbers are never broken, words are, and the table fits its page."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

PADDING = 140
"""Room left and right of a cell's words, together, in twentieths of a point."""
SIZES = (9.0, 8.0)
"""Type sizes tried on a page as it stands, in points, the first that fits is used."""
SIZES_ACROSS = (9.0, 8.0, 7.0, 6.0)
"""Type sizes tried on a page turned on its side."""
LEAST_WORDS, MOST_WORDS = 4.0, 16.0
"""Ems that a column of long words keeps at least: from the first to the second, as its words get longer."""
MOST_LINES, BISECTIONS = 4_096, 20
"""Lines that a cell may take in the search for widths, and its steps."""
LONG = 12
"""Rows from which a table is long."""
MANY_LINES, WORTH_TURNING = 2.2, 0.7
"""A long table whose rows take more lines than the first is turned if that leaves at most this share of them."""
BOLD = 1.1
"""How much wider bold letters are."""
_NARROW = frozenset("ijlt.,:;|!'()[] ‘’")
_PIECE = re.compile(r"[^\s\u2e80-\uffff]+|[\u2e80-\uffff]")
"""What is not broken: a Latin word or number; Han text breaks after any character."""


class Column(NamedTuple):
    """What a column asks for, in ems.

    Attributes
    ----------
    least
        Below this, numbers or words would be torn apart.
    wish
        Room in which nothing wraps.
    """

    least: float
    wish: float


class Fit(NamedTuple):
    """How a table fits a page.

    Attributes
    ----------
    size
        Type size in points.
    widths
        Of its columns, in twentieths of a point; they fill the line.
    across
        Whether the page must be turned on its side.
    """

    size: float
    widths: tuple[int, ...]
    across: bool


def fit(columns: Sequence[Column], upright: int, across: int, rows: Sequence[Sequence[float]] = ()) -> Fit:
    """Return type size and widths with which a table fits a page, upright if it can.

    Parameters
    ----------
    columns
        What the columns ask for.
    upright, across
        Width of a line on a page that stands and on one turned on its side, in twentieths of a point.
    rows
        How wide the words of each cell are, in ems; a long table whose rows take many lines is turned too.

    Examples
    --------
    >>> fit([Column(4, 10), Column(3, 3)], 8844, 13958)
    Fit(size=9.0, widths=(6549, 2295), across=False)
    >>> fit([Column(4, 4)] * 20, 8844, 13958).across
    True
    """
    stands = _first(columns, SIZES, upright, turned=False)
    if stands and (len(rows) < LONG or _lines(rows, stands) <= MANY_LINES):
        return stands
    lies = _first(columns, SIZES_ACROSS, across, turned=True)
    if stands and (lies is None or _lines(rows, lies) > WORTH_TURNING * _lines(rows, stands)):
        return stands
    if lies:
        return lies
    smallest = SIZES_ACROSS[-1]
    squeeze = across / _least(columns, smallest)
    return Fit(smallest, tuple(int(_twips(c.least, smallest) * squeeze) for c in columns), True)


def numbers(heading: str, cells: Sequence[str]) -> Column:
    """Return what a column of numbers asks for: its longest one in one piece, its heading broken between words."""
    longest = max(map(ems, cells), default=0.0)
    least = max(longest, BOLD * _longest_piece(heading, together=3))
    return Column(least, max(least, BOLD * ems(heading) / 2))


def words(heading: str, cells: Sequence[str]) -> Column:
    """Return what a column of words asks for: the more the longer they are."""
    lengths = [ems(text) for text in [*cells, heading]]
    longest, mean = max(lengths), sum(lengths) / len(lengths)
    # One long remark among short ones shall not starve the columns beside it.
    wish = longest if longest <= MOST_WORDS else max(MOST_WORDS, (longest + mean) / 2)
    piece = max((_longest_piece(text, together=3) for text in [*cells, heading]), default=0.0)
    least = max(min(piece, MOST_WORDS), min(wish, LEAST_WORDS + longest / 6, MOST_WORDS))
    return Column(least, max(least, wish))


def ems(text: str) -> float:
    """Return about how wide the widest line of a text is in Times and Song type, in ems."""
    return max((sum(map(_em, line)) for line in text.split("\n")), default=0.0)


def _em(c: str) -> float:
    if c >= "\u2e80" or c in "—…“”±×→≥≤":
        return 1.0
    return 0.33 if c in _NARROW else 0.75 if c.isupper() or c in "mw%" else 0.52


def _longest_piece(text: str, together: int) -> float:
    """Return the width of the longest piece that is not broken, at least that of some Han characters in a row."""
    return max((ems(piece) * (together if piece >= "\u2e80" else 1) for piece in _PIECE.findall(text)), default=0.0)


def _first(columns: Sequence[Column], sizes: Sequence[float], line: int, turned: bool) -> Fit | None:
    """Return the largest of some type sizes at which a table fits a line, or None if it fits at none."""
    size = next((size for size in sizes if _least(columns, size) <= line), None)
    return None if size is None else Fit(size, _shared(columns, size, line), turned)


def _lines(rows: Sequence[Sequence[float]], fit: Fit) -> float:
    """Return how many lines a row takes on average."""
    rooms = [(width - PADDING) / (fit.size * 20) for width in fit.widths]
    taken = [max(math.ceil(wide / room) for wide, room in zip(row, rooms, strict=True)) for row in rows]
    return sum(taken) / len(taken) if taken else 0.0


def _least(columns: Sequence[Column], size: float) -> int:
    return sum(_twips(column.least, size) for column in columns)


def _twips(ems: float, size: float) -> int:
    return round(ems * size * 20) + PADDING


def _shared(columns: Sequence[Column], size: float, line: int) -> tuple[int, ...]:
    """Return widths that fill a line: none below its least, and words of all columns in about as many lines."""

    def widths(lines: float) -> list[float]:
        return [_twips(max(column.least, column.wish / lines), size) for column in columns]

    few, many = 1.0, 1.0
    while sum(widths(many)) > line and many < MOST_LINES:
        few, many = many, 2 * many
    for _ in range(BISECTIONS):
        middle = (few + many) / 2
        few, many = (few, middle) if sum(widths(middle)) <= line else (middle, many)
    wide = widths(many)
    stretch = line / sum(wide)
    found = [int(width * stretch) for width in wide]
    found[0] += line - sum(found)
    return tuple(found)
