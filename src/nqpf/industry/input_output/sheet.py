"""A sheet as a square of numbers between two sets of labels: found by what its rows and columns have in common.

An input–output table names the same sectors down its side and across its head. The column and the row that share most
names are the labels; what stands right of the one and below the other is the table; the words for totals, value added
and final use are data (``words.csv``).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.files import Grid, grids
from nqpf.data.reading.headers import states_unit
from nqpf.data.reading.tokens import PLAIN, as_number, as_year, close_up, text_of
from nqpf.errors import DataError, Where, listing
from nqpf.results import Note

Floats = NDArray[np.float64]

DEEPEST = 40
"""How many rows and columns are searched for labels: above and left of a table stand titles, not more."""
SUBTOTALS = frozenset(("合计", "小计", "总计", "total", "subtotal"))


class Word(NamedTuple):
    """What a label means: the role of its line, the role it is a part of, and the kind of use."""

    role: str
    part_of: str
    use: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its labels.

    Attributes
    ----------
    grid
        The cells.
    top, left
        First row and column of the numbers.
    down, across
        Labels of each row from `top` and each column from `left`, nearest to the numbers first; what is merged is
        written in every line.
    name_down, name_across
        Which of these levels hold the names that rows and columns share.
    """

    grid: Grid
    top: int
    left: int
    down: tuple[tuple[str, ...], ...]
    across: tuple[tuple[str, ...], ...]
    name_down: int
    name_across: int

    def numbers(self, rows: Sequence[int], columns: Sequence[int]) -> tuple[Floats, int]:
        """Return some cells as ``float64`` (rows and columns from `top` and `left`), and how many were blank.

        Raises
        ------
        DataError
            A cell holds a text that is no number.
        """
        found = np.empty((len(rows), len(columns)))
        at = [self.left + j for j in columns]
        for k, i in enumerate(rows):
            cells = self.grid.rows[self.top + i]
            picked = [cells[j] for j in at]
            try:
                if self.grid.errors:
                    raise ValueError
                found[k] = picked
            except (TypeError, ValueError):
                found[k] = [self._number(c, self.top + i, j) for c, j in zip(picked, at, strict=True)]
        blank = np.isnan(found)
        found[blank] = 0.0
        return found, int(blank.sum())

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """Names of the rows and of the columns, as they are written."""
        return [labels[self.name_down] for labels in self.down], [labels[self.name_across] for labels in self.across]

    def _number(self, cell: Any, row: int, column: int) -> float:
        number = as_number(cell)
        if number is None or (row, column) in self.grid.errors:
            value = self.grid.errors.get((row, column), cell)
            raise DataError("text_in_number", where=self.grid.where(row, column), value=value)
        return float("nan") if number.value is None else number.value


