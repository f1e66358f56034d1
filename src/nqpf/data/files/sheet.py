"""The grid: a sheet as it lies there, every cell at the address a spreadsheet shows; and how cells are cleaned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nqpf.errors import DataError, Where

Cell = tuple[int, int]
"""Row and column, both from 0."""
Merged = tuple[tuple[int, int, int, int], ...]
"""Ranges of merged cells: first row, first column, last row, last column, all from 0 and inclusive."""

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\0"
"""What surrounds a text without being part of it: blanks of any width, also those of no width."""
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""The largest sheet a spreadsheet has."""
MOST_CELLS = 40_000_000
"""The largest rectangle of cells that is unpacked (about 1 GB); more is one stray cell far from the table."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it lies there.

    Attributes
    ----------
    file, sheet
        Where it was read from; ``sheet`` is None where there are no sheets.
    rows
        Cells by row and column: None, bool, int, float, str, or a date or time. Row 0, column 0 is the sheet's
        ``A1``; all rows are as wide as the last column in use, and there are none below the last row in use.
    merged
        Ranges of merged cells: first row, first column, last row, last column, from 0, inclusive. The value stands
        in the first cell, the others are None; a range may reach beyond the last cell in use.
    titles
        Label of a column, where the file states one beside its name (Stata).
    errors
        Cells that hold an error of the spreadsheet (``#DIV/0!``), with its text; in `rows` they are None.
    """

    file: str
    sheet: str | None
    rows: tuple[tuple[Any, ...], ...]
    merged: Merged = ()
    titles: Mapping[int, str] = field(default_factory=dict)
    errors: Mapping[Cell, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """What to call it in a sentence: file, and sheet in brackets."""
        return called(self.file, self.sheet)

    def address(self, row: int, column: int) -> str:
        """Return a cell's address as a spreadsheet shows it, e.g. ``C7`` for row 6, column 2 (from 0)."""
        return address_of(row, column)

    def where(self, row: int, column: int | None = None, **more: Any) -> Where:
        """Return a cell's or a row's place in words."""
        if column is None:
            return Where(file=self.file, sheet=self.sheet, row=row + 1, **more)
        return Where(file=self.file, sheet=self.sheet, row=row + 1, cell=self.address(row, column), **more)


def called(file: str, sheet: str | None) -> str:
    """Return what to call a sheet in a sentence: ``a.xlsx [Sheet1]``."""
    return f"{file} [{sheet}]" if sheet else file


def letters_of(column: int) -> str:
    """Return a column's letters as a spreadsheet shows them: ``AA`` for column 26 (from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address_of(row: int, column: int) -> str:
    """Return a cell's address as a spreadsheet shows it: ``C7`` for row 6, column 2 (from 0)."""
    return f"{letters_of(column)}{row + 1}"


def column_of(letters: str) -> int:
    """Return the column (from 0) that has these letters: 26 for ``AA``."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def tidied(rows: Iterable[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Return the cells cleaned, without the empty rows and columns after the last cell in use."""
    found: list[tuple[Any, ...]] = []
    last = width = 0
    for row in rows:
        cells = [c if type(c) is float else clean(c) for c in row]
        while cells and cells[-1] is None:
            cells.pop()
        found.append(tuple(cells))
        if cells:
            last, width = len(found), max(width, len(cells))
    del found[last:]
    blank = (None,) * width  # one tuple for all empty rows: there can be a million of them
    return tuple(row + blank[len(row) :] if row else blank for row in found)


def clean(cell: Any) -> Any:
    """Return a cell without blanks around its text; None if nothing is left; a date where the time is midnight."""
    if isinstance(cell, str):
        return cell.strip(BLANKS) or None
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date()
    return cell


def require_room(where: Where, rows: int, columns: int, last: Cell | None = None) -> None:
    """Refuse a sheet so large that it can only be a stray cell, or is made to exhaust the memory.

    Raises
    ------
    DataError
        The sheet is larger than a spreadsheet's, or its rectangle holds more than `MOST_CELLS`.
    """
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        far = address_of(*(last or (rows - 1, columns - 1)))
        raise DataError("sheet_too_large", where=where, rows=rows, columns=columns, cell=far)
