"""Tables of web pages, which many sites and systems hand out under the name of a workbook (.xls)."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from nqpf.data.files.encoding import decode
from nqpf.data.files.sheet import MOST_COLUMNS, MOST_ROWS, Cell, Grid, require_room, tidied
from nqpf.data.files.source import Source
from nqpf.errors import DataError

CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
SILENT = frozenset(("script", "style", "title"))
BREAKS = frozenset(("br", "p", "div", "li"))
GAP = re.compile(r"[ \t\r\n\f]+")


def read_html(source: Source) -> Iterator[Grid]:
    """Yield the tables of a page, one grid each: ``#1``, ``#2``, … where there are several.

    Raises
    ------
    DataError
        The page has no table, or none of the name asked for; its encoding is none.
    """
    with source.guarded():
        raw = source.path.read_bytes()
    yield from _grids(_text(raw, source), source)


def read_mhtml(source: Source) -> Iterator[Grid]:
    """Yield the tables of a page saved as one file with all its parts.

    Raises
    ------
    DataError
        No part of the file is a page with a table.
    """
    with source.guarded():
        message = email.message_from_bytes(source.path.read_bytes(), policy=email.policy.default)
        parts = [p.get_payload(decode=True) for p in message.walk() if p.get_content_type() == "text/html"]
        pages = [part for part in parts if isinstance(part, bytes) and b"<td" in part.lower()]
    if not pages:
        raise DataError("no_table_in_page", where=source.where())
    yield from _grids("".join(_text(page, source) for page in pages), source)


def _text(raw: bytes, source: Source) -> str:
    """Return the page's text by the encoding it states, or where that is wrong by its bytes."""
    stated = CHARSET.search(raw[:4096])
    name = stated[1].decode("ascii").lower() if stated else ""
    # Pages say gb2312 and use what only its successors have.
    encoding = "gb18030" if name in ("gb2312", "gbk", "gb_2312-80") else name
    if encoding and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(raw, source)[0]


def _grids(page: str, source: Source) -> Iterator[Grid]:
    parser = _Tables()
    with source.guarded():
        parser.feed(page)
        parser.close()
    tables = [t for t in parser.tables if not t.frame and t.cells]
    if not tables:
        raise DataError("no_table_in_page", where=source.where())
    names = [f"#{i}" for i in range(1, len(tables) + 1)]
    wanted = set(source.wanted(names))
    for name, table in zip(names, tables, strict=True):
        sheet = name if len(tables) > 1 else None
        if name in wanted:
            source.remark_pictures(sheet, table.pictures)
            yield table.grid(source, sheet)


@dataclass(slots=True)
class _Table:
    """A table being read: cells laid out on the grid, those that span rows reaching into later ones."""

    cells: dict[Cell, Any] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    errors: dict[Cell, str] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    row: int = -1
    column: int = 0
    pictures: int = 0
    frame: bool = False
    """It holds other tables: it only arranges the page."""

    def next_row(self) -> None:
        self.row += 1
        self.column = 0
        self.taken = {c: last for c, last in self.taken.items() if last >= self.row}

    def place(self, rows: int, columns: int) -> Cell:
        """Return where the next cell stands, and take its room."""
        while self.column in self.taken:
            self.column += 1
        cell = (self.row, self.column)
        if rows > 1 or columns > 1:
            self.merged.append((self.row, self.column, self.row + rows - 1, self.column + columns - 1))
        if rows > 1:
            self.taken |= dict.fromkeys(range(self.column, self.column + columns), self.row + rows - 1)
        self.column += columns
        return cell

    def grid(self, source: Source, sheet: str | None) -> Grid:
        height, width = self.row + 1, max(c for _, c in self.cells) + 1
        require_room(source.where(sheet), height, width)
        rows: list[list[Any]] = [[] for _ in range(height)]
        for (i, j), cell in self.cells.items():
            rows[i] += [None] * (j - len(rows[i]))
            rows[i].append(cell)
        merged = tuple((r, c, min(last, height - 1), right) for r, c, last, right in self.merged)
        return Grid(source.name, sheet, tidied(rows), merged=merged, errors=self.errors)


class _Tables(HTMLParser):
    """Collects every table of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[tuple[_Table, Cell | None, list[str], Mapping[str, str | None]]] = []
        self._table: _Table | None = None
        self._cell: Cell | None = None
        self._text: list[str] = []
        self._given: Mapping[str, str | None] = {}
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag == "table":
            self._begin_table()
        elif self._table is None:
            return
        elif tag == "tr":
            self._end_cell()
            self._table.next_row()
        elif tag in ("td", "th", "caption"):
            self._begin_cell(tag, dict(attrs))
        elif tag in BREAKS:
            self._text.append("\n")
        elif tag == "img":
            self._table.pictures += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in ("td", "th", "tr", "caption"):
            self._end_cell()
        elif tag == "table" and self._table is not None:
            self._end_cell()
            self._table, self._cell, self._text, self._given = self._open.pop() if self._open else (None, None, [], {})
        elif tag in BREAKS and tag != "br":
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._text.append(GAP.sub(" ", data))

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _begin_table(self) -> None:
        if self._table is not None:
            self._table.frame = True
            self._open.append((self._table, self._cell, self._text, self._given))
        self._table, self._cell, self._text = _Table(), None, []
        self.tables.append(self._table)

    def _begin_cell(self, tag: str, given: Mapping[str, str | None]) -> None:
        assert self._table is not None
        self._end_cell()
        if self._table.row < 0 or tag == "caption":
            self._table.next_row()  # a title over the table is a row of its own, as it is when a spreadsheet opens it
        rows = _span(given.get("rowspan"), MOST_ROWS)
        columns = _span(given.get("colspan"), MOST_COLUMNS)
        self._cell, self._given, self._text = self._table.place(rows, columns), given, []

    def _end_cell(self) -> None:
        if self._cell is None or self._table is None:
            return
        text = "\n".join(line.strip(" ") for line in "".join(self._text).split("\n")).strip("\n")
        error, number = self._given.get("x:err"), self._given.get("x:num")
        if error is not None:
            self._table.errors[self._cell] = error or text
            self._table.cells[self._cell] = None
        else:
            # A spreadsheet saved as a page shows rounded figures and keeps the whole number beside them.
            self._table.cells[self._cell] = text if not number else _number(number, text)
        self._cell, self._text = None, []


def _span(written: str | None, most: int) -> int:
    return min(max(int(written), 1), most) if written and written.isdecimal() and len(written) < 8 else 1


def _number(written: str, text: str) -> float | str:
    """Return the whole number if the text shows it rounded; the text where it shows it as something else, a date."""
    shown = text.replace(",", "").replace(" ", "")
    try:
        number = float(written)
        step = 0.1 ** len(shown.partition(".")[2])
        return number if abs(number - float(shown)) <= step else text
    except ValueError:
        return text