def plain(text: str) -> str:
    r"""Return a label for comparison: one width, small letters, no blanks or line breaks.

    Examples
    --------
    >>> plain("农林牧渔\n产品和服务 "), plain("（A）")
    ('农林牧渔产品和服务', '(a)')
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@cache
def words(axis: str) -> dict[str, Word]:
    """Return what labels of rows or columns mean, by the label as `plain` writes it."""
    with resources.as_file(resources.files(__package__).joinpath("words.csv")) as file:
        table = pl.read_csv(file, infer_schema=False).filter(pl.col("axis") == axis).fill_null("")
    return {plain(word): Word(*rest) for *rest, word in table.select("role", "part_of", "use", "word").rows()}


def meaning(labels: Sequence[str], axis: str, name: int) -> Word | None:
    """Return what a line that is no sector is, by its labels from the innermost outwards; None if no word is known.

    Groups of lines speak for a line only where its own name (level `name`) is blank or says no more than "total".

    Examples
    --------
    >>> meaning(["FU101", "农村居民"], "column", 1).role, meaning(["小计", "居民消费支出"], "column", 0).role
    ('rural', 'household')
    """
    known = words(axis)
    for level, label in enumerate(labels):
        if plain(label) in known:
            return known[plain(label)]
        if level >= name and label and plain(label) not in SUBTOTALS:
            return None
    return None


def read_sheets(source: Any, sheet: str | None, notes: list[Note]) -> list[Sheet]:
    """Return the sheets of a file that look like input–output tables.

    Raises
    ------
    DataError
        None does.
    """
    found = [one for grid in grids(source, sheet=sheet, notes=notes) if (one := labelled(grid)) is not None]
    if not found:
        raise DataError("io_no_labels", where=Where(file=str(source) if isinstance(source, str) else None, sheet=sheet))
    return found


def labelled(grid: Grid) -> Sheet | None:
    """Return a grid with its labels; None where rows and columns have no names in common."""
    head = [_texts(row) for row in grid.rows[:DEEPEST]]
    width = min(DEEPEST, len(grid.rows[0]) if grid.rows else 0)
    side = [_texts([row[c] for row in grid.rows]) for c in range(width)]
    best = _most_alike(head, side, numeric=False) or _most_alike(head, side, numeric=True)
    if best is None:
        return None
    r, c = best
    common = (set(head[r]) & set(side[c])) - {""}
    left = next(j for j, text in enumerate(head[r]) if text in common and j > c)
    top = next(i for i, text in enumerate(side[c]) if text in common and i > r)
    across = [_filled(grid, i, left, level=i != r) for i in range(top - 1, -1, -1)]
    down = [_filled_down(grid, j, top, level=j != c) for j in range(left - 1, -1, -1)]
    return Sheet(
        grid, top, left, tuple(zip(*down, strict=True)), tuple(zip(*across, strict=True)), left - 1 - c, top - 1 - r
    )


def _texts(cells: Sequence[Any]) -> list[str]:
    return [plain(text_of(cell)) if isinstance(cell, str | int | float) else "" for cell in cells]


def _most_alike(head: list[list[str]], side: list[list[str]], numeric: bool) -> tuple[int, int] | None:
    """Return the row of the head and the column of the side that share most labels, two at least."""
    best, most = None, 1
    tops = [{t for t in row if t and (numeric or not PLAIN.fullmatch(t))} for row in head]
    for c, column in enumerate(side):
        names = {t for t in column if t and (numeric or not PLAIN.fullmatch(t))}
        for r, top in enumerate(tops):
            if (shared := len(top & names)) > most:
                best, most = (r, c), shared
    return best


def _filled(grid: Grid, row: int, left: int, level: bool) -> list[str]:
    """Return a header row from `left`, what is merged (or, in an outer level, blank) as the cell before it."""
    cells = [close_up(text_of(c)) for c in grid.rows[row]]
    for first, begin, last, end in grid.merged:
        if first <= row <= last:
            text = close_up(text_of(grid.rows[first][begin])) if begin < len(cells) else ""
            cells[begin : end + 1] = [text] * (min(end + 1, len(cells)) - begin)
    return _carried(cells[left:]) if level else cells[left:]


def _filled_down(grid: Grid, column: int, top: int, level: bool) -> list[str]:
    """Return a column of labels from `top`, what is merged (or, in an outer level, blank) as the cell above it."""
    cells = [close_up(text_of(row[column])) for row in grid.rows]
    for first, begin, last, end in grid.merged:
        if begin <= column <= end:
            text = close_up(text_of(grid.rows[first][begin]))
            cells[first : last + 1] = [text] * (min(last + 1, len(cells)) - first)
    return _carried(cells[top:]) if level else cells[top:]


def _carried(cells: list[str]) -> list[str]:
    """Return labels with blanks filled by what stands before them, where a label is said once for several lines."""
    counts = Counter(c for c in cells if c)
    if not counts or counts.most_common(1)[0][1] > 1:
        return cells
    found: list[str] = []
    for cell in cells:
        found.append(cell or (found[-1] if found else ""))
    return found


def unit_and_year(sheet: Sheet) -> tuple[str | None, int | None]:
    """Return the unit of money and the year that the titles state, where they state one."""
    titles = [text_of(c) for row in sheet.grid.rows[: sheet.top] for c in row if isinstance(c, str)]
    units = {u for t in titles if (u := states_unit(t))}
    years = {y for t in titles for found in re.findall(r"(?<!\d)(\d{4})\s*年", t) if (y := as_year(found))}
    return (units.pop() if len(units) == 1 else None), (years.pop() if len(years) == 1 else None)


def require_one(sheets: Sequence[Sheet]) -> Sheet:
    """Return the only sheet; an error that names them where there are several."""
    if len(sheets) > 1:
        raise DataError("io_sheets", where=Where(file=sheets[0].grid.file),
                        names=listing([s.grid.sheet or "—" for s in sheets], 20))  # fmt: skip
    return sheets[0]
