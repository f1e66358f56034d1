"""``nqpf.read``: a well-formed table of statistics becomes tidy rows, each with the cell it came from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import polars as pl

from nqpf.data import places
from nqpf.data.grid import Grid, grids
from nqpf.data.layout import Layout, as_year, find_layout
from nqpf.data.panel import TIDY, Panel, Series
from nqpf.errors import DataError, PlaceError, Where, listing
from nqpf.messages import Text
from nqpf.results import Method, Note, Result

ABSENT = frozenset(("", "na", "n/a", "nan", "null", "none"))
"""What a cell may hold to say that there is no number, in lower case."""
LIKE_A_NUMBER = re.compile(r"[-+]?\d[\d\s.,，_]*[%％]?")
"""A number in a form that is not read as one."""


@dataclass(frozen=True, slots=True)
class Reading(Result):
    """Tidy rows read from tables.

    Attributes
    ----------
    frame
        Columns unit (as written), code, period, indicator, value, measure, source, vintage, scope, file, sheet,
        cell, note.
    totals
        Rows of totals (全国, 东部地区, OECD …), in the same columns; they are no units and are kept apart.
    labels
        Name of each unit in both languages, by code.
    notes
        What was understood and what was set apart.
    method
        ``read`` and its options.
    """

    frame: pl.DataFrame
    totals: pl.DataFrame
    labels: Mapping[str, Text]
    notes: tuple[Note, ...]
    method: Method = field(default_factory=lambda: Method("read"))

    def to_frame(self) -> pl.DataFrame:
        """Return the tidy rows."""
        return self.frame

    def to_panel(self, series: Iterable[Series] = ()) -> Panel:
        """Return the rows as a panel; `series` adds titles, units of measure, sources and vintages."""
        return Panel.from_tidy(self.frame, self.labels, series)


def read(
    source: Any,
    *,
    unit: str | None = None,
    period: str | None = None,
    code: str | None = None,
    indicator: str | None = None,
    value: str | None = None,
    measure: str | None = None,
    sheet: str | None = None,
    places: str = "auto",
    name: str | None = None,
) -> Reading:
    """Read tables of statistics into tidy rows.

    Parameters
    ----------
    source
        A path (xlsx, xls, csv, parquet), a list of paths, or any dataframe that narwhals knows (pandas, polars,
        pyarrow, DuckDB, …). A table is long (columns indicator and value), wide by indicator, or wide by year.
    unit, period, code, indicator, value, measure
        Columns of the unit, the year, the unit's code, and in long tables the indicator, the value and the unit of
        measure. What is not named is found by the usual headers (``tables/headers.csv``). In a table that is wide by
        year, or has a column of values, and no column of indicators, `indicator` is the name of the one it holds.
    sheet
        Read only this sheet of a workbook.
    places
        ``provinces``, ``countries``, ``none`` (units are not places: firms, plants), or ``auto``: the scheme all names
        belong to, or none of them.
    name
        What to call a dataframe in messages.

    Returns
    -------
    Reading
        Tidy rows, totals set apart, labels, notes.

    Raises
    ------
    DataError
        Unknown column; text where a number should be; a year that is none; a table without a row of data.
    PlaceError
        A place that is unknown or could be two.

    Examples
    --------
    >>> read({"province": ["北京", "上海"], "year": [2020, 2020], "gdp": [36102.6, 38700.6]}).frame["code"].to_list()
    ['110000', '310000']
    """
    sources = source if isinstance(source, list | tuple) and source else [source]
    columns = {"unit": unit, "period": period, "code": code, "indicator": indicator, "value": value, "measure": measure}
    named = {role: column for role, column in columns.items() if column is not None}
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for one in sources:
        before = len(rows)
        for grid in grids(one, sheet=sheet, name=name):
            layout, title = _layout(grid, named)
            notes.append(Note("layout", "info", {"table": _called(grid), "layout": layout.text()}))
            rows += _rows(grid, layout, title, notes)
        if len(rows) == before:
            raise DataError("empty_table", where=Where(file=str(one) if isinstance(one, str | Path) else name))
    return _placed(pl.DataFrame(rows, schema=TIDY), places, notes, {"places": places, **named})


def _layout(grid: Grid, named: Mapping[str, str]) -> tuple[Layout, str | None]:
    """Return the layout, and the indicator's name where the table itself does not say it."""
    header = next(row for row in grid.rows if any(c is not None for c in row))
    title = named.get("indicator")
    if title is None or title in header:
        return find_layout(grid, named), None
    # It is no column, so it can only be the name of the one indicator, if the table leaves room for that.
    layout = find_layout(grid, {r: c for r, c in named.items() if r != "indicator"}, titled=True)
    if layout.kind == "wide" or "indicator" in layout.roles:
        return find_layout(grid, named), None
    return layout, title


