"""Taking a table apart by its layout: one tidy row for every cell of numbers, with its address, marks and footnotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import polars as pl

from nqpf.data.grid import letters_of
from nqpf.data.panel import TIDY
from nqpf.data.reading.across import placed
from nqpf.data.reading.blocks import alone
from nqpf.data.reading.columns import Column, columns_of, place_name
from nqpf.data.reading.find import Found
from nqpf.data.reading.footnotes import rows_of, several
from nqpf.data.reading.headers import Header, bracketed_unit, split_header
from nqpf.data.reading.remarks import empty_years, refuse_months, remarks
from nqpf.data.reading.tokens import Number, as_number, as_year, text_of
from nqpf.errors import DataError, listing
from nqpf.messages import Text
from nqpf.results import Note

MARKS = {"file": pl.String, "sheet": pl.String, "cell": pl.String, "mark": pl.String}
"""Columns of the table of marks."""
SAID = ("source", "vintage", "scope", "note")
"""What a row, a header row or the whole table can say of a number besides."""


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
        Titles of indicators that are named in two languages, or in words beside a short name.
    notes
        What was left out and why.
    """

    frame: pl.DataFrame
    marks: pl.DataFrame
    titles: Mapping[str, Text]
    notes: tuple[Note, ...]


@dataclass(slots=True)
class _Sheaf:
    """The columns of a tidy table while they are filled, and the signs beside indicators, places and numbers.

    `headers` keeps the indicator that a row's names and a column make, `said` what the header says of each column,
    `stated` whether a cell states its own unit of measure.
    """

    rows: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in TIDY})
    signs: dict[str, list[str | None]] = field(default_factory=lambda: {"indicator": [], "unit": [], "number": []})
    headers: dict[tuple[str, str, int], Header] = field(default_factory=dict)
    said: dict[str, list[str | None]] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)
    stated: list[bool] = field(default_factory=list)


def take(found: Found) -> Taken:
    """Return a table's tidy rows.

    Raises
    ------
    DataError
        ``text_in_number``: text where a number should be; ``not_a_year``, ``two_years``, ``not_annual``: a year that is
        none, or two; ``no_unit``, ``no_indicator``: a row with numbers that says none.
    """
    refuse_months(found)
    columns = columns_of(found)
    empty = empty_years(found, columns)
    columns = tuple(c for c in columns if c.at not in empty)
    fixed = found.layout.fixed
    sheaf = _Sheaf(said={role: [c.more.get(role) or fixed.get(role) for c in columns] for role in (*SAID, "measure")})
    above: dict[int, Any] = {}
    section: dict[str, str] = {}
    for i in found.layout.body:
        heading = _section(found, i)
        if heading is not None:
            section = {found.layout.section: heading}
        else:
            _take_row(found, i, section | _row(found, i, above), columns, sheaf)
    return _taken(found, columns, empty, sheaf)


def _section(found: Found, i: int) -> str | None:
    """Return what a row says of those below it; None for a row of data."""
    role = found.layout.section
    text = alone(found.table, i) if role else None
    return None if role == "period" and as_year(text) is None else text


def _row(found: Found, i: int, above: dict[int, Any]) -> dict[str, str]:
    """Return what the stub says of a row; `above` keeps what is repeated downwards."""
    own: dict[str, str] = {}
    cells = found.table.grid.rows[i]
    for j, role in found.layout.columns.items():
        cell = cells[j] if j < len(cells) else None
        if j in found.layout.filled:
            cell = above[j] = cell if cell is not None else above.get(j)
        if cell is not None:
            text = text_of(cell)
            text = bracketed_unit(text) or text if role == "measure" else text
            own[role] = f"{own[role]}:{text}" if role in own else text
    return own


def _take_row(found: Found, i: int, own: dict[str, str], columns: Sequence[Column], sheaf: _Sheaf) -> None:
    """Add the numbers of a row; one that holds none is left out if it does not say what it would be about."""
    cells = found.table.grid.rows[i]
    rows, signs = sheaf.rows, sheaf.signs
    try:
        keys = _keys(found, i, own, columns)
        headers = [_header(found, i, keys.names, column, sheaf) for column in columns]
    except DataError:
        if any(c.at < len(cells) and cells[c.at] is not None for c in columns):
            raise
        sheaf.skipped.append(i)
        return
    for n, (column, header) in enumerate(zip(columns, headers, strict=True)):
        cell = cells[column.at] if column.at < len(cells) else None
        number = _number(cell)
        if number is None:
            about = {"unit": keys.units[n], "indicator": header.name, "period": keys.years[n]}
            where = found.table.grid.where(i, column.at, **about)
            raise DataError("text_in_number", where=where, value=str(cell)[:60])
        stated = own.get("measure") or column.more.get("measure") or header.measure or sheaf.said["measure"][n]
        rows["value"].append(number.value)
        rows["measure"].append(number.measure or stated)  # what stands beside the number is said of this number
        signs["number"].append(number.mark)
        sheaf.stated.append(number.measure is not None)
    rows["unit"] += keys.units
    rows["period"] += keys.years
    rows["indicator"] += [header.name for header in headers]
    rows["cell"] += [f"{_letters(c.at)}{i + 1}" for c in columns]
    rows["code"] += [own.get("code") if c.unit is None else None for c in columns]
    signs["unit"] += [keys.sign] * len(columns)
    signs["indicator"] += [header.mark for header in headers]
    for role in SAID:
        rows[role] += [own[role]] * len(columns) if own.get(role) else sheaf.said[role]


