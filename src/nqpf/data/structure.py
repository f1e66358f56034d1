"""Which rows of a sheet are title, header, body and footnote: tables are told apart before their columns are read.

A *stub* is the columns at the left that name the rows (OECD/UNECE usage). Nothing here knows what a column means,
only what kind of thing stands in its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from nqpf.data.gazetteer import SCHEMES, clean, gazetteer
from nqpf.data.grid import Grid
from nqpf.data.headers import bracketed_unit, role_of, stated_unit
from nqpf.data.tokens import as_number, as_year, without_marks
from nqpf.errors import DataError, listing

Kind = Literal["empty", "number", "absent", "year", "place", "text"]

FOOT = re.compile(
    r"^\s*(?:注|附注|说明|备注|资料来源|数据来源|来源|编者注|制表|审核|填报|sources?\b|data sources?\b|notes?\b|[①-⑳*†‡]|"
    r"[(（\[]?\d{1,2}[)）\]、.．]\s*\D|[¹²³⁰⁴-⁹]+\s*\D)",
    re.IGNORECASE,
)
"""How a footnote begins."""
FACTOR = re.compile(r"折算|折标|换算|系数|因子|coefficient|conversion|factor", re.IGNORECASE)
"""What a row of conversion factors is called."""

ATTRIBUTES = ("skip", "measure", "unit_or_measure", "source", "note", "vintage", "scope")
"""Roles by which the first cell of a header row gives the whole row a meaning."""


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
        Rows above the header: title, unit, source.
    header
        Header rows.
    factors
        Header rows that hold no names: conversion factors, the numbering of columns.
    body
        Rows of data.
    notes
        Footnotes: row and text.
    """

    grid: Grid
    columns: tuple[int, int]
    titles: tuple[int, ...]
    header: tuple[int, ...]
    factors: tuple[int, ...]
    body: tuple[int, ...]
    notes: tuple[tuple[int, str], ...]

    @property
    def called(self) -> str:
        """The file and the sheet, for messages."""
        return self.grid.called

    def cell(self, i: int, j: int) -> Any:
        """Return a cell; None past a row's end."""
        row = self.grid.rows[i]
        return row[j] if j < len(row) else None


def kind_of(cell: Any) -> Kind:
    """Return what kind of thing a cell holds; a whole number between 1900 and 2100 is a ``year``."""
    if cell is None:
        return "empty"
    if isinstance(cell, str):
        return _kind_of_text(cell)
    if as_year(cell) is not None and 1900 <= (as_year(cell) or 0) <= 2100:
        return "year"
    number = as_number(cell)
    return "text" if number is None else "number" if number.value is not None else "absent"


@cache
def _kind_of_text(text: str) -> Kind:
    if 1900 <= (as_year(text) or 0) <= 2100:
        return "year"
    number = as_number(text)
    if number is not None:
        return "absent" if number.value is None else "number"
    return "place" if _is_place(without_marks(text)[0]) else "text"


def _is_place(text: str) -> bool:
    """Return whether a text is a place's name; codes of letters (IN, NO, CHN) are words as well and do not count."""
    if re.fullmatch(r"[A-Za-z]{1,3}|.{41,}", text, re.DOTALL) or any(c.isdigit() for c in text):
        return False
    key = clean(text)
    return any(key in gazetteer(scheme).codes or key in gazetteer(scheme).totals for scheme in SCHEMES)


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
    start = 0
    while start is not None and start < len(grid.rows):
        following = None
        for left, right in _sides(grid, start, width, names):
            table, after = _one(grid, (left, right), start, names)
            yield table
            following = after if following is None else max(following, after or 0) or None
        start = following  # type: ignore[assignment]


def _filled(grid: Grid, i: int, box: tuple[int, int]) -> list[tuple[int, Any]]:
    return [(j, c) for j, c in enumerate(grid.rows[i][: box[1]]) if c is not None and j >= box[0]]


