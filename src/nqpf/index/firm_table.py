"""Reads the vendor table of the firm-level index: column names, stock codes with their zeros, years, doubled rows.

The table is ``NQPF_EnNQPThreeLevelIndLT`` in CSMAR's naming; its columns are those of `nqpf.theory.system`
``song_jia_2024_firm``. Firms come and go: a firm-year without a row is absent, not missing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.files import Grid, grids
from nqpf.data.panel import Panel, Series, Status, complete
from nqpf.errors import DataError, SpecError, hint, listing
from nqpf.messages import Text
from nqpf.results import Note
from nqpf.theory.systems import System, system

SYSTEM = "song_jia_2024_firm"
"""The published system whose vendor table this is."""
CODE_DIGITS = 6
"""Stock codes of the mainland exchanges have six digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Firms:
    """A table of firms as a panel.

    Attributes
    ----------
    panel
        T years, N firms, the eleven ratios by their vendor's names; NaN where a cell is empty or a firm absent.
    there
        ``bool[T, N]``: the table has a row for this firm and year.
    notes
        Remarks: codes whose zeros were put back, rows of labels passed over, columns left unused.
    """

    panel: Panel
    there: NDArray[np.bool_] = field(repr=False)
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: firm, year, cells of the ratios, and where it stands."""

    firm: str
    year: int
    values: tuple[float, ...]
    grid: Grid
    at: int


def firm_columns() -> tuple[str, ...]:
    """Return the vendor's names of the eleven ratios.

    Examples
    --------
    >>> firm_columns()[0], len(firm_columns())
    ('RDPSalaryRatio', 11)
    """
    return tuple(str(one.series) for one in system(SYSTEM).indicators)


def read_firms(
    source: Any, *, only: Mapping[str, Any] | None = None, columns: Mapping[str, str] | None = None
) -> Firms:
    """Read the vendor table of the firm-level index.

    Parameters
    ----------
    source
        A path (xlsx, xls, csv, dta, parquet), a list of paths, or any dataframe that narwhals knows.
    only
        Rows to keep, by column and value, e.g. ``{"Typrep": "A"}`` for consolidated statements.
    columns
        Columns of `source` by the vendor's name, where they are called otherwise: ``{"Symbol": "Stkcd"}``.

    Returns
    -------
    Firms

    Raises
    ------
    DataError
        A column is absent; a cell that holds no number; a date that is no year end; two rows for one firm and year
        (``firm_duplicate``), with their rows and the columns in which they differ.
    SpecError
        A name in `columns` that the vendor's table does not have.

    Examples
    --------
    >>> ratios = dict.fromkeys(firm_columns(), [0.1, 0.2])
    >>> firms = read_firms({"Symbol": ["000001", "600519"], "EndDate": ["2022-12-31"] * 2, **ratios})
    >>> firms.panel.units, firms.panel.periods
    (('000001', '600519'), (2022,))
    """
    table, named, notes = system(SYSTEM), dict(columns or {}), list[Note]()
    known = [*_keys(table), *firm_columns()]
    for name in named:
        if name not in known:
            raise SpecError("unknown_firm_column", column=name, options=listing(known, 20), hint=hint(name, known))
    wanted = [named.get(name, name) for name in known]
    rows = [row for grid in grids(source, notes=notes) for row in _rows(grid, wanted, only or {}, notes)]
    if not rows:
        raise DataError("empty_table")
    _refuse_doubles(rows, wanted[:2])
    short = [row for row in rows if row.firm.isdigit() and len(row.firm) < CODE_DIGITS]
    if short:
        notes.append(Note("firm_codes_padded", "info", {"count": len({row.firm for row in short})}))
    return _panel(rows, table, tuple(notes))


def _keys(table: System) -> tuple[str, str]:
    if table.table is None:
        raise ValueError(f"{table.id} has no vendor table")
    return table.table.unit, table.table.period


def _rows(grid: Grid, wanted: Sequence[str], only: Mapping[str, Any], notes: list[Note]) -> Iterator[_Row]:
    """Yield the rows of a sheet, below the one that holds the column names."""
    head = _head(grid, wanted)
    names = [str(c) for c in grid.rows[head]]
    for name in (n for n in (*wanted, *only) if n not in names):
        options, near = listing([n for n in names if n != "None"], 30), hint(name, names)
        raise DataError("unknown_column", where=grid.where(head), column=name, options=options, hint=near)
    at = [names.index(name) for name in wanted]
    filters = [(names.index(name), str(value)) for name, value in only.items()]
    labels = 0
    for r in range(head + 1, len(grid.rows)):
        cells = grid.rows[r]
        firm = cells[at[0]]
        if firm is None or not all(str(cells[c]) == value for c, value in filters):
            continue
        if r <= head + 2 and _is_label(cells[at[0]], cells[at[1]]):
            labels += 1
            continue
        values = tuple(_number(grid, r, c) for c in at[2:])
        yield _Row(_code(firm), _year(grid, r, at[1]), values, grid, r)
    if labels:
        notes.append(Note("firm_labels_passed", "info", {"table": grid.called, "count": labels}))


def _head(grid: Grid, wanted: Sequence[str]) -> int:
    """Return the row of the column names: the first that has both keys, else the first."""
    return next((r for r, row in enumerate(grid.rows) if set(wanted[:2]) <= {str(c) for c in row}), 0)


def _is_label(firm: Any, end: Any) -> bool:
    """Tell a row of names and units, as CSMAR puts under the column names, from a row of data."""
    return isinstance(firm, str) and not re.search(r"\d", firm) and not re.search(r"\d{4}", str(end))


def _code(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _year(grid: Grid, row: int, column: int) -> int:
    """Return the year of a period's end; a date that ends no year would mix quarters with years."""
    cell = grid.rows[row][column]
    if isinstance(cell, dt.date):
        year, rest = cell.year, cell.strftime("%m%d")
    else:
        text = _code(cell) if cell is not None else ""
        found = re.fullmatch(r"(\d{4})(?:[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?)?(?:[ T]00:00:00)?", text)
        if found is None:
            raise DataError("not_a_year", where=grid.where(row, column), value=text)
        year = int(found[1])
        rest = f"{int(found[2]):02}{int(found[3]):02}" if found[2] else "1231"
    if rest != "1231":
        raise DataError("firm_not_year_end", where=grid.where(row, column), value=str(cell))
    return year


