"""Taking a table apart by its layout: one tidy row for every cell of numbers, with its address, marks and footnotes."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from nqpf.data.find import Found, heading, place_in, text_of, year_in
from nqpf.data.grid import letters_of
from nqpf.data.headers import Header, bracketed_unit, split_header
from nqpf.data.panel import TIDY
from nqpf.data.titles import qualifies
from nqpf.data.structure import kind_of
from nqpf.data.tokens import as_number, as_year, close_up, without_marks
from nqpf.errors import DataError, Where, listing
from nqpf.messages import Text
from nqpf.results import Note

MARKS = {"file": pl.String, "sheet": pl.String, "cell": pl.String, "mark": pl.String}
"""Columns of the table of marks."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A table taken apart.

    Attributes
    ----------
    frame
        Tidy rows, columns `TIDY`.
    marks
        What stood beside numbers or instead of them, columns `MARKS`.
    titles
        Titles of indicators that are named in two languages.
    notes
        What was left out and why.
    """

    frame: pl.DataFrame
    marks: pl.DataFrame
    titles: Mapping[str, Text]
    notes: tuple[Note, ...]


@dataclass(slots=True)
class _Column:
    """What the header says of one column of numbers."""

    header: Header | None
    unit: str | None
    period: int | None
    more: dict[str, str] = field(default_factory=dict)


def take(found: Found) -> Taken:
    """Return a table's tidy rows.

    Raises
    ------
    DataError
        Text where a number should be; a year that is none; a row without a unit or an indicator.
    """
    table, layout = found.table, found.layout
    grid, called = table.grid, table.called
    heads = {j: _column(found, j) for j in layout.values}
    empty = _empty_years(found, heads)
    notes = [Note("years_empty", "info", {"table": called, "years": listing(sorted(empty.values()))})] if empty else []
    columns = [(j, head) for j, head in heads.items() if j not in empty]
    _refuse_months(found)
    rows: dict[str, list[Any]] = {name: [] for name in TIDY}
    marks: list[tuple[str, str]] = []
    headers: dict[str, Header] = {h.header.name: h.header for _, h in columns if h.header}
    above: dict[int, Any] = {}
    section: dict[str, str] = {}
    for i in layout.body:
        row = grid.rows[i]
        if layout.section and len(alone := {text_of(c) for c in row if c is not None}) == 1:
            section = {layout.section: alone.pop()}
            continue
        own = section | _row(found, i, above)
        for j, head in columns:
            unit, period, header = _keys(found, i, j, own, head, headers)
            cell = row[j] if j < len(row) else None
            measure = own.get("measure") or head.more.get("measure") or header.measure
            value: float | None
            if type(cell) is float or cell is None:
                value = cell if cell == cell else None
            else:
                number = as_number(cell)
                if number is None:
                    where = grid.where(i, j, unit=unit, indicator=header.name, period=period)
                    raise DataError("text_in_number", where=where, value=str(cell)[:60])
                value, measure = number.value, measure or number.measure
                if number.mark:
                    marks.append((grid.address(i, j), number.mark))
            rows["unit"].append(unit)
            rows["code"].append(own.get("code") if head.unit is None else None)
            rows["period"].append(period)
            rows["indicator"].append(header.name)
            rows["value"].append(value)
            rows["measure"].append(measure or layout.fixed.get("measure"))
            for role in ("source", "vintage", "scope", "note"):
                rows[role].append(own.get(role) or head.more.get(role) or layout.fixed.get(role))
            rows["cell"].append(f"{_letters(j)}{i + 1}")
    count = len(rows["unit"])
    rows["file"], rows["sheet"] = [grid.file] * count, [grid.sheet] * count
    frame = pl.DataFrame(rows, schema=TIDY)
    notes += _mark_notes(called, marks) + _factor_notes(found) + _unit_notes(found)
    titles = {h.name: h.title for h in headers.values() if h.english}
    titled = {name: Text.same(title) for j, title in grid.titles.items() if (name := found.names.get(j)) in headers}
    listed = pl.DataFrame([(grid.file, grid.sheet, *m) for m in marks], schema=MARKS, orient="row")
    return Taken(_footnoted(found, frame, headers, notes), listed, titled | titles, tuple(notes))


_LETTERS: dict[int, str] = {j: letters_of(j) for j in range(702)}


def _letters(j: int) -> str:
    return _LETTERS.get(j) or letters_of(j)


def _column(found: Found, j: int) -> _Column:
    """Return what the header rows say of a column."""
    layout, spread = found.layout, found.spread
    unit = period = None
    more: dict[str, str] = {}
    for i, role in layout.header.items():
        cell = spread[i].get(j)
        if cell is None or role in ("name", "indicator", "skip"):
            continue
        if role == "period":
            period = as_year(cell)
        elif role == "unit":
            unit = place_name(text_of(cell))
        elif role == "measure":
            more.setdefault("measure", bracketed_unit(str(cell)) or "")
        else:
            more[role] = text_of(cell)
    written = heading(layout, spread, j)
    if written and layout.split == "period" and (found_year := year_in(written)):
        written, period = found_year
    if written and layout.split == "unit" and (found_place := place_in(written)):
        unit, written = found_place
    return _Column(split_header(written) if written else None, unit, period, more)


def _row(found: Found, i: int, above: dict[int, Any]) -> dict[str, str]:
    """Return what the stub says of a row; `above` keeps what is repeated downwards."""
    own: dict[str, str] = {}
    for j, role in found.layout.columns.items():
        cell = found.table.cell(i, j)
        if j in found.layout.filled:
            cell = above[j] = cell if cell is not None else above.get(j)
        if cell is None:
            continue
        text = text_of(cell)
        own[role] = place_name(text) if role == "unit" else f"{own[role]}:{text}" if role in own else text
    return own


def place_name(text: str) -> str:
    """Return a unit's name without a footnote's number; of ``北京 Beijing`` the Chinese name, if it is a place's.

    Examples
    --------
    >>> place_name("广东①"), place_name("北京 Beijing"), place_name("甲厂 2")
    ('广东', '北京', '甲厂 2')
    """
    name = without_marks(text)[0]
    chinese = close_up(re.sub(r"[\x00-\x7f]+", " ", name))
    return chinese if chinese != name and not chinese.isspace() and kind_of(chinese) == "place" != kind_of(name) else name


def _keys(
    found: Found, i: int, j: int, own: Mapping[str, str], head: _Column, headers: dict[str, Header]
) -> tuple[str, int, Header]:
    """Return the unit, year and indicator of a cell."""
    grid, fixed = found.table.grid, found.layout.fixed
    named, at = own.get("indicator"), None
    if named and found.layout.split == "unit" and (at := place_in(named)):
        named = at[1]
    unit = head.unit or (at[0] if at else None) or own.get("unit") or own.get("code") or fixed.get("unit")
    if unit is None:
        raise DataError("no_unit", where=grid.where(i))
    period = head.period
    if period is None and (written := own.get("period", fixed.get("period"))) is not None:
        period = as_year(written)
    if period is None:
        raise DataError("not_a_year", where=_at_period(found, i, unit), value=own.get("period", ""))
    parts = [p for p in (named, head.header.name if head.header else None, own.get("part")) if p]
    if not parts and "indicator" in fixed:
        parts = [fixed["indicator"]]
    if not parts:
        raise DataError("no_indicator", where=grid.where(i))
    if head.header and len(parts) == 1:
        return unit, period, head.header
    written = ":".join(parts)
    if written not in headers:
        named = split_header(written)
        more = head.header.measure if head.header else None
        headers[written] = Header(named.name, named.measure or more, named.english, named.mark)
    return unit, period, headers[written]


def _at_period(found: Found, i: int, unit: str) -> Where:
    j = found.layout.column("period")
    return found.table.grid.where(i, j, unit=unit) if j is not None else found.table.grid.where(i, unit=unit)


def _empty_years(found: Found, heads: Mapping[int, _Column]) -> dict[int, int]:
    """Return the columns of years without a single cell, where other years have some."""
    if found.layout.across != "period":
        return {}
    cells = {j: any(found.table.cell(i, j) is not None for i in found.layout.body) for j in heads}
    return {j: heads[j].period or 0 for j, held in cells.items() if not held} if any(cells.values()) else {}


def _refuse_months(found: Found) -> None:
    """Refuse a table in which one year stands under several dates: it is monthly or quarterly."""
    table, layout = found.table, found.layout
    j = layout.column("period")
    places = [(i, j) for i in layout.body] if j is not None else []
    places += [(i, k) for i, role in layout.header.items() if role == "period" for k in layout.values]
    seen: dict[int, tuple[Any, tuple[int, int]]] = {}
    for i, k in places:
        cell = found.spread[i].get(k) if i in found.spread else table.cell(i, k)
        if isinstance(cell, int | float) or (year := as_year(cell)) is None:
            continue
        first, _ = seen.setdefault(year, (cell, (i, k)))
        if first != cell and len({_month(first), _month(cell)} - {None}) > 1:
            raise DataError("not_annual", where=table.grid.where(i, k), year=year, cells=listing([first, cell]))


def _month(cell: Any) -> int | None:
    if isinstance(cell, dt.date):
        return cell.month
    found = re.search(r"\d{4}\s*(?:年|[-/.])\s*(\d{1,2})", str(cell))
    return int(found[1]) if found else None


def _mark_notes(called: str, marks: list[tuple[str, str]]) -> list[Note]:
    counts = Counter(mark for _, mark in marks)
    first = {mark: cell for cell, mark in reversed(marks)}
    shown = listing(f"{mark} × {n} ({first[mark]})" for mark, n in counts.most_common())
    return [Note("marks", "info", {"table": called, "marks": shown})] if counts else []


def _factor_notes(found: Found) -> list[Note]:
    notes = []
    for i in found.table.factors:
        cells = [text_of(c) for c in found.table.grid.rows[i] if c is not None]
        notes.append(Note("header_numbers", "info", {"table": found.table.called, "row": i + 1, "cells": listing(cells, 8)}))
    return notes


def _unit_notes(found: Found) -> list[Note]:
    """Return a note on header cells that should hold a unit of measure and hold something else."""
    rows = [i for i, role in found.layout.header.items() if role == "measure"]
    odd = [
        f"{found.table.grid.address(i, j)} {text_of(cell)}"
        for i in rows
        for j in found.layout.values
        if (cell := found.spread[i].get(j)) is not None and bracketed_unit(str(cell)) is None
    ]
    return [Note("unit_unread", values={"table": found.table.called, "cells": listing(odd)})] if odd else []


def _footnoted(found: Found, frame: pl.DataFrame, headers: Mapping[str, Header], notes: list[Note]) -> pl.DataFrame:
    """Write each footnote on the rows of the indicators it speaks of."""
    names = frame["indicator"].unique(maintain_order=True).to_list()
    known = {h.name: h.mark for h in headers.values()}
    said: dict[str, list[str]] = {}
    for i, text in found.said.notes:
        about = qualifies(text, names, [known.get(n) for n in names])
        for name in about:
            said.setdefault(name, []).append(text)
        values = {"table": found.table.called, "row": i + 1, "text": text[:120], "series": listing(about, 4)}
        notes.append(Note("footnote", "info", values))
    if not said:
        return frame
    texts = pl.col("indicator").replace_strict({n: "；".join(t) for n, t in said.items()}, default=None, return_dtype=pl.String)
    return frame.with_columns(note=pl.concat_str([pl.col("note"), texts], separator="；", ignore_nulls=True).replace("", None))