def _one(grid: Grid, box: tuple[int, int], start: int, names: Set[str]) -> tuple[Table, int | None]:
    """Return the first table from row `start`, and the row where the next one begins."""
    top = _header_row(grid, box, start, names)
    if top is None:
        first = next(i for i in range(start, len(grid.rows)) if _filled(grid, i, box))
        raise DataError("no_header", where=grid.where(first))
    titles = [i for i in range(start, top) if any(c is not None for c in grid.rows[i])]
    stray = [i + 1 for i in titles if _filled(grid, i, box) and _looks_like_data(grid, i, box)]
    if stray:
        raise DataError("rows_above_header", where=grid.where(top), rows=listing(stray))
    header, factors, body_from = _header_rows(grid, box, top)
    end = _next_table(grid, box, top, header, body_from)
    rows = [i for i in range(body_from, len(grid.rows) if end is None else end) if _filled(grid, i, box)]
    last = next((n for n in range(len(rows), 0, -1) if _looks_like_row(grid, rows[n - 1], box)), 0)
    body, foot = rows[:last], rows[last:]
    if end is not None:  # what is no footnote is the next table's title
        titled = next((n for n, i in enumerate(foot) if not _is_foot(grid, i, box)), len(foot))
        end = foot[titled] if titled < len(foot) else end
        foot = foot[:titled]
    notes = [(i, _line(grid, i, box)) for i in foot]
    within = [i for i in body if _is_foot(grid, i, box) and not _looks_like_row(grid, i, box)]
    notes = [(i, _line(grid, i, box)) for i in within] + notes
    kept = tuple(i for i in body if i not in within)
    return Table(grid, box, tuple(titles), tuple(header), tuple(factors), kept, tuple(notes)), end


def _line(grid: Grid, i: int, box: tuple[int, int]) -> str:
    return " ".join(dict.fromkeys(str(c) for _, c in _filled(grid, i, box)))


def _is_foot(grid: Grid, i: int, box: tuple[int, int]) -> bool:
    cells = _filled(grid, i, box)
    return bool(FOOT.match(str(cells[0][1])))


def _looks_like_row(grid: Grid, i: int, box: tuple[int, int]) -> bool:
    """Return whether a row below the header is one of data: it holds a number, or names a place or two things."""
    cells = _filled(grid, i, box)
    kinds = [kind_of(c) for _, c in cells]
    if FOOT.match(str(cells[0][1])) and isinstance(cells[0][1], str) and kinds[0] == "text":
        return sum(k in ("number", "year") for k in kinds) >= 2
    return len({str(c) for _, c in cells}) > 1 or kinds[0] in ("place", "number", "year")


def _looks_like_data(grid: Grid, i: int, box: tuple[int, int]) -> bool:
    kinds = [kind_of(c) for _, c in _filled(grid, i, box)]
    numbers = kinds.count("number")
    return numbers >= 2 or (numbers == 1 and ("place" in kinds or "year" in kinds))


def _header_row(grid: Grid, box: tuple[int, int], start: int, names: Set[str]) -> int | None:
    """Return the first row that can be a header."""
    rows = [i for i in range(start, len(grid.rows)) if _filled(grid, i, box)]
    return next((i for n, i in enumerate(rows) if _is_header(grid, i, box, rows[n + 1 : n + 7], names)), None)


