"""What is remarked on while a table is taken apart, and the tables that no rule can take apart without guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nqpf.data.reading.across import is_name
from nqpf.data.reading.columns import Column
from nqpf.data.reading.find import Found
from nqpf.data.reading.headers import bracketed_unit
from nqpf.data.reading.rows import line
from nqpf.data.reading.tokens import as_year, month_of, text_of
from nqpf.errors import DataError, listing
from nqpf.results import Note

ENOUGH = 5
"""Rows from which on a last row that ends before all others looks cut off."""


def refuse_months(found: Found) -> None:
    """Refuse a table in which one year stands under several dates: it is monthly or quarterly.

    Raises
    ------
    DataError
        ``not_annual``.
    """
    table, layout = found.table, found.layout
    j = layout.column("period")
    places = [(i, j, table.cell(i, j)) for i in layout.body] if j is not None else []
    rows = [i for i, role in layout.header.items() if role == "period"]
    places += [(i, k, found.head.cells[i].get(k)) for i in rows for k in layout.values]
    seen: dict[int, Any] = {}
    for i, k, cell in places:
        if isinstance(cell, int | float) or (year := as_year(cell)) is None:
            continue
        first = seen.setdefault(year, cell)
        if first != cell and len({month_of(first), month_of(cell)} - {None}) > 1:
            raise DataError("not_annual", where=table.grid.where(i, k), year=year, cells=listing([first, cell]))


def empty_years(found: Found, columns: Iterable[Column]) -> dict[int, int]:
    """Return the columns of years without a single cell, where other years have some: column → year."""
    dated = {c.at: c.period for c in columns if c.period is not None}
    held = {j for j in dated if any(found.table.cell(i, j) is not None for i in found.layout.body)}
    return {j: year for j, year in dated.items() if j not in held} if held else {}


def remarks(found: Found, marks: Sequence[tuple[Any, ...]], skipped: Sequence[int]) -> list[Note]:
    """Return what a reader of the table should know.

    Parameters
    ----------
    found
        The table and its layout.
    marks
        Signs beside numbers: file, sheet, cell, sign.
    skipped
        Rows that hold no number and do not say what they would be about.
    """
    table, called = found.table, found.table.called
    notes = _marks(called, marks)
    for i in table.factors:
        cells = listing([text_of(c) for _, c in table.filled(i)], 8)
        notes.append(Note("header_numbers", "info", {"table": called, "row": i + 1, "cells": cells}))
    rows = sorted({*found.captions, *skipped})
    if rows:
        shown = listing(f"{i + 1} {line(table.filled(i))[:20]}" for i in rows)
        notes.append(Note("rows_without_numbers", "info", {"table": called, "rows": shown, "count": len(rows)}))
    return notes + _units(found) + _cut_short(found)


def _marks(called: str, marks: Sequence[tuple[Any, ...]]) -> list[Note]:
    counts = Counter(mark for *_, mark in marks)
    first = {mark: cell for *_, cell, mark in reversed(marks)}
    shown = listing(f"{mark} × {n} ({first[mark]})" for mark, n in counts.most_common())
    return [Note("marks", "info", {"table": called, "marks": shown})] if counts else []


def _units(found: Found) -> list[Note]:
    """Return a note on cells and lines that should hold a unit of measure and hold something that cannot be read."""
    rows = [i for i, role in found.layout.header.items() if role == "measure"]
    over = [(i, j, text_of(found.head.cells[i].get(j))) for i in rows for j in found.layout.values]
    odd = [
        f"{found.table.grid.address(i, j)} {text}"
        for i, j, text in over
        if text and bracketed_unit(text) is None and (i in found.head.leads or not is_name(text))
    ]
    odd += [found.said.unread] if found.said.unread and "measure" not in found.layout.columns.values() else []
    return [Note("unit_unread", values={"table": found.table.called, "cells": listing(odd)})] if odd else []


def _cut_short(found: Found) -> list[Note]:
    """Return a note where the last row ends before every other one: the file may have been cut off in a number."""
    table, body = found.table, found.layout.body
    ends: Mapping[int, int] = {i: table.filled(i)[-1][0] for i in body}
    if len(body) < ENOUGH or ends[body[-1]] >= min(ends[i] for i in body[:-1]):
        return []
    cell = table.grid.address(body[-1], ends[body[-1]])
    return [Note("cut_short", values={"table": table.called, "row": body[-1] + 1, "cell": cell})]