def _number(cell: Any) -> Number | None:
    """Return what a cell of numbers holds; None if that is none, or a year: no number is written 2019年."""
    if type(cell) is float and isfinite(cell):
        return Number(cell)  # most cells are: the shortest way for them
    number = _NOTHING if cell is None else as_number(cell)
    dated = number is not None and number.measure == "年" and as_year(cell) is not None
    return None if dated else number


_NOTHING = Number(None)
_KNOWN = tuple(letters_of(j) for j in range(702))


def _letters(j: int) -> str:
    return _KNOWN[j] if j < len(_KNOWN) else letters_of(j)


@dataclass(frozen=True, slots=True)
class _Keys:
    """What a row's numbers are about: each one's place and year, the sign behind the place, what the row names."""

    units: list[str]
    years: list[int]
    sign: str | None
    names: tuple[str, str]


def _keys(found: Found, i: int, own: Mapping[str, str], columns: Sequence[Column]) -> _Keys:
    fixed, named = found.layout.fixed, own.get("indicator", "")
    unit = own.get("unit") or own.get("code") or fixed.get("unit")
    if named and found.layout.split == "unit" and (of_place := placed([named])):
        names, unit = of_place
        named = ":".join(names)
    sign = None
    if unit is not None:
        unit, sign = place_name(unit)
    written = own.get("period", fixed.get("period"))
    year = as_year(written)
    for column in columns:
        if column.unit is None and unit is None:
            raise DataError("no_unit", where=found.table.grid.where(i))
        if column.period is None and year is None:
            where = found.table.grid.where(i, found.layout.column("period"), unit=unit or column.unit)
            raise DataError("not_a_year", where=where, value=written or "")
    units, years = [c.unit or unit or "" for c in columns], [c.period or year or 0 for c in columns]
    return _Keys(units, years, sign, (named, own.get("part", "")))


def _header(found: Found, i: int, names: tuple[str, str], column: Column, sheaf: _Sheaf) -> Header:
    """Return the indicator of a cell: what the row names, what the column names, what tells rows apart; each once."""
    key = (*names, column.at)
    known = sheaf.headers.get(key)
    if known is not None:
        return known
    own = column.header
    parts = [p for p in dict.fromkeys((names[0], own.name if own else "", names[1])) if p]
    if own is not None and parts == [own.name]:
        sheaf.headers[key] = own
    elif parts or "indicator" in found.layout.fixed:
        sheaf.headers[key] = _joined(":".join(parts) or found.layout.fixed["indicator"], own)
    else:
        raise DataError("no_indicator", where=found.table.grid.where(i))
    return sheaf.headers[key]


def _joined(written: str, own: Header | None) -> Header:
    named = split_header(written)
    mark = named.mark or (own.mark if own else None)
    return Header(named.name, named.measure or (own.measure if own else None), named.english, mark)


# The whole


def _taken(found: Found, columns: Sequence[Column], empty: Mapping[int, int], sheaf: _Sheaf) -> Taken:
    grid, rows, signs = found.table.grid, sheaf.rows, sheaf.signs
    count = len(rows["unit"])
    rows["file"], rows["sheet"] = [grid.file] * count, [grid.sheet] * count
    frame = pl.DataFrame(rows, schema=TIDY)
    marks = [(grid.file, grid.sheet, cell, m) for cell, m in zip(rows["cell"], signs["number"], strict=True) if m]
    notes = _years_note(found, empty) + remarks(found, marks, sheaf.skipped) + _units_note(found, frame, sheaf.stated)
    titles = {c.header.name: c.title for c in columns if c.header and c.title}
    titles |= {h.name: h.title for h in sheaf.headers.values() if h.english}
    frame = _footnoted(found, frame, signs, notes)
    return Taken(frame, pl.DataFrame(marks, schema=MARKS, orient="row"), titles, tuple(notes))


def _years_note(found: Found, empty: Mapping[int, int]) -> list[Note]:
    values = {"table": found.table.called, "years": listing(sorted(set(empty.values())))}
    return [Note("years_empty", "info", values)] if empty else []


def _units_note(found: Found, frame: pl.DataFrame, stated: Sequence[bool]) -> list[Note]:
    """Return a note on series of which some cells state a unit of measure of their own and others none."""
    if not any(stated):
        return []
    cells = frame.with_columns(stated=pl.Series(stated, dtype=pl.Boolean)).drop_nulls("value")
    mixed = cells.filter(pl.col("stated").any().over("indicator"), ~pl.col("stated").all().over("indicator"))
    series = listing(mixed["indicator"].unique(maintain_order=True), 4)
    values = {"table": found.table.called, "count": mixed["stated"].sum(), "series": series}
    return [Note("units_in_some_cells", values=values)] if mixed.height else []


def _footnoted(
    found: Found, frame: pl.DataFrame, signs: Mapping[str, Sequence[str | None]], notes: list[Note]
) -> pl.DataFrame:
    """Write each footnote on the rows it speaks of."""
    names = frame["indicator"].to_list()
    said: list[pl.Series] = []
    for i, text in found.said.notes:
        for one in several(text):
            about = pl.Series(rows_of(one, signs, names), dtype=pl.Boolean)
            series = frame.filter(about)["indicator"].unique(maintain_order=True)
            values = {"table": found.table.called, "row": i + 1, "text": one[:120], "series": listing(series, 4)}
            notes.append(Note("footnote", "info", values))
            said.append(pl.select(pl.when(about).then(pl.lit(one))).to_series())
    if not said:
        return frame
    joined = pl.concat_str([pl.col("note"), *said], separator="；", ignore_nulls=True)
    return frame.with_columns(note=joined.replace("", None))
