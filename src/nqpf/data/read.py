"""``nqpf.read``: tables as statistical offices hand them out become tidy rows, each with the cell it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import polars as pl

from nqpf.data import places
from nqpf.data.grid import Grid, expand, grids
from nqpf.data.panel import TIDY, Panel, Series
from nqpf.data.reading.find import Found, find
from nqpf.data.reading.placing import agree, resolve_column
from nqpf.data.reading.recipe import ReadingRecipe
from nqpf.data.reading.repeats import drop_repeats, years_of_sheets
from nqpf.data.reading.structure import Table, tables
from nqpf.data.reading.take import MARKS, Taken, take
from nqpf.errors import DataError, NqpfError, Where, listing
from nqpf.messages import Text
from nqpf.results import Method, Note, Result

Faults = Literal["stop", "places", "apart"]
ASKED = {
    "no_unit_column": "unit",
    "no_period_column": "period",
    "no_indicator": "indicator",
}
"""What a table may not say → the key of a reading recipe's ``fixed`` that says it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a table does not say itself and a person must.

    Attributes
    ----------
    file, sheet, table
        Which one; the tables of a sheet count from 1.
    key
        What is not said: ``unit``, ``period`` or ``indicator``.
    why
        The question in both languages.
    """

    file: str
    sheet: str | None
    table: int
    key: str
    why: Text


@dataclass(frozen=True, slots=True)
class Reading(Result):
    """Tidy rows read from tables.

    Attributes
    ----------
    frame
        Columns unit (as written), code, period, indicator, value, measure, source, vintage, scope, file, sheet, cell,
        note (footnotes that speak of the series).
    totals
        Rows of totals (全国, 东部地区, OECD …), in the same columns; they are no units and are kept apart.
    labels
        Name of each unit in both languages, by code.
    notes
        What was understood and what was set apart.
    method
        ``read`` and its options.
    titles
        Title of an indicator in both languages, where its table gives both.
    marks
        What stood beside numbers or instead of them (``(p)``, ``①``, ``…``): columns file, sheet, cell, mark.
    unplaced
        Rows whose unit is no known place, in the columns of `frame`; empty unless faults were to be set apart.
    tables
        The tables that were read and how they are laid out.
    contents
        What stood in each sheet: columns file, sheet, units, first, last (year), years, indicators (numbers of them)
        and measures.
    questions
        What tables do not say themselves.
    """

    frame: pl.DataFrame
    totals: pl.DataFrame
    labels: Mapping[str, Text]
    notes: tuple[Note, ...]
    method: Method = field(default_factory=lambda: Method("read"))
    titles: Mapping[str, Text] = field(default_factory=dict)
    marks: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MARKS))
    unplaced: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TIDY))
    tables: tuple[Found, ...] = ()
    contents: pl.DataFrame = field(default_factory=pl.DataFrame)
    questions: tuple[Question, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return the tidy rows."""
        return self.frame

    def to_panel(self, series: Iterable[Series] = ()) -> Panel:
        """Return the rows as a panel; `series` adds titles, units of measure, sources and vintages."""
        return Panel.from_tidy(self.frame, self.labels, self.titled(series))

    def titled(self, series: Iterable[Series] = ()) -> list[Series]:
        """Return what is known of the series: what is given, and titles from the tables."""
        given = {s.id: s for s in series}
        return [*given.values(), *(Series(n, title) for n, title in self.titles.items() if n not in given)]

    def recipe(self) -> ReadingRecipe:
        """Return how the tables were read, as a reading recipe that can be edited and applied again."""
        return ReadingRecipe.from_found(self.tables)


