"""Which rows of a sheet can be a header, and what the rows below add to it: names, units, factors, column numbers."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, Literal

from nqpf.data.reading.headers import bracketed_unit, key_of, states_unit
from nqpf.data.reading.rows import (
    Cells,
    Kind,
    consecutive,
    is_factor,
    is_numbering,
    kind_of,
    kinds_of,
    years_across,
)
from nqpf.data.reading.tokens import as_year

Lines = Sequence[Cells]
"""The cells of every row that lie in a box and hold something."""
KEY_WORDS = ("unit", "code", "period", "indicator", "unit_or_measure")
"""Roles of header words that show a row to be a header."""
ATTRIBUTES = ("skip", "measure", "unit_or_measure", "source", "note", "vintage", "scope")
"""Roles by which the first cell of a header row gives the whole row a meaning (a vendor's 频率, 单位, 来源)."""
CODED = 5
"""Columns numbered 1, 2, 3 … from which on the numbers are taken for names, as those of industries are."""
AHEAD = 6
"""How many rows below a row of names are looked at for numbers."""


def is_header(lines: Lines, i: int, names: Set[str] = frozenset()) -> bool:
    """Return whether a row can be the first of a header; one that holds a name the user gave is.

    Years across, places across, or a word for them show it; else words over rows of numbers that are about as wide.
    """
    cells = lines[i]
    texts = {str(c).strip() for _, c in cells}
    if names & texts:
        return True
    if len(texts) < 2 or (len(cells) <= 3 and any(states_unit(t) for t in texts)):
        return False
    kinds, keys = kinds_of(cells), sum(key_of(c) in KEY_WORDS for _, c in cells)
    coded = _names_by_number(cells, kinds)
    if "number" in kinds and keys < 2 and not coded:  # industries may be columns that are named by their codes
        return False
    if keys or coded or years_across(cells):
        return True
    places = kinds.count("place")
    if "year" not in kinds and (places == len(cells) or (places >= 3 and 2 * places >= len(cells))):
        return True
    return _names_numbers(kinds, [cells for cells in lines[i + 1 : i + 1 + 2 * AHEAD] if cells][:AHEAD])


def _names_by_number(cells: Cells, kinds: Sequence[Kind]) -> bool:
    """Return whether a row names its columns 1, 2, 3 …, behind at most two words."""
    words = next((n for n, kind in enumerate(kinds) if kind != "text"), len(kinds))
    return words <= 2 and len(cells) - words >= CODED and is_numbering(cells[words:])


def _names_numbers(kinds: Sequence[Kind], below: Sequence[Cells]) -> bool:
    """Return whether a row of words stands over rows of numbers that are about as wide."""
    if set(kinds) - {"text", "place"} or kinds[0] == "place" or not below:
        return False
    widths = sorted(map(len, below))
    wide = 2 * len(kinds) >= widths[len(widths) // 2]
    return wide and any(kind in ("number", "year") for cells in below for kind in kinds_of(cells))


def continues(cells: Cells, first: int, header: Lines) -> Literal["names", "factors"] | None:
    """Return what a row below the header adds to it, or None if the body begins.

    Parameters
    ----------
    cells
        The row.
    first
        The table's first column.
    header
        The header's rows so far.
    """
    if cells[0][0] == first and _attribute(cells[0][1]):
        return "names"
    stub = _stub(first, header)
    lead, rest = [c for j, c in cells if j in stub], [(j, c) for j, c in cells if j not in stub]
    if is_factor(cells) or (rest and is_numbering(cells)):
        return "factors"
    if any(kind_of(c) != "text" or not _belongs_to_header(c) for c in lead) or not rest:
        return None
    if not set(kinds_of(rest)) <= {"text", "year", "place"}:
        return None
    years = [y for _, c in rest if kind_of(c) == "year" and (y := as_year(c))]
    if years and (not consecutive(years) or (len(rest) == 1 and not lead and len(header) > 1)):
        return None  # data that happen to be as large as years; a row that says the year of those below it
    return "names"


def _belongs_to_header(cell: Any) -> bool:
    return key_of(cell) is not None or bracketed_unit(str(cell)) is not None


def _attribute(cell: Any) -> bool:
    """Return whether the first cell of a row says what the row says of every series, as a vendor's do."""
    return key_of(cell) in ATTRIBUTES


def _stub(first: int, header: Lines) -> set[int]:
    """Return the columns that name rows, as far as the header shows it: words for keys, and blanks at the left."""
    cells = {j: c for row in header if not _attribute(row[0][1]) for j, c in row}
    named = min(cells, default=first)
    return {first, *range(first, named)} | {j for j, c in cells.items() if key_of(c) in KEY_WORDS[:4]}
