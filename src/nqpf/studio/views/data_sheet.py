"""A sheet as it lies in its file: what each cell was taken for, and what is to be said of it, in place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.data.files.sheet import Cell, called, column_of, letters_of
from nqpf.data.grid import Grid, grids
from nqpf.data.reading.find import Found
from nqpf.data.reading.tokens import text_of
from nqpf.errors import DataError, Where, listing
from nqpf.messages import Text, say
from nqpf.studio.desk import Desk
from nqpf.studio.views.data_checks import checks
from nqpf.studio.views.data_draft import Known, document_of, known

MOST_ROWS, MOST_COLUMNS, LONGEST = 300, 60, 500
BEFORE = 20
"""Rows shown above a cell that is asked for."""
ROLES = {
    "unit": "unit",
    "code": "code",
    "period": "period",
    "indicator": "indicator",
    "part": "indicator",
    "measure": "measure",
    "source": "note",
    "vintage": "note",
    "scope": "note",
    "note": "note",
    "name": "header",
    "skip": "unread",
}
"""What a row or column of a layout says → what its cells are called."""


@dataclass(slots=True, eq=False)
class _Marks:
    """What is known of a sheet's cells, by row and column from 0."""

    roles: dict[Cell, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    numbers: dict[Cell, dict[str, Any]] = field(default_factory=dict)
    flags: defaultdict[Cell, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


def cells(
    desk: Desk,
    folder: Path,
    file: str,
    sheet: str | None = None,
    cell: str | None = None,
    row: int = 1,
    column: int = 1,
    rows: int = 80,
    columns: int = 40,
) -> dict[str, Any]:
    """Return a window of a sheet.

    Parameters
    ----------
    desk, folder
        The worker's desk and the session's folder.
    file, sheet
        Which one; default: the first sheet.
    cell
        A cell that the window is to show (``C7``).
    row, column
        First row and column otherwise, from 1.
    rows, columns
        Size of the window; at most 300 × 60.

    Returns
    -------
    dict
        file, sheet, height, width, top, left (of the window, from 1), columns (letter, role), rows (row, role, cells).
        A cell: cell, text, role (title, header, unit, code, period, indicator, measure, value, total, note, unread;
        null where it is empty), flags (severity, text); one with a number of a series also series, title, unit,
        unit_id, period, value, rejected.

    Raises
    ------
    DataError
        No such file or sheet in the session.
    """
    path = (folder / file).resolve()
    if not path.is_file() or not path.is_relative_to(folder.resolve()):
        raise DataError("file_not_found", where=Where(file=file))
    found = known(desk, folder, document_of(desk, folder))
    grid = _grid(desk, found, path, file, sheet)
    if cell is not None and (at := _cell(cell)):
        row, column = max(1, at[0] + 1 - BEFORE), max(1, at[1] + 2 - columns)
    height, width = len(grid.rows), max(map(len, grid.rows), default=0)
    top, left = min(row, max(height, 1)), min(column, max(width, 1))
    across = range(left - 1, min(width, left - 1 + min(columns, MOST_COLUMNS)))
    down = range(top - 1, min(height, top - 1 + min(rows, MOST_ROWS)))
    marks = _marked(found, checks(desk, folder)["findings"], grid, down)
    return {
        "file": file,
        "sheet": grid.sheet,
        "height": height,
        "width": width,
        "top": top,
        "left": left,
        "columns": [{"letter": letters_of(j), "role": marks.columns.get(j)} for j in across],
        "rows": [
            {"row": i + 1, "role": marks.rows.get(i), "cells": [_shown(grid, marks, (i, j)) for j in across]}
            for i in down
        ],
    }


def _grid(desk: Desk, found: Known, path: Path, file: str, sheet: str | None) -> Grid:
    """Return a sheet: as it was read, or else read from the file now; those of the last such file are kept."""
    read = [t.table.grid for t in found.tables.reading.tables if t.table.grid.file == file] if found.tables else []
    at_hand = next((grid for grid in read if sheet is None or grid.sheet == sheet), None)
    if at_hand is not None:
        return at_hand
    drawer: dict[str, tuple[Grid, ...]] = desk.once("sheets", dict)
    key = f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}"
    if key not in drawer:
        drawer.clear()
        drawer[key] = tuple(grids(path, name=file))
    there = next((grid for grid in drawer[key] if sheet is None or grid.sheet == sheet), None)
    if there is None:
        options = listing([grid.sheet or "—" for grid in drawer[key]])
        raise DataError("unknown_sheet", where=Where(file=file, sheet=sheet), options=options)
    return there


def _cell(address: str) -> Cell | None:
    found = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", address)
    return (int(found[2]) - 1, column_of(found[1])) if found else None


def _shown(grid: Grid, marks: _Marks, at: Cell) -> dict[str, Any]:
    content = grid.rows[at[0]][at[1]] if at[1] < len(grid.rows[at[0]]) else None
    text = grid.errors.get(at) or text_of(content)[:LONGEST]
    role = marks.roles.get(at) or (marks.numbers[at]["role"] if at in marks.numbers else None)
    role = role or ("unread" if text else None)
    about = {key: value for key, value in marks.numbers.get(at, {}).items() if key != "role"}
    return {"cell": grid.address(*at), "text": text, "role": role, "flags": marks.flags.get(at, [])} | about


# What is known of the cells


def _marked(found: Known, findings: Sequence[Mapping[str, Any]], grid: Grid, down: range) -> _Marks:
    """Return what is known of the cells in some rows of a sheet."""
    marks = _Marks()
    if found.tables is not None:
        tables = [t for t in found.tables.reading.tables if t.table.grid.file == grid.file]
        ours = [t for t in tables if t.table.grid.sheet == grid.sheet]
        busy = {i for table in ours for i in (*table.layout.header, *table.layout.body)}
        for table in ours:
            _of_layout(table, marks, down, busy)
        _of_numbers(found, grid, marks, down)
    for at, severity, text in _remarks(found, findings, grid):
        flag = {"severity": severity, "text": text}
        if at[0] in down and flag not in marks.flags[at]:
            marks.flags[at].append(flag)
    return marks


def _of_layout(found: Found, marks: _Marks, down: range, busy: Container[int]) -> None:
    """Write down what the layout of a table says of its rows and columns."""
    table, layout = found.table, found.layout
    across = range(*table.columns)
    above = takewhile(lambda i: i not in busy, range(min(layout.header, default=0) - 1, -1, -1))
    said = [(i, "title") for i in above] + [(i, "note") for i, _ in found.said.notes]
    for i, role in [*said, *((i, "header") for i in found.captions)]:
        marks.rows[i] = role
        marks.roles |= {(i, j): role for j in across if table.cell(i, j) is not None}
    for i, role in layout.header.items():
        marks.rows[i] = "header"
        over = ROLES.get(role, "header")
        marks.roles |= {(i, j): over if j in layout.values else "header" for j in across}
    body = [i for i in layout.body if i in down]
    for j, role in layout.columns.items():
        marks.columns[j] = ROLES.get(role, "header")
        marks.roles |= {(i, j): marks.columns[j] for i in body}


def _of_numbers(found: Known, grid: Grid, marks: _Marks, down: range) -> None:
    """Write down which number of which series each cell holds."""
    tables, draft = found.tables, found.draft
    assert tables is not None
    assert draft is not None
    reading = tables.reading
    titles = {one.id: one.title for one in found.report.panel.series} if found.report else {}
    rejected = {(one.series, one.unit, one.period) for one in draft.data.reject}
    for rows, role in ((reading.frame, "value"), (reading.unplaced, "value"), (reading.totals, "total")):
        row = pl.col("cell").str.extract(r"(\d+)$").cast(pl.Int64) - 1
        named = rows.filter(*_in(grid), row.is_between(down.start, down.stop, closed="left")).select(
            "cell", "unit", "code", "period", "indicator", "value"
        )
        for cell, unit, code, period, series, value in named.iter_rows():
            at, label = _cell(cell), reading.labels.get(code, Text.same(unit))
            if at is None:
                continue
            names = {unit, code, label.zh, label.en}
            about = {"series": series, "title": titles.get(series, series), "unit": label, "unit_id": code or unit}
            state = any((series, name, period) in rejected for name in names)
            number = {"role": role, "period": period, "value": value, "rejected": state}
            marks.numbers[at] = (about if role == "value" else {"title": about["title"], "unit": label}) | number


def _in(grid: Grid) -> tuple[pl.Expr, pl.Expr]:
    """Return what rows of a sheet have in common."""
    return pl.col("file") == grid.file, pl.col("sheet").eq_missing(pl.lit(grid.sheet, pl.String))


def _remarks(found: Known, findings: Sequence[Mapping[str, Any]], grid: Grid) -> Iterator[tuple[Cell, str, Any]]:
    """Yield what is to be said of single cells: place, severity, words."""
    for at, text in grid.errors.items():
        yield at, "warning", say("data_server.flag.error", text=text)
    for problem in found.problems:
        if problem.where.file == grid.file and problem.where.sheet == grid.sheet:
            place = _cell(problem.where.cell or "") or _first_of(grid, problem.where.row)
            if place is not None:
                yield place, "error", Text.join([problem.what, problem.todo], "", " ")
    for one in findings:
        for cell in one["cells"]:
            here = _cell(cell["cell"]) if (cell["file"], cell["sheet"]) == (grid.file, grid.sheet) else None
            if here is not None:
                yield here, one["severity"], one["detail"]
    if found.tables is not None:
        yield from _of_reading(found, grid)


def _of_reading(found: Known, grid: Grid) -> Iterator[tuple[Cell, str, Any]]:
    """Yield what reading says of single cells: signs, unknown names, other tables' numbers."""
    assert found.tables is not None
    reading = found.tables.reading
    for cell, mark in reading.marks.filter(*_in(grid)).select("cell", "mark").iter_rows():
        if at := _cell(cell):
            yield at, "info", say("data_server.flag.mark", mark=mark)
    columns = {t.layout.column("unit") for t in reading.tables if t.table.grid.sheet == grid.sheet}
    for cell, unit in reading.unplaced.filter(*_in(grid)).select("cell", "unit").iter_rows():
        if at := _cell(cell):
            named = [(at[0], j) for j in columns if j is not None]
            for place in named or [at]:
                yield place, "warning", say("data_server.flag.unplaced", name=unit)
    if found.report is not None:
        yield from _differing(found.report.conflicts, grid)


def _differing(conflicts: pl.DataFrame, grid: Grid) -> Iterator[tuple[Cell, str, Any]]:
    """Yield the cells of a sheet that other tables give differently, with what these say."""
    groups = conflicts.group_by("key", "period", "indicator", maintain_order=True).agg("file", "sheet", "cell", "value")
    for *_, files, sheets, addresses, values in groups.iter_rows():
        told = list(zip(files, sheets, addresses, values, strict=True))
        for n, (file, sheet, cell, _) in enumerate(told):
            if (file, sheet) == (grid.file, grid.sheet) and (at := _cell(cell)):
                others = [(called(f, s), c, v) for m, (f, s, c, v) in enumerate(told) if m != n]
                shown = listing(f"{table} {c} = {'—' if v is None else f'{v:g}'}" for table, c, v in others)
                yield at, "warning", say("data_server.flag.conflict", values=shown)


def _first_of(grid: Grid, row: int | None) -> Cell | None:
    """Return the first cell of a row (from 1) that holds something."""
    if row is None or not 0 < row <= len(grid.rows):
        return None
    return next(((row - 1, j) for j, content in enumerate(grid.rows[row - 1]) if content is not None), None)