@dataclass(slots=True)
class _Desk:
    """What has been read so far; `apart` where a table with a fault is left out and the others are still read."""

    apart: bool = False
    taken: list[Taken] = field(default_factory=list)
    tables: list[Found] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    faults: list[NqpfError] = field(default_factory=list)

    def rows(self) -> int:
        return sum(t.frame.height for t in self.taken)


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
    recipe: ReadingRecipe | str | Path | None = None,
    faults: Faults = "stop",
) -> Reading:
    """Read tables of statistics into tidy rows.

    Places may stand in rows or across columns, years likewise; headers may take several rows and two languages; a
    sheet may hold several tables. What was understood is said in `notes` and can be edited as a reading recipe.

    Parameters
    ----------
    source
        A path (xlsx, xls, csv, dta, parquet), a folder, a list of paths, or any dataframe that narwhals knows (pandas,
        polars, pyarrow, DuckDB, …).
    unit, period, code, indicator, value, measure
        Columns of the unit, the year, the unit's code, and in long tables the indicator, the value and the unit of
        measure. What is not named is found by the usual headers (``tables/headers.csv``) and by what stands in the
        columns. In a table that holds one indicator and does not name it, `indicator` is its name.
    sheet
        Read only this sheet of a workbook.
    places
        ``provinces``, ``cities``, ``countries``, ``none`` (units are not places: firms, plants), or ``auto``: the
        scheme all names belong to, or none of them.
    name
        What to call a dataframe in messages.
    recipe
        A reading recipe or its file: how tables are laid out goes before what is found.
    faults
        ``stop``: the first fault is raised. ``places``: the rows of places that are not known are set apart, any other
        fault is raised. ``apart``: a file or table with a fault is set apart with a note too.

    Returns
    -------
    Reading
        Tidy rows, totals set apart, labels, marks, questions, notes.

    Raises
    ------
    DataError
        Unknown column; text where a number should be; a year that is none; a table that does not say its units, years
        or indicator; a file without a row of data.
    PlaceError
        A place that is unknown or could be two.

    Examples
    --------
    >>> read({"province": ["北京", "上海"], "year": [2020, 2020], "gdp": [36102.6, 38700.6]}).frame["code"].to_list()
    ['110000', '310000']
    """
    columns = {"unit": unit, "period": period, "code": code, "indicator": indicator, "value": value, "measure": measure}
    named = {role: column for role, column in columns.items() if column is not None}
    rules = ReadingRecipe.of(recipe)
    desk = _Desk(faults == "apart")
    for one in expand(source, desk.notes):
        try:
            _read_file(one, sheet, name, named, rules, desk)
        except NqpfError as error:
            if not desk.apart:
                raise
            desk.notes.append(Note("file_apart", values={"problem": error.text()}))
    if not desk.taken and not desk.notes:
        raise DataError(
            "empty_table", where=Where(file=", ".join(map(str, source)) if isinstance(source, list) else None)
        )
    if not desk.taken:
        reasons = Text.join([note.text() for note in desk.notes], "\n", "\n")
        raise DataError("nothing_read", reasons=reasons, questions=tuple(desk.questions))
    return _placed(desk, places, faults, {"places": places, **named})


def _read_file(
    one: Any, sheet: str | None, name: str | None, named: Mapping[str, str], rules: ReadingRecipe, desk: _Desk
) -> None:
    before, faults = desk.rows(), len(desk.faults)
    for grid in grids(one, sheet=sheet, name=name, notes=desk.notes):
        _read_grid(grid, named, rules, desk)
    if desk.rows() == before:
        if len(desk.faults) > faults:
            raise desk.faults[faults]
        raise DataError("empty_table", where=Where(file=str(one) if isinstance(one, str | Path) else name))


def _read_grid(grid: Grid, named: Mapping[str, str], rules: ReadingRecipe, desk: _Desk) -> None:
    """Read every table of a sheet; one whose layout cannot be found is set apart with a question."""
    if grid.errors:
        cells = listing(f"{grid.address(i, j)} {text}" for (i, j), text in grid.errors.items())
        desk.notes.append(Note("error_cells", values={"table": grid.called, "cells": cells, "count": len(grid.errors)}))
    ruled = rules.tables_of(grid)
    if ruled is not None:
        for number, found in enumerate(ruled, 1):
            _take(found, number, desk)
        return
    number = 0
    try:
        for number, table in enumerate(tables(grid, set(named.values())), 1):
            known = _found(table, named, rules, number, desk)
            if known is not None:
                _take(known, number, desk)
    except DataError as error:  # where no header is found there is no table either
        if error.code not in ("no_header", "rows_above_header"):
            raise
        _set_apart(grid, number + 1, error, desk)


def _found(table: Table, named: Mapping[str, str], rules: ReadingRecipe, number: int, desk: _Desk) -> Found | None:
    if not table.body:
        return None
    try:
        return find(table, named, rules.known(table.grid))
    except DataError as error:
        _set_apart(table.grid, number, error, desk)
        return None