def _number(grid: Grid, row: int, column: int) -> float:
    cell = grid.rows[row][column]
    if cell is None:
        return float("nan")
    try:
        number = float(cell)
    except (TypeError, ValueError):
        raise DataError("text_in_number", where=grid.where(row, column), value=cell) from None
    if np.isinf(number):
        raise DataError("text_in_number", where=grid.where(row, column), value=cell)
    return number


def _refuse_doubles(rows: Sequence[_Row], keys: Sequence[str]) -> None:
    """Name the rows that stand for one firm and year, and the columns they differ in."""
    seen: dict[tuple[str, int], list[_Row]] = {}
    for row in rows:
        seen.setdefault((_padded(row.firm), row.year), []).append(row)
    doubled = [found for found in seen.values() if len(found) > 1]
    if not doubled:
        return
    first = doubled[0]
    names = first[0].grid.rows[_head(first[0].grid, keys)]
    differ = [str(n) for c, n in enumerate(names) if len({str(row.grid.rows[row.at][c]) for row in first}) > 1]
    where = first[0].grid.where(first[1].at, unit=first[0].firm, period=first[0].year)
    raise DataError(
        "firm_duplicate",
        where=where,
        rows=listing([f"{row.at + 1}" for row in first]),
        differ=listing(differ) if differ else listing(["—"]),
        count=len(doubled),
    )


def _panel(rows: Sequence[_Row], table: System, notes: tuple[Note, ...]) -> Firms:
    firms = sorted({_padded(row.firm) for row in rows})
    years = sorted({row.year for row in rows})
    unit, period = {f: n for n, f in enumerate(firms)}, {y: t for t, y in enumerate(years)}
    values = np.full((len(years), len(firms), len(table.indicators)), np.nan)
    there = np.zeros(values.shape[:2], dtype=bool)
    for row in rows:
        place = period[row.year], unit[_padded(row.firm)]
        values[place], there[place] = row.values, True
    status = np.where(np.isnan(values), Status.MISSING, Status.REPORTED).astype(np.int8)
    series = tuple(Series(str(i.series), i.title, None if i.unit is None else i.unit.zh) for i in table.indicators)
    labels = {firm: Text.same(firm) for firm in firms}
    origin = complete(pl.DataFrame(schema={"unit": pl.String}))
    return Firms(Panel(tuple(years), tuple(firms), series, values, status, labels, origin), there, notes)


def _padded(firm: str) -> str:
    """Return a stock code with the zeros that a spreadsheet takes from it."""
    return firm.zfill(CODE_DIGITS) if firm.isdigit() else firm
