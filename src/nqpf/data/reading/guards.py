"""Tables in which a number could come under a name not its own: they are refused, with the cells that show it."""

from __future__ import annotations

from collections.abc import Sequence

from nqpf.data.reading.head import Head
from nqpf.data.reading.layout import Layout
from nqpf.data.reading.rows import kind_of
from nqpf.data.reading.structure import Table
from nqpf.data.reading.tokens import close_up, text_of
from nqpf.errors import DataError, listing

FEW = 0.5
"""A column without a name that no more rows fill was not meant to be one."""
FULL = 0.9
"""A column that more rows fill has no blanks but by accident."""
SMALL = 3
"""Rows up to which no share says anything, and every blank counts as a hole."""


def refuse_twins(head: Head, layout: Layout) -> None:
    """Refuse two columns of numbers with the same header: one of them would overwrite the other.

    A year that stands twice is let pass: it gives two values for one cell, which whoever builds a panel must settle.

    Raises
    ------
    DataError
        ``twin_columns``.
    """
    rows = [i for i, role in layout.header.items() if role in ("indicator", "period", "unit", "measure")]
    if not {"indicator", "unit"} & set(layout.header.values()):
        return
    seen: dict[tuple[str, ...], int] = {}
    for j in layout.values:
        key = tuple(close_up(text_of(head.cells[i].get(j))) for i in rows)
        first = seen.setdefault(key, j)
        if first != j:
            cells = listing([head.table.grid.address(head.rows[0], k) for k in (first, j)])
            where = head.table.grid.where(head.rows[0])
            raise DataError("twin_columns", where=where, column=":".join(k for k in key if k), cells=cells)


def refuse_overrun(head: Head, layout: Layout) -> None:
    """Refuse a table with a number in a column without a name that few other rows fill.

    One cell too many pushes all others under the names of their neighbours: a thousands separator without quotes does.

    Raises
    ------
    DataError
        ``row_runs_over``.
    """
    table = head.table
    named = {j for j in range(*table.columns) if head.over(j)} | {*layout.columns, *layout.values}
    small = len(table.body) <= SMALL
    full = [k for k in named if small or len(head.below[k]) >= FULL * len(table.body)]
    for j in set(range(*table.columns)) - named:
        few = len(head.below[j]) <= FEW * len(table.body)
        beside = bool({j - 1, j + 1} & named)
        over = [i for i in layout.body if (few or small) and _is_pushed(table, i, j, full, few and beside, beside)]
        if over:
            values = {"value": text_of(table.cell(over[0], j)), "count": len(over)}
            raise DataError("row_runs_over", where=table.grid.where(over[0], j), **values)


def _is_pushed(table: Table, i: int, j: int, full: Sequence[int], alone: bool, beside: bool) -> bool:
    """Return whether a cell without a name is one too many.

    It is if it is a number that stands alone in its column (`alone`) beside a column with a name; a word there, or a
    number anywhere, if the row has a hole in a column that is else full.
    """
    number = kind_of(table.cell(i, j)) in ("number", "year")
    if table.cell(i, j) is None or not (number or beside):
        return False
    return (number and alone) or any(table.cell(i, k) is None for k in full)