def _set_apart(grid: Grid, number: int, error: DataError, desk: _Desk) -> None:
    """Leave a table out with a note, and ask for all that it does not say."""
    desk.faults.append(error)
    desk.notes.append(Note("table_apart", values={"problem": error.text()}))
    if error.code in ASKED:
        missing = error.values.get("missing", (error.code,))
        why = [DataError(code, where=error.where, **error.values).text() for code in missing]
        asked = [Question(grid.file, grid.sheet, number, ASKED[c], w) for c, w in zip(missing, why, strict=True)]
        desk.questions.extend(asked)


def _take(found: Found, number: int, desk: _Desk) -> None:
    """Take a table apart; where it cannot be and the others count, it is left out with a note."""
    try:
        taken = take(found)
    except DataError as error:
        if not desk.apart:
            raise
        _set_apart(found.table.grid, number, error, desk)
        return
    if not taken.frame.height:
        desk.notes.extend(taken.notes)
        return
    called = found.table.called
    desk.notes.append(Note("layout", "info", {"table": called, "layout": found.layout.text()}))
    if found.labels:
        desk.notes.append(Note("label_columns", "info", {"table": called, "columns": listing(found.labels)}))
    rest = found.unread()
    if rest:
        desk.notes.append(Note("columns_unread", "info", {"table": called, "columns": listing(rest)}))
    desk.notes.extend(taken.notes)
    desk.taken.append(taken)
    desk.tables.append(found)


def _placed(desk: _Desk, scheme: str, faults: Faults, options: dict[str, Any]) -> Reading:
    """Give every row the code of its place; set totals apart, and with `faults` apart, what is no place."""
    frame, notes = pl.concat([t.frame for t in desk.taken]), desk.notes
    names = frame["unit"].unique(maintain_order=True).to_list()
    where = Where(file=frame["file"][0], sheet=frame["sheet"][0])
    found = places.choose_scheme(names, where) if scheme == "auto" else (None if scheme == "none" else scheme)
    labels: dict[str, Text] = {}
    totals = unplaced = frame.clear()
    if found is None and scheme == "auto":
        notes.append(Note("not_places", "info", {"count": len(names), "units": listing(names, 3)}))
    if found is not None:
        strange = places.unknown(names, found) if faults != "stop" else []
        unplaced = frame.filter(pl.col("unit").is_in(strange))
        frame = frame.filter(~pl.col("unit").is_in(strange))
        resolved = resolve_column(frame, "unit", found)
        try:
            agree(frame, found, resolved)
        except NqpfError as error:
            if not desk.apart:
                raise
            notes.append(Note("codes_apart", values={"problem": error.text()}))
        is_total = pl.Series([n not in resolved for n in frame["unit"]], dtype=pl.Boolean)
        codes = pl.col("unit").replace_strict(
            {n: p.code for n, p in resolved.items()}, default=None, return_dtype=pl.String
        )
        coded = frame.with_columns(code=codes)
        frame, totals = coded.filter(~is_total), coded.filter(is_total)
        if totals.height:
            apart = totals["unit"].unique(maintain_order=True)
            notes.append(Note("totals_apart", "info", {"rows": totals.height, "units": listing(apart)}))
        labels = {p.code: p.title for p in resolved.values()}
    contents = _contents(frame)
    notes += years_of_sheets(frame)
    frame = drop_repeats(frame, notes)
    titles = {name: title for t in desk.taken for name, title in t.titles.items()}
    return Reading(
        frame,
        drop_repeats(totals, []),
        labels,
        tuple(notes),
        Method("read", options | {"places": found or "none"}),
        titles,
        pl.concat([t.marks for t in desk.taken]),
        unplaced,
        tuple(desk.tables),
        contents,
        tuple(desk.questions),
    )


def _contents(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what stood in each sheet, before repeated cells are taken out."""
    return frame.group_by("file", "sheet", maintain_order=True).agg(
        pl.coalesce("code", "unit").n_unique().alias("units"),
        pl.col("period").min().alias("first"),
        pl.col("period").max().alias("last"),
        pl.col("period").n_unique().alias("years"),
        pl.col("indicator").n_unique().alias("indicators"),
        pl.col("measure").drop_nulls().unique(maintain_order=True).alias("measures"),
    )
