"""Workbooks of the older binary kind (xls, BIFF 2 to 8), read by xlrd; what it leaves out comes from the records."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import xlrd
from xlrd.biffh import XLRDError, unpack_string, unpack_unicode
from xlrd.compdoc import CompDoc

from nqpf.data.files.encoding import COMMON, usual_gb, usual_latin
from nqpf.data.files.kind import OLE
from nqpf.data.files.sheet import Cell, Grid, tidied
from nqpf.data.files.source import Source
from nqpf.errors import DataError
from nqpf.results import Note

CHINESE = "gb18030"
"""Encoding of the texts where the workbook states a code page that Python has no name for (10008: Chinese on a Mac)."""
UNICODE = 80
"""Version of BIFF from which texts are in Unicode."""
BOUNDSHEET, BOF, EOF, OBJECT = 0x85, 0x809, 0x0A, 0x5D
PICTURE = b"\x08\x00"
"""What the record of an object holds at byte 4 if it is a picture ([MS-XLS] 2.5.143)."""


def read_xls(source: Source) -> Iterator[Grid]:
    """Yield the worksheets of an xls workbook.

    Raises
    ------
    DataError
        The workbook is damaged or opens with a password only; there is no sheet of the name asked for.
    """
    with source.guarded():
        raw = source.path.read_bytes()
        book = _opened(raw, source)
        scan = _scan(raw, book)
    if source.sheet is None:
        for name in scan.others:
            source.notes.append(Note("sheet_without_cells", "info", {"table": source.called(name)}))
    for name in source.wanted(book.sheet_names()):
        sheet = book.sheet_by_name(name)
        if sheet.visibility:
            source.notes.append(Note("sheet_hidden", "info", {"table": source.called(name)}))
        source.remark_pictures(name, scan.pictures.get(name, 0))
        yield _grid(sheet, book.datemode, source)


def _opened(raw: bytes, source: Source) -> xlrd.Book:
    try:
        book = _book(raw)
    except LookupError as error:
        if "unknown encoding" not in str(error):
            raise
        return _book(raw, CHINESE)
    except XLRDError as error:
        if "encrypted" in str(error):
            raise DataError("encrypted", where=source.where()) from None
        raise
    if book.biff_version < UNICODE and _is_chinese(book):
        source.notes.append(Note("encoding", "info", {"file": source.name, "encoding": CHINESE.upper()}))
        return _book(raw, CHINESE)
    return book


def _is_chinese(book: xlrd.Book) -> bool:
    """Say whether the texts only make sense as Chinese, whatever code page the workbook states or leaves out."""
    text = "".join(
        c for sheet in book.sheets() for i in range(sheet.nrows) for c in sheet.row_values(i) if type(c) is str
    )
    try:
        chinese = text.encode(book.encoding or "latin-1").decode(CHINESE)
    except UnicodeError:
        return False
    return chinese != text and usual_gb(chinese) >= COMMON > usual_latin(text)


def _book(raw: bytes, encoding: str | None = None) -> xlrd.Book:
    # xlrd knows merged cells only when it reads formats; its warnings about other records are of no use here.
    return xlrd.open_workbook(
        file_contents=raw, encoding_override=encoding, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
    )


def _grid(sheet: xlrd.sheet.Sheet, datemode: Literal[0, 1], source: Source) -> Grid:
    errors: dict[Cell, str] = {}

    def rows() -> Iterator[list[Any]]:
        for i in range(sheet.nrows):
            cells: list[Any] = list(sheet.row_values(i))
            for j, kind in enumerate(sheet.row_types(i)):
                if kind == xlrd.XL_CELL_DATE:
                    cells[j] = _date(cells[j], datemode)
                elif kind == xlrd.XL_CELL_BOOLEAN:
                    cells[j] = bool(cells[j])
                elif kind == xlrd.XL_CELL_ERROR:
                    errors[i, j] = xlrd.error_text_from_code.get(cells[j], f"#{cells[j]}")
                    cells[j] = None
            yield cells

    merged = tuple((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
    with source.guarded(sheet.name):
        return Grid(source.name, sheet.name, tidied(rows()), merged=merged, errors=errors)


def _date(number: float, datemode: Literal[0, 1]) -> dt.datetime | dt.time | float:
    """Return the date a cell shows; the number itself where it is none in the calendar."""
    try:
        date: dt.datetime = xlrd.xldate_as_datetime(number, datemode)
    except (ValueError, OverflowError):
        return number
    return date.time() if 0 < number < 1 else date


@dataclass(frozen=True, slots=True)
class _Scan:
    """What xlrd does not tell: sheets without cells, by name, and how many pictures the others have."""

    others: list[str] = field(default_factory=list)
    pictures: dict[str, int] = field(default_factory=dict)


def _scan(raw: bytes, book: xlrd.Book) -> _Scan:
    scan = _Scan()
    sheets: dict[int, str] = {}
    current: str | None = None
    depth = 0
    for at, kind, data in _records(_stream(raw)):
        if kind == BOUNDSHEET:
            name = _name(data, book)
            sheets[struct.unpack_from("<I", data)[0]] = name
            if data[5]:
                scan.others.append(name)
        elif kind == BOF:
            current = sheets.get(at, current) if depth == 0 else current
            depth += 1
        elif kind == EOF:
            depth -= 1
        elif kind == OBJECT and data[4:6] == PICTURE and current is not None:
            scan.pictures[current] = scan.pictures.get(current, 0) + 1
    return scan


def _stream(raw: bytes) -> bytes:
    """Return the records of a workbook, which mostly lie in a file system of their own within the file."""
    if not raw.startswith(OLE):
        return raw
    document = CompDoc(raw, logfile=io.StringIO())
    streams = (document.locate_named_stream(name) for name in ("Workbook", "Book"))
    found: bytes = next(stream[start : start + size] for stream, start, size in streams if stream is not None)
    return found


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, kind and content of each record."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _name(data: bytes, book: xlrd.Book) -> str:
    if book.biff_version >= UNICODE:
        return str(unpack_unicode(data, 6, lenlen=1))
    return str(unpack_string(data, 6, book.encoding or CHINESE, lenlen=1))
