"""Which rows of a sheet are title, header, body and footnote: tables are told apart before their columns are read.

A *stub* is the columns at the left that name the rows (OECD/UNECE usage). What a column means is decided later, in
`nqpf.data.reading.find`; here it only matters what kind of thing stands in a row's cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nqpf.data.grid import Grid
from nqpf.data.reading.header_rows import Lines, continues, is_header
from nqpf.data.reading.headers import key_of
from nqpf.data.reading.rows import (
    NOTE,
    Cells,
    has_number,
    is_caption,
    is_factor,
    is_foot,
    kind_of,
    kinds_of,
    line,
    looks_like_data,
    looks_like_row,
    years_across,
)
from nqpf.errors import DataError, listing

Box = tuple[int, int]
"""A table's first column, and the one after its last."""
Notes = tuple[tuple[int, str], ...]
"""Footnotes: row and text."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table in a sheet, from 0.

    Attributes
    ----------
    grid
        The sheet.
    columns
        First column, and the one after the last.
    titles
        Texts of the lines above the header: title, unit, source.
    header
        Header rows that hold names.
    factors
        Rows that hold no data: conversion factors, the numbering of columns.
    body
        Rows of data, and captions between them.
    notes
        Footnotes: row and text.
    """

    grid: Grid
    columns: Box
    titles: tuple[str, ...]
    header: tuple[int, ...]
    factors: tuple[int, ...]
    body: tuple[int, ...]
    notes: Notes

    @property
    def called(self) -> str:
        """The file and the sheet, for messages."""
        return self.grid.called

    def cell(self, i: int, j: int) -> Any:
        """Return a cell; None past a row's end."""
        row = self.grid.rows[i]
        return row[j] if j < len(row) else None

    def filled(self, i: int) -> Cells:
        """Return the table's cells of a row that hold something: column and content."""
        return _filled(self.grid.rows[i], self.columns)


def _filled(row: Sequence[Any], box: Box) -> Cells:
    return [(j, c) for j, c in enumerate(row[box[0] : box[1]], box[0]) if c is not None]


