"""Data as an Excel workbook: the rows, what is known of the series, totals, remarks, and the ledger, a sheet each.

Text is stored as text: nothing that was read from somewhere can run as a formula.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from nqpf.data.export import Export, ledger_frame, notes_frame
from nqpf.data.ledger import Ledger
from nqpf.errors import OutputError, Where
from nqpf.messages import Lang, say

CREATED = datetime(2024, 1, 1)
"""Fixed, so that the same data have the same bytes on any day."""

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
LARGEST_EXACT = 2**53
NARROWEST, WIDEST, SAMPLE = 9, 48, 300
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook_bytes(data: Export, ledger: Ledger | None, lang: Lang, where: Where | None = None) -> bytes:
    """Return data as a workbook.

    Parameters
    ----------
    data
        Rows and what explains them.
    ledger
        Changes to the data.
    lang
        Language that names the sheets.
    where
        The file, for messages.

    Raises
    ------
    OutputError
        A sheet cannot hold so many rows or columns.

    Examples
    --------
    >>> workbook_bytes(Export(pl.DataFrame({"a": ["=1+1"]})), None, "en")[:2]
    b'PK'
    """
    sheets = [(say("out.sheet.data"), data.frame)]
    sheets += [(say("out.sheet.series"), data.series)] if data.series is not None else []
    sheets += data.apart
    sheets += [(say("out.sheet.notes"), notes_frame(data.notes))] if data.notes else []
    sheets += [(say("out.sheet.ledger"), ledger_frame(ledger))] if ledger is not None else []
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        book.set_properties({"created": CREATED})
        header = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF3F7"})
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, frame in sheets:
            _refuse_too_large(frame, where)
            _sheet(book, title[lang], frame, header, dates)
    return buffer.getvalue()


def _refuse_too_large(frame: pl.DataFrame, where: Where | None) -> None:
    if frame.height >= MOST_ROWS or frame.width > MOST_COLUMNS:
        raise OutputError("sheet_too_small", where=where, rows=frame.height, columns=frame.width)


def _sheet(book: Workbook, name: str, frame: pl.DataFrame, header: Format, dates: Format) -> None:
    sheet = book.add_worksheet(name)
    for j, column in enumerate(frame.get_columns()):
        values = column.to_list()
        sheet.write_string(0, j, column.name, header)
        sheet.set_column(j, j, _width(column.name, values))
        _fill(sheet, j, column.dtype, values, dates)
    sheet.freeze_panes(1, 0)
    if frame.height and frame.width:
        sheet.autofilter(0, 0, frame.height, frame.width - 1)


def _fill(sheet: Worksheet, j: int, kind: pl.DataType, values: Sequence[Any], dates: Format) -> None:
    """Write a column below its header; the way of writing is chosen once, since most cells of a column are alike."""
    write: Callable[..., Any] = sheet.write_string
    if kind == pl.String:
        for i, value in enumerate(values, 1):
            if value is not None:
                write(i, j, value[:LONGEST_TEXT])
        return
    for i, value in enumerate(values, 1):
        if value is None or (isinstance(value, float) and math.isnan(value)):
            continue
        if isinstance(value, bool):
            sheet.write_boolean(i, j, value)
        elif isinstance(value, int | float) and abs(value) <= _limit(value):
            sheet.write_number(i, j, value)
        elif isinstance(value, date):
            sheet.write_datetime(i, j, value, dates)
        else:
            text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
            write(i, j, text[:LONGEST_TEXT])


def _limit(value: float) -> float:
    """Return the largest number a cell holds: whole ones keep every digit, others are finite."""
    return LARGEST_EXACT if isinstance(value, int) else 1.7976931348623157e308


def _width(name: str, values: Sequence[Any]) -> float:
    """Return the width of a column in characters; a Han character takes two."""
    shown = [name, *(f"{v:.6g}" if isinstance(v, float) else str(v) for v in values[:SAMPLE] if v is not None)]
    widest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in shown)
    return min(max(widest + 3, NARROWEST), WIDEST)
