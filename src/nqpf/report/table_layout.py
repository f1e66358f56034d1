"""How a table fits a printed page: the width of its columns, the size of its letters, upright or sideways.

The widest setting that fits is taken: letters shrink first, then the page turns, and a table too wide even for that is
cut into parts that repeat its first column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

A4 = (595.28, 841.89)
MARGIN = 70.87
"""Points; 25 mm."""
UPRIGHT, SIDEWAYS = (side - 2 * MARGIN for side in A4)
"""Width of the text in points, on an upright page and on a turned one."""

GAP = 0.9
"""Ems between two columns."""
LONGEST_WORD, LONGEST_RUN = 10.0, 14.0
"""Ems from which a word may be broken after its signs, and from which anywhere."""
HEADING, WORDS = 7.0, 26.0
"""Ems that a heading over numbers, and a column of words, is given if there is room."""
SHORT = 3.2
"""Ems of a heading that stays on one line."""
BAR = 5.0
"""Ems that a column with bars takes at least."""
WHOLE = 300.0
"""Points of height up to which a table is kept on one page."""

MOST_LINES = 6
"""Lines of a cell from which a turned page is better than small letters, unless the table is short."""

_SETTINGS = (
    (9.0, False, "want"), (8.0, False, "want"), (9.0, False, "fair"), (8.0, False, "fair"), (8.0, False, "least"),
    (7.0, False, "least"), (9.0, True, "fair"), (8.0, True, "fair"), (8.0, True, "least"), (7.0, True, "least"),
    (6.0, True, "least"),
)  # fmt: skip
_WIDTHS = {
    "'|": 0.2, " .,:;": 0.25, "ijl!\\{}": 0.28, "()Ift/J": 0.32,
    'r*"-[]': 0.37, "`szce?": 0.44, "mw": 0.79, "MW@": 0.95,
}  # fmt: skip
_BOLD = 1.18
"""Latin letters of a heading, sans serif and bold, against those of the text."""
_PIECE = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff\u200b]+")
_BREAKS = re.compile(r"([/_.:,;=&?+\\-]+)")


class Measure(NamedTuple):
    """Widths of a column in ems.

    Attributes
    ----------
    words
        Whether it holds words, which may go over several lines.
    least
        Without breaking a number or a word.
    fair
        With few lines in a cell.
    want
        With fewer still.
    natural
        Without breaking any line of its cells.
    """

    words: bool
    least: float
    fair: float
    want: float
    natural: float


@dataclass(frozen=True, slots=True)
class Part:
    """A table as it is set, or one of the parts it is cut into.

    Attributes
    ----------
    columns
        Places of its columns in the table.
    widths
        Their widths in points.
    size
        Font size in points.
    sideways
        Whether it stands on a turned page.
    """

    columns: tuple[int, ...]
    widths: tuple[float, ...]
    size: float
    sideways: bool


def measure(heading: str, cells: Sequence[str], kind: str) -> Measure:
    """Return how wide a column must be and would like to be.

    Parameters
    ----------
    heading, cells
        What stands in it.
    kind
        As `Column.kind`: words may go over several lines, numbers may not, and a bar takes some room.

    Examples
    --------
    >>> measure("得分", ["0.305", "-0.333"], "number").least > width("-0.333")
    True
    """
    head, whole = _unbroken([heading], bold=True), width(heading, bold=True)
    longest = max(map(width, cells), default=0.0)
    natural = max(longest, whole)
    if kind == "text":
        least = max(_unbroken(cells), head, min(natural, 4.0))
        levels = tuple(max(least, min(natural, most)) for most in (0.0, 9.0, WORDS))
    else:
        least = max(longest, head, BAR if kind == "bar" else 0.0)
        # A heading may take four lines, two, or one if it is short.
        levels = tuple(max(least, min(whole, max(SHORT, most))) for most in (whole / 4, whole / 2 + 0.7, HEADING))
    return Measure(kind == "text", *(level + GAP for level in (*levels, max(natural, least))))


def fit(headings: Sequence[str], cells: Sequence[Sequence[str]], kinds: Sequence[str]) -> list[Part]:
    """Return how a table is set: in one part, or in several that each repeat the first column.

    Parameters
    ----------
    headings, cells, kinds
        Of the columns, left to right.

    Examples
    --------
    >>> years = [["2022", "2023"]]
    >>> [(part.size, part.sideways) for part in fit(["年份"] * 12, years * 12, ["integer"] * 12)]
    [(9.0, False)]
    >>> [len(part.columns) for part in fit(["年份"] * 60, years * 60, ["integer"] * 60)]
    [40, 21]
    """
    columns = [measure(*column) for column in zip(headings, cells, kinds, strict=True)]
    everything = range(len(columns))
    if part := _set(columns, everything, cells):
        return [part]
    parts: list[Part] = []
    rest = list(everything[1:])
    while rest:
        count = next((n for n in range(len(rest), 1, -1) if _set(columns, [0, *rest[:n]], cells)), 1)
        taken = [0, *rest[:count]]
        parts.append(_set(columns, taken, cells) or _squeezed(columns, taken))
        rest = rest[count:]
    return parts or [_squeezed(columns, everything)]


def height(part: Part, cells: Sequence[Sequence[str]]) -> float:
    """Return about how high a part is in points, its heading aside.

    Parameters
    ----------
    part
        How the table is set.
    cells
        Of all columns of the table.

    Examples
    --------
    >>> part = Part((0,), (90.0,), 9.0, False)
    >>> height(part, [["一"] * 10]) < height(part, [["一" * 30] * 10])
    True
    """
    rows: list[tuple[int, ...]] = list(zip(*_lines(part, cells), strict=True))
    return part.size * sum(0.5 + 1.25 * max(1, *lines) for lines in rows)


def breakable(text: str, longest: float = LONGEST_WORD) -> str:
    r"""Return `text` with places at which words longer than `longest` ems may go over to the next line.

    Examples
    --------
    >>> breakable("sources/provincial_statistics_2024.csv").split("\u200b")
    ['sources/', 'provincial_', 'statistics_', '2024.', 'csv']
    """
    return _PIECE.sub(lambda found: _broken(found[0]) if width(found[0]) > longest else found[0], text)


def width(text: str, bold: bool = False) -> float:
    """Return about how wide `text` is in the PDF's text face, in ems, or in the bold face of headings.

    Examples
    --------
    >>> width("生产力"), round(width("1,234"), 2)
    (3.0, 2.13)
    """
    return sum(_em(c) * (_BOLD if bold and c <= "~" else 1.0) for c in text)


def _em(c: str) -> float:
    # Beyond ASCII a Chinese face may be used, in which every sign is as wide as it is high.
    if c > "~":
        return 0.0 if c == "\u200b" else 1.0
    for letters, em in _WIDTHS.items():
        if c in letters:
            return em
    return 0.68 if c.isupper() else 0.64 if c == "%" else 0.47 if c.isdigit() else 0.52


def _unbroken(texts: Sequence[str], bold: bool = False) -> float:
    """Return the width of the longest word."""
    return max((width(piece, bold) for text in texts for piece in _PIECE.findall(text)), default=0.0)


def _broken(word: str) -> str:
    """Return a long word with breaks after its signs, or every dozen letters where it has none."""
    pieces = _BREAKS.sub("\\1\u200b", word).strip("\u200b").split("\u200b")
    return "\u200b".join("\u200b".join(re.findall(".{1,12}", p)) if width(p) > LONGEST_RUN else p for p in pieces)


def _set(columns: Sequence[Measure], taken: Sequence[int], cells: Sequence[Sequence[str]]) -> Part | None:
    """Return the first setting in which the columns fit a page."""
    found = None
    for size, sideways, level in _SETTINGS:
        room = (SIDEWAYS if sideways else UPRIGHT) / size
        asked = [getattr(columns[i], level) for i in taken]
        if sum(asked) > room:
            continue
        # Words first: a heading of several lines costs less than rows of several lines.
        for further in ("want", "natural"):
            for words in (True, False):
                wanted = [getattr(columns[i], further) if columns[i].words == words else 0.0 for i in taken]
                asked = _spread(asked, wanted, room, even=further == "want")
        part = Part(tuple(taken), tuple(round(em * size, 2) for em in asked), size, sideways)
        most = max((lines for column in _lines(part, cells) for lines in column), default=1)
        if level != "least" or most <= MOST_LINES or height(part, cells) <= WHOLE:
            return part
        found = found or part
    return found


def _lines(part: Part, cells: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return how many lines every cell of a part takes, by column."""
    rooms = [max(points / part.size - GAP, 0.5) for points in part.widths]
    return [[math.ceil(width(cell) / room) for cell in cells[i]] for i, room in zip(part.columns, rooms, strict=True)]


def _spread(now: Sequence[float], wanted: Sequence[float], room: float, even: bool) -> list[float]:
    """Return widths grown towards what is wanted as far as there is room.

    ``even`` serves those first that lack least; otherwise each grows in proportion to what it lacks, so that the
    longest texts take fewer lines.
    """
    grown, left = list(now), room - sum(now)
    lacking = sorted((w - n, i) for i, (n, w) in enumerate(zip(now, wanted, strict=True)) if w > n)
    total = sum(lack for lack, _ in lacking)
    for served, (lack, i) in enumerate(lacking):
        given = min(lack, left / (len(lacking) - served) if even else left * lack / total)
        grown[i] += given
        total -= lack
        left -= given
    return grown


def _squeezed(columns: Sequence[Measure], taken: Sequence[int]) -> Part:
    """Return columns that fit no page, in proportion: their words are broken."""
    least = [columns[i].least for i in taken]
    return Part(tuple(taken), tuple(round(SIDEWAYS * em / sum(least), 2) for em in least), 6.0, True)