def _is_header(grid: Grid, i: int, box: tuple[int, int], below: list[int], names: Set[str]) -> bool:
    cells = _filled(grid, i, box)
    texts = [str(c).strip() for _, c in cells]
    if names & set(texts):
        return True
    if len(set(texts)) < 2 or (len(cells) <= 3 and any(stated_unit(t) for t in texts)):
        return False
    kinds = [kind_of(c) for _, c in cells]
    if "number" in kinds and not any(role_of(c) for _, c in cells):
        return False
    if any(role_of(c) in ("unit", "code", "period", "indicator", "unit_or_measure") for _, c in cells):
        return True
    years, named = kinds.count("year"), kinds.count("place")
    if years >= 2 and 2 * years >= len(cells) - 1 and kinds[0] != "place":
        return True
    if named == len(cells) >= 2 or (named >= 3 and 2 * named >= len(cells)):
        return "year" not in kinds
    widths = sorted(len(_filled(grid, j, box)) for j in below) or [0]
    if set(kinds) - {"text", "place"} or kinds[0] == "place" or 2 * len(cells) < widths[len(widths) // 2]:
        return False
    return any(kind_of(c) in ("number", "year") for j in below for _, c in _filled(grid, j, box))


def _header_rows(grid: Grid, box: tuple[int, int], top: int) -> tuple[list[int], list[int], int]:
    """Return the header rows from `top` on, those of them that hold factors or numbers of columns, and the body's."""
    header, factors = [top], []
    last = top
    for i in range(top + 1, len(grid.rows)):
        cells = _filled(grid, i, box)
        if not cells:
            continue
        what = _continues(grid, i, box, header)
        if what is None:
            return header, factors, last + 1
        (header if what == "names" else factors).append(i)
        last = i
    return header, factors, last + 1


def _continues(grid: Grid, i: int, box: tuple[int, int], header: list[int]) -> Literal["names", "factors"] | None:
    """Return what a row below the header adds to it, or None if the body begins."""
    cells = _filled(grid, i, box)
    if cells[0][0] == box[0] and attribute(cells[0][1]):
        return "names"
    stub = _stub(grid, box, header)
    lead = [c for j, c in cells if j in stub]
    rest = [c for j, c in cells if j not in stub]
    kinds = [kind_of(c) for c in rest]
    if lead and any(FACTOR.search(str(c)) for c in lead) and not any(kind_of(c) == "place" for c in lead):
        return "factors"
    if any(kind_of(c) in ("number", "year", "place", "absent") for c in lead):
        return None
    numbering = [as_number(c) for c in rest if kind_of(c) == "number"]
    values = [n.value for n in numbering if n is not None and n.value is not None]
    counted = values == [n + (values or [0])[0] for n in range(len(values))] and set(values[:1]) <= {0.0, 1.0, 2.0}
    if len(values) == len(rest) >= 2 and counted and all(str(c) in "甲乙丙丁戊ABCDE" for c in lead):
        return "factors"
    if any(role_of(c) is None and bracketed_unit(str(c)) is None for c in lead):
        return None
    if "number" in kinds:
        return None
    if lead and not rest:
        return None
    if kinds and all(k == "year" for k in kinds) and len(kinds) == 1 and not lead and len(header) > 1:
        return None
    return "names" if set(kinds) <= {"text", "year", "place", "absent"} else None


def attribute(table_cell: Any) -> str | None:
    """Return what a row of a vendor's header says of every series (频率, 单位, 来源), from its first cell."""
    role = role_of(table_cell)
    return role if role in ATTRIBUTES else None


def _stub(grid: Grid, box: tuple[int, int], header: list[int]) -> set[int]:
    """Return the columns that name rows, as far as the header shows it: words for keys, and blanks at the left."""
    rows = [_filled(grid, i, box) for i in header]
    cells = {j: c for row in rows if not attribute(row[0][1]) for j, c in row}
    first = min(cells, default=box[0])
    named = {j for j, c in cells.items() if role_of(c) in ("unit", "code", "period", "indicator")}
    return {box[0], *range(box[0], first)} | named


def _next_table(grid: Grid, box: tuple[int, int], top: int, header: list[int], body_from: int) -> int | None:
    """Return the row of the next table's header, or None."""
    words = {j: role_of(c) for i in header for j, c in _filled(grid, i, box) if role_of(c)}
    seen = False
    for i in range(body_from, len(grid.rows)):
        cells = _filled(grid, i, box)
        if not cells:
            continue
        kinds = [kind_of(c) for _, c in cells]
        again = any(words.get(j) and role_of(c) == words[j] for j, c in cells) and len(cells) >= 2
        years = kinds.count("year")
        across = years >= 3 and years >= len(cells) - 1 and kinds[0] in ("text", "year") and seen and not words
        if seen and (again or across) and "number" not in kinds:
            return i
        seen = seen or "number" in kinds
    return None


def _sides(grid: Grid, start: int, width: int, names: Set[str]) -> list[tuple[int, int]]:
    """Return the column ranges of tables that stand side by side: each has its own column of places and its own values."""
    whole = (0, width)
    top = _header_row(grid, whole, start, names)
    if top is None:
        return [whole]
    keys = [j for j, c in _filled(grid, top, whole) if role_of(c) in ("unit", "code")]
    blank = [j for j in range(width) if all(j >= len(r) or r[j] is None for r in grid.rows[start:])]
    starts = [0]
    for before, key in zip(keys, keys[1:], strict=False):
        between = [j for j in range(before + 1, key) if j not in blank]
        gap = any(before < j < key for j in blank)
        filled = [c for r in grid.rows[top + 1 :] for c in r[before + 1 : key] if c is not None]
        values = [c for c in filled if kind_of(c) == "number"]
        behind = any(kind_of(c) == "number" for r in grid.rows[top + 1 :] for c in r[key + 1 :])
        if between and behind and (gap or str(grid.rows[top][before]) == str(grid.rows[top][key])) and values:
            starts.append(key)
    return list(zip(starts, [*starts[1:], width], strict=True))