def _rows(grid: Grid, layout: Layout, title: str | None, notes: list[Note]) -> Iterator[dict[str, Any]]:
    body = [(i, row) for i, row in enumerate(grid.rows) if i > layout.header and any(c is not None for c in row)]
    labels = _label_columns(grid, layout, body)
    if labels:
        notes.append(Note("label_columns", "info", {"table": _called(grid), "columns": listing(labels.values())}))
    unread = layout.unread(grid)
    if unread:
        notes.append(Note("columns_unread", "info", {"table": _called(grid), "columns": listing(unread)}))
    for i, row in body:
        fixed = {role: _text(_at(row, j)) for role, j in layout.roles.items() if role not in ("period", "value")}
        unit = _unit(grid, i, fixed)
        known = {key: fixed.get(key) for key in ("code", "measure", "source", "vintage", "scope", "note")}
        known |= {"file": grid.file, "sheet": grid.sheet, "unit": unit}
        own = None if layout.kind == "years" else _period(grid, i, layout.roles["period"], row, unit)
        one = None if layout.kind == "wide" else _indicator(grid, i, fixed.get("indicator") or title)
        values = layout.values if layout.kind != "long" else {layout.roles["value"]: (one, None)}
        for j, what in values.items():
            if j in labels:
                continue
            name, measure = (one, None) if isinstance(what, int) else what
            year = what if isinstance(what, int) else own
            number = _number(grid, i, j, row, unit, name, year)
            cell = {"period": year, "indicator": name, "value": number, "cell": grid.address(i, j)}
            yield known | cell | ({"measure": measure} if measure else {})


def _label_columns(grid: Grid, layout: Layout, body: list[tuple[int, tuple[Any, ...]]]) -> dict[int, str]:
    """Return the columns of a wide table that hold words only: labels, not indicators.

    What looks like a number that a program did not take for one (``1,234.5``, ``12%``) is no word, and where every
    column holds words, the words stand where the numbers should.
    """
    if layout.kind != "wide":
        return {}
    found = {}
    for j in layout.values:
        cells = [c for _, row in body if (c := _at(row, j)) is not None and str(c).lower() not in ABSENT]
        if cells and not any(_as_number(c) is not None or LIKE_A_NUMBER.fullmatch(str(c)) for c in cells):
            found[j] = str(grid.rows[layout.header][j])
    return found if len(found) < len(layout.values) else {}


def _number(
    grid: Grid, i: int, j: int, row: tuple[Any, ...], unit: str, indicator: str | None, year: int | None
) -> float | None:
    cell = _at(row, j)
    if cell is None or (isinstance(cell, str) and cell.lower() in ABSENT) or cell != cell:
        return None
    number = _as_number(cell)
    if number is None:
        where = grid.where(i, j, unit=unit, indicator=indicator, period=year)
        raise DataError("text_in_number", where=where, value=str(cell)[:60])
    return number


