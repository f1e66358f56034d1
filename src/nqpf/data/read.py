"""``nqpf.read``: a well-formed table of statistics becomes tidy rows, each with the cell it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.data import places
from nqpf.data.grid import Grid, grids
from nqpf.data.layout import Layout, as_year, find_layout
from nqpf.data.panel import TIDY, Panel, Series, complete
from nqpf.errors import DataError, Where, listing
from nqpf.messages import Text
from nqpf.results import Method, Note, Result

ABSENT = frozenset(("", "na", "n/a", "nan", "null", "none"))
"""What a cell may hold to say that there is no number, in lower case."""


@dataclass(frozen=True, slots=True)
class Reading(Result):
    """Tidy rows read from tables.

    Attributes
    ----------
    frame
        Columns unit (as written), code, period, indicator, value, measure, source, vintage, file, sheet, cell, note.
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
        year and has no column of indicators, `indicator` is the name of the one indicator it holds.
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
        Unknown column; text where a number should be; a year that is none.
    PlaceError
        A place that is unknown or could be two.

    Examples
    --------
    >>> read({"province": ["北京", "上海"], "year": [2020, 2020], "gdp": [36102.6, 38700.6]}).frame["code"].to_list()
    ['110000', '310000']
    """
    sources = source if isinstance(source, list | tuple) else [source]
    columns = {"unit": unit, "period": period, "code": code, "indicator": indicator, "value": value, "measure": measure}
    named = {role: column for role, column in columns.items() if column is not None}
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for one in sources:
        for grid in grids(one, sheet=sheet, name=name):
            layout, title = _layout(grid, named)
            notes.append(Note("layout", "info", {"table": _called(grid), "layout": layout.text()}))
            rows += _rows(grid, layout, title, notes)
    frame = complete(
        pl.DataFrame(rows, schema_overrides={k: v for k, v in TIDY.items() if k != "unit"}, infer_schema_length=None)
    )
    if not frame.height:
        raise DataError("empty_table", where=Where(file=str(source) if isinstance(source, str | Path) else name))
    return _placed(frame, places, notes, {"places": places, **named})


def _layout(grid: Grid, named: Mapping[str, str]) -> tuple[Layout, str | None]:
    """Return the layout, and the indicator's name where the table itself does not say it."""
    header = next(row for row in grid.rows if any(c is not None for c in row))
    title = named.get("indicator")
    if title is not None and title not in header:  # the name of the one indicator, not of a column
        return find_layout(grid, {r: c for r, c in named.items() if r != "indicator"}), title
    return find_layout(grid, named), None


def _rows(grid: Grid, layout: Layout, title: str | None, notes: list[Note]) -> Iterator[dict[str, Any]]:
    body = [(i, row) for i, row in enumerate(grid.rows) if i > layout.header and any(c is not None for c in row)]
    labels = _label_columns(grid, layout, body)
    if labels:
        notes.append(Note("label_columns", "info", {"table": _called(grid), "columns": listing(labels.values())}))
    for i, row in body:
        fixed = {role: _text(_at(row, j)) for role, j in layout.roles.items() if role not in ("period", "value")}
        unit = _unit(grid, i, fixed)
        place = {"file": grid.file, "sheet": grid.sheet, "unit": unit, "code": fixed.get("code")}
        if layout.kind == "long":
            year = _period(grid, i, layout.roles["period"], row)
            j = layout.roles["value"]
            yield {
                **place,
                **{key: fixed.get(key) for key in ("measure", "source", "vintage", "note")},
                "period": year,
                "indicator": _indicator(grid, i, fixed.get("indicator")),
                "value": _number(grid, i, j, row, unit, fixed.get("indicator"), year),
                "cell": grid.address(i, j),
            }
            continue
        for j, what in layout.values.items():
            if j in labels:
                continue
            if isinstance(what, int):
                year, name, measure = what, _indicator(grid, i, fixed.get("indicator") or title), fixed.get("measure")
            else:
                name, measure = what
                year = _period(grid, i, layout.roles["period"], row)
            number = _number(grid, i, j, row, unit, name, year)
            known = {"period": year, "indicator": name, "value": number, "measure": measure}
            yield place | known | {"cell": grid.address(i, j)}


def _label_columns(grid: Grid, layout: Layout, body: list[tuple[int, tuple[Any, ...]]]) -> dict[int, str]:
    """Return the columns of a wide table that hold words only: labels, not indicators."""
    if layout.kind != "wide":
        return {}
    found = {}
    for j in layout.values:
        cells = [c for _, row in body if (c := _at(row, j)) is not None and str(c).lower() not in ABSENT]
        if cells and not any(_as_number(c) is not None for c in cells):
            found[j] = str(grid.rows[layout.header][j])
    return found


def _number(
    grid: Grid, i: int, j: int, row: tuple[Any, ...], unit: str, indicator: str | None, year: int
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
    if isinstance(cell, bool):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if abs(number) != float("inf") else None


def _period(grid: Grid, i: int, j: int, row: tuple[Any, ...]) -> int:
    year = as_year(_at(row, j))
    if year is None:
        raise DataError("not_a_year", where=grid.where(i, j), value=_at(row, j))
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
    resolved = places.resolve(names, found, where)
    _agree(frame, found, resolved)
    is_total = pl.Series([n not in resolved for n in frame["unit"]], dtype=pl.Boolean)
    codes = pl.Series("code", [resolved[n].code if n in resolved else None for n in frame["unit"]], dtype=pl.String)
    coded = frame.with_columns(codes)
    if is_total.any():
        apart = coded.filter(is_total)["unit"].unique(maintain_order=True)
        notes.append(Note("totals_apart", "info", {"rows": int(is_total.sum()), "units": listing(apart)}))
    labels = {p.code: p.title for p in resolved.values()}
    return Reading(coded.filter(~is_total), coded.filter(is_total), labels, tuple(notes), method)


def _agree(frame: pl.DataFrame, scheme: str, resolved: Mapping[str, places.Place]) -> None:
    """Refuse rows whose code column names another place than their unit column."""
    pairs = (
        frame.select("unit", "code", "file", "cell").drop_nulls("code").unique(["unit", "code"], maintain_order=True)
    )
    for unit, code, file, cell in pairs.iter_rows():
        if unit == code or unit not in resolved:
            continue
        other = places.resolve([code], scheme, Where(file=file, cell=cell)).get(code)
        if other is not None and other.code != resolved[unit].code:
            raise DataError(
                "code_disagrees", where=Where(file=file, cell=cell, unit=unit), code=code, place=other.title
            )