def tables(grid: Grid, names: Set[str] = frozenset()) -> Iterator[Table]:
    """Yield the tables of a sheet: one below the other and side by side.

    Parameters
    ----------
    grid
        The sheet.
    names
        Column names the user gave: the row that holds one is the header.

    Raises
    ------
    DataError
        ``no_header``: no row names the columns; ``rows_above_header``: numbers stand above the names.
    """
    width = max(map(len, grid.rows), default=0)
    lines = [_filled(row, (0, width)) for row in grid.rows]
    start, titles = 0, tuple[str, ...]()
    while any(lines[start:]):
        top = _header_row(lines, start, names)
        if top is None:
            raise DataError("no_header", where=grid.where(next(i for i in range(start, len(lines)) if lines[i])))
        stray = [i + 1 for i in range(start, top) if lines[i] and looks_like_data(lines[i])]
        if stray:
            raise DataError("rows_above_header", where=grid.where(top), rows=listing(stray))
        own, above = _above(lines, start, top)
        titles = own or titles  # a table that goes on on the next page repeats its header, not its title
        boxes = _side_by_side(grid, lines[top], top, width)
        parts = [_Part.at(lines if len(boxes) == 1 else [_filled(r, b) for r in grid.rows], b, top) for b in boxes]
        start = _end(parts[0])
        data = [part.data(start) for part in parts]
        after = max((rows[-1] + 1 for rows in data if rows), default=parts[0].first)
        below = tuple((i, line(lines[i])) for i in range(after, start) if lines[i])
        for part, rows in zip(parts, data, strict=True):
            yield part.table(grid, rows, titles, (above, below))


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the tables that stand side by side: its header is known, its body begins at row `first`."""

    lines: Lines
    box: Box
    header: tuple[int, ...]
    factors: tuple[int, ...]
    first: int

    @classmethod
    def at(cls, lines: Lines, box: Box, top: int) -> _Part:
        """Return the part whose header begins at row `top`: further rows may add names, factors or column numbers."""
        header, factors, last = [top], list[int](), top
        for i in range(top + 1, len(lines)):
            if not lines[i]:
                continue
            what = continues(lines[i], box[0], [lines[k] for k in header])
            if what is None:
                break
            (header if what == "names" else factors).append(i)
            last = i
        return cls(lines, box, tuple(header), tuple(factors), last + 1)

    def data(self, end: int) -> list[int]:
        """Return the rows up to the last one of data; what follows are footnotes."""
        rows = [i for i in range(self.first, end) if self.lines[i]]
        while rows and not looks_like_row(self.lines[rows[-1]]):
            rows.pop()
        return rows

    def table(self, grid: Grid, rows: Sequence[int], titles: tuple[str, ...], notes: tuple[Notes, Notes]) -> Table:
        """Return the table, footnotes and factors between its rows of data taken out of them."""
        within, factors, body = list[int](), list(self.factors), list[int]()
        for i in rows:
            cells = self.lines[i]
            if is_foot(cells) and not looks_like_row(cells):
                within.append(i)
            else:
                (factors if is_factor(cells) else body).append(i)
        found = (*notes[0], *((i, line(self.lines[i])) for i in within), *notes[1])
        return Table(grid, self.box, titles, self.header, tuple(factors), tuple(body), found)


def _above(lines: Lines, start: int, top: int) -> tuple[tuple[str, ...], Notes]:
    """Return the titles above a header, and the notes among them."""
    rows = [(i, lines[i]) for i in range(start, top) if lines[i]]
    notes = tuple((i, line(cells)) for i, cells in rows if NOTE.match(str(cells[0][1])))
    known = {i for i, _ in notes}
    titles = [str(c) for i, cells in rows if i not in known for _, c in cells]
    return tuple(t for t in dict.fromkeys(titles) if t.strip("（）() ") not in ("续表", "续", "continued")), notes


def _header_row(lines: Lines, start: int, names: Set[str]) -> int | None:
    """Return the first row that can be a header."""
    return next((i for i in range(start, len(lines)) if lines[i] and is_header(lines, i, names)), None)


# Tables beside and below each other


def _end(part: _Part) -> int:
    """Return the row where the next table begins, its titles included; past the last row if there is none."""
    lines = part.lines
    words = {j: role for i in part.header for j, c in lines[i] if (role := key_of(c))}
    header = [c for _, c in lines[part.header[0]]]
    rows = [i for i in range(part.first, len(lines)) if lines[i]]
    seen = False
    for n, i in enumerate(rows):
        cells = lines[i]
        if has_number(cells):
            seen = True
            continue
        again = [c for _, c in cells] == header or (
            len(cells) >= 2 and any(words.get(j) and key_of(c) == words[j] for j, c in cells)
        )
        titled = seen and is_caption(lines[rows[n - 1]]) and is_header(lines, i)
        if again or titled or (seen and not words and len(cells) >= 3 and years_across(cells)):
            return _first_title(lines, rows[:n], i)
    return len(lines)


def _first_title(lines: Lines, before: Sequence[int], header: int) -> int:
    """Return the first of the lines above a header that belong to it: what is neither data nor footnote."""
    first = header
    for i in reversed(before):
        kinds = kinds_of(lines[i])
        if is_foot(lines[i]) or kinds[0] == "place" or (len(kinds) > 1 and {"number", "year", "absent"} & set(kinds)):
            break
        first = i
    return first


def _side_by_side(grid: Grid, header: Cells, top: int, width: int) -> list[Box]:
    """Return the columns of tables that stand side by side: each has its own column of places and its own numbers."""
    keys = [(j, str(c)) for j, c in header if key_of(c) in ("unit", "code")]
    below = grid.rows[top + 1 :]

    def numbers(first: int, last: int) -> bool:
        return any(kind_of(c) == "number" for row in below for c in row[first:last])

    def blank(j: int) -> bool:
        return all(j >= len(row) or row[j] is None for row in grid.rows[top:])

    starts = [0]
    for (before, name), (key, again) in pairwise(keys):
        apart = name == again or any(map(blank, range(before + 1, key)))
        if apart and numbers(before + 1, key) and numbers(key + 1, width):
            starts.append(key)
    return [*pairwise([*starts, width])]