def _as_number(cell: Any) -> float | None:
    if isinstance(cell, bool) or (isinstance(cell, str) and "_" in cell):  # Python reads 1_000 as a number
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _period(grid: Grid, i: int, j: int, row: tuple[Any, ...], unit: str) -> int:
    cell = _at(row, j)
    year = as_year(cell)
    if year is None:
        raise DataError("not_a_year", where=grid.where(i, j, unit=unit), value="" if cell is None else cell)
    return year


def _unit(grid: Grid, i: int, fixed: Mapping[str, str | None]) -> str:
    unit = fixed.get("unit") or fixed.get("code")
    if unit is None:
        raise DataError("no_unit", where=grid.where(i))
    return unit


def _indicator(grid: Grid, i: int, name: str | None) -> str:
    if name is None:
        raise DataError("no_indicator", where=grid.where(i))
    return name


def _at(row: tuple[Any, ...], j: int) -> Any:
    return row[j] if j < len(row) else None


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _called(grid: Grid) -> str:
    return f"{grid.file} [{grid.sheet}]" if grid.sheet else grid.file


def _placed(frame: pl.DataFrame, scheme: str, notes: list[Note], options: dict[str, Any]) -> Reading:
    """Give every row the code of its place; set totals apart."""
    names = frame["unit"].unique(maintain_order=True).to_list()
    where = Where(file=frame["file"][0], sheet=frame["sheet"][0])
    found = places.choose_scheme(names, where) if scheme == "auto" else (None if scheme == "none" else scheme)
    method = Method("read", options | {"places": found or "none"})
    if found is None:
        if scheme == "auto":
            notes.append(Note("not_places", "info", {"count": len(names), "units": listing(names, 3)}))
        return Reading(frame, frame.clear(), {}, tuple(notes), method)
    resolved = _resolve(frame, "unit", found)
    _agree(frame, found, resolved)
    is_total = pl.Series([n not in resolved for n in frame["unit"]], dtype=pl.Boolean)
    codes = pl.Series("code", [resolved[n].code if n in resolved else None for n in frame["unit"]], dtype=pl.String)
    coded = frame.with_columns(codes)
    if is_total.any():
        apart = coded.filter(is_total)["unit"].unique(maintain_order=True)
        notes.append(Note("totals_apart", "info", {"rows": int(is_total.sum()), "units": listing(apart)}))
    labels = {p.code: p.title for p in resolved.values()}
    return Reading(coded.filter(~is_total), coded.filter(is_total), labels, tuple(notes), method)


def _resolve(frame: pl.DataFrame, column: str, scheme: str) -> dict[str, places.Place]:
    """Return the place of each name in a column; an error says in which row the first wrong one stands."""
    firsts = frame.unique(column, keep="first", maintain_order=True)
    try:
        return places.resolve(firsts[column], scheme)
    except PlaceError as error:
        if error.code not in ("unknown_place", "ambiguous_place"):
            raise
        for row in firsts.iter_rows(named=True):
            try:
                places.resolve([row[column]], scheme)
            except PlaceError:
                raise error.at(_row(row)) from None
        raise


def _agree(frame: pl.DataFrame, scheme: str, resolved: Mapping[str, places.Place]) -> None:
    """Refuse rows whose code column names another place than their unit column."""
    coded = frame.filter(pl.col("code").is_not_null() & (pl.col("unit") != pl.col("code")))
    stated = _resolve(coded, "code", scheme) if coded.height else {}
    for row in coded.unique(["unit", "code"], keep="first", maintain_order=True).iter_rows(named=True):
        named, other = resolved.get(row["unit"]), stated.get(row["code"])
        if named is not None and other is not None and other.code != named.code:
            where = replace(_row(row), unit=row["unit"])
            raise DataError("code_disagrees", where=where, code=row["code"], place=other.title)


def _row(row: Mapping[str, Any]) -> Where:
    """Return the place of a tidy row in its file."""
    return Where(file=row["file"], sheet=row["sheet"], row=int(row["cell"].lstrip(ascii_uppercase)))
