"""A table's header as it is meant: merged cells over all their columns, and what each column is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nqpf.data.reading.header_rows import ATTRIBUTES
from nqpf.data.reading.headers import bracketed_unit, role_of
from nqpf.data.reading.rows import Kind, kind_of, share_of
from nqpf.data.reading.structure import Table
from nqpf.data.reading.tokens import close_up, text_of

OF_WHICH = ("其中", "其中:", "of which", "of which:", "among which")
"""Header words that stand for the name of the column before them."""
SUMS = ("合计", "总计", "小计", "total", "subtotal", "sum")
"""Names of columns that add nothing to the name above them."""


@dataclass(frozen=True, slots=True)
class Head:
    """A table's header rows.

    Attributes
    ----------
    table
        The table.
    rows
        Header rows.
    cells
        Header row → column → cell, a merged cell's text over all its columns.
    names
        Column → its name, the first text in its header, on one line.
    words
        Column → the role that its header names (地区, 年份); absent where it names none, or several.
    leads
        Header row → the role its first cell gives to the row, as a vendor's do (频率, 单位, 来源); absent for others.
    below
        Column → what stands below the header, blanks left out.
    kinds
        Column → how many cells of each kind stand there.
    """

    table: Table
    rows: tuple[int, ...]
    cells: Mapping[int, Mapping[int, Any]]
    names: Mapping[int, str]
    words: Mapping[int, str]
    leads: Mapping[int, str]
    below: Mapping[int, Sequence[Any]]
    kinds: Mapping[int, Counter[Kind]]

    def share(self, j: int, *kinds: Kind) -> float:
        """Return the share of some kinds among the cells of a column; 0 of an empty one."""
        return share_of(self.kinds[j], *kinds)

    def over(self, j: int) -> list[Any]:
        """Return the cells over a column, top to bottom."""
        return [c for i in self.rows if (c := self.cells[i].get(j)) is not None]

    def spelled(self) -> dict[str, int]:
        """Return the column of every name in the header, as written."""
        table = self.table
        found = [
            (text_of(c), j) for i in self.rows for j in range(*table.columns) if (c := table.cell(i, j)) is not None
        ]
        return {name: j for name, j in reversed(found)}


def head_of(table: Table, rows: Sequence[int] | None = None) -> Head:
    """Return a table's header; `rows` are its header rows where a recipe states them."""
    rows = tuple(table.header if rows is None else rows)
    written = {j: [c for i in rows if (c := table.cell(i, j)) is not None] for j in range(*table.columns)}
    names = {j: " ".join(text_of(cells[0]).split()) for j, cells in written.items() if cells}
    leads = _leads(table, rows)
    words = {j: role for j in names if (role := _word(table, rows, leads, j))}
    cells = {i: _spread(table, i, rows[n + 1 :], leads.get(i)) for n, i in enumerate(rows)}
    below = {j: [c for i in table.body if (c := table.cell(i, j)) is not None] for j in range(*table.columns)}
    kinds = {j: Counter(map(kind_of, column)) for j, column in below.items()}
    return Head(table, rows, cells, names, words, leads, below, kinds)


def _leads(table: Table, rows: Sequence[int]) -> dict[int, str]:
    """Return the roles that the first column's header cells give to their rows: only where they name several things."""
    first = {i: role for i in rows if (role := role_of(table.cell(i, table.columns[0])))}
    return first if len(set(first.values())) > 1 else {}


def _word(table: Table, rows: Sequence[int], leads: Mapping[int, str], j: int) -> str | None:
    """Return the role a column's header names, or the label a file states beside its name (Stata).

    In a vendor's header the first column names rows, and only the first row names columns.
    """
    if leads and j == table.columns[0]:
        return None
    told = [i for i in rows if i not in leads or i == rows[0]]
    roles = {role for i in told if (role := role_of(table.cell(i, j)))}
    return next(iter(roles)) if len(roles) == 1 else role_of(table.grid.titles.get(j)) if not roles else None


def _spread(table: Table, i: int, below: Sequence[int], lead: str | None) -> dict[int, Any]:
    """Return a header row with what is merged written in every column.

    Where the file does not say what is merged, a blank behind a text is taken for merged if both have a name below; a
    unit of measure below is none. In a vendor's rows of units and sources every blank is a blank.
    """
    row = {j: c for j in range(*table.columns) if (c := table.cell(i, j)) is not None}
    merged = [m for m in table.grid.merged if m[0] <= i <= m[2] and m[3] > m[1]]
    for top, left, _, right in merged:
        if top == i and row.get(left) is not None:
            row |= dict.fromkeys(range(left, min(right + 1, table.columns[1])), row[left])
    if not merged and lead not in ATTRIBUTES:
        for j in range(*table.columns):
            before = row.get(j - 1)
            if j in row or before is None or role_of(before):
                continue
            if all(any(_is_name(table.cell(k, c)) for k in below) for c in (j, j - 1)):
                row[j] = before
    return _of_which(table, row, below)


def _is_name(cell: Any) -> bool:
    return cell is not None and bracketed_unit(text_of(cell)) is None


def _of_which(table: Table, row: Mapping[int, Any], below: Sequence[int]) -> dict[int, Any]:
    """Write the name of the column before in place of “of which”: 其中 | 外来人口 behind 常住人口 is a part of it."""
    found: dict[int, Any] = {}
    whole: str | None = None
    for j in sorted(row):
        if close_up(text_of(row[j]).replace("：", ":")).lower() not in OF_WHICH:
            found[j], whole = row[j], None
            continue
        if whole is None and j - 1 in found and role_of(found[j - 1]) is None:
            names = [found[j - 1], *(c for k in below if _is_name(c := table.cell(k, j - 1)))]
            texts = dict.fromkeys(close_up(text_of(c)) for c in names)
            whole = ":".join(t for t in texts if t.lower() not in SUMS or len(texts) == 1)
        found[j] = whole or row[j]
    return found
