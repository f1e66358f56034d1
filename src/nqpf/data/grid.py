"""Files as grids of cells, each of which knows its address: xlsx, xls, csv, parquet and any dataframe."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from nqpf.errors import DataError, Where, listing
from nqpf.frames import to_polars
from nqpf.messages import say

SUFFIXES = (".xlsx", ".xls", ".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it lies there.

    Attributes
    ----------
    file, sheet
        Where it was read from; ``sheet`` is None where there are no sheets.
    rows
        Cells by row and column: None, bool, int, float, str or a date; rows may differ in length.
    """

    file: str
    sheet: str | None
    rows: tuple[tuple[Any, ...], ...]

    def address(self, row: int, column: int) -> str:
        """Return a cell's address as a spreadsheet shows it, e.g. ``C7`` for row 6, column 2 (from 0)."""
        return f"{letters_of(column)}{row + 1}"

    def where(self, row: int, column: int | None = None, **more: Any) -> Where:
        """Return a cell's or a row's place in words."""
        if column is None:
            return Where(file=self.file, sheet=self.sheet, row=row + 1, **more)
        return Where(file=self.file, sheet=self.sheet, row=row + 1, cell=self.address(row, column), **more)


def letters_of(column: int) -> str:
    """Return a column's letters as a spreadsheet shows them: ``AA`` for column 26 (from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def grids(source: Any, *, sheet: str | None = None, name: str | None = None) -> Iterator[Grid]:
    """Yield the grids in a file or dataframe: one a sheet, those without a single cell left out.

    Parameters
    ----------
    source
        A path, or any dataframe that narwhals knows.
    sheet
        Read only this sheet.
    name
        What to call the source in messages; default: the file's name.

    Raises
    ------
    DataError
        No such file or sheet, or a kind of file that cannot be read.
    """
    for grid in _grids(source, sheet, name):
        if any(c is not None for row in grid.rows for c in row):
            yield grid


def _grids(source: Any, sheet: str | None, name: str | None) -> Iterator[Grid]:
    if not isinstance(source, str | Path):
        yield _from_frame(to_polars(source), name or say("word.dataframe").en)
        return
    path = Path(source)
    name = name or path.name
    if not path.is_file():
        raise DataError("file_not_found", where=Where(file=str(path)))
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError("unknown_file_kind", where=Where(file=str(path)), kinds=listing(SUFFIXES))
    try:
        if suffix == ".parquet":
            yield _from_frame(pl.read_parquet(path), name)
        elif suffix == ".csv":
            yield _from_csv(path, name)
        else:
            yield from _from_workbook(path, name, sheet)
    except (pl.exceptions.PolarsError, CalamineError, csv.Error, OSError) as error:
        raise DataError("unreadable", where=Where(file=str(path)), problem=str(error).splitlines()[0]) from None


def _from_frame(frame: pl.DataFrame, name: str) -> Grid:
    rows = (frame.columns, *frame.iter_rows())
    return Grid(name, None, tuple(tuple(_cell(c) for c in row) for row in rows))


def _from_csv(path: Path, name: str) -> Grid:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DataError("unknown_encoding", where=Where(file=str(path)))
    rows = tuple(tuple(_cell(cell) for cell in row) for row in csv.reader(io.StringIO(text, newline="")))
    return Grid(name, None, rows)


def _from_workbook(path: Path, name: str, sheet: str | None) -> Iterator[Grid]:
    book = CalamineWorkbook.from_path(path)
    if sheet is not None and sheet not in book.sheet_names:
        where = Where(file=str(path), sheet=sheet)
        raise DataError("unknown_sheet", where=where, options=listing(book.sheet_names))
    for found in [sheet] if sheet is not None else book.sheet_names:
        rows = book.get_sheet_by_name(found).to_python(skip_empty_area=False)
        yield Grid(name, found, tuple(tuple(_cell(c) for c in row) for row in rows))


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value
