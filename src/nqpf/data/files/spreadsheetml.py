"""Workbooks of the XML kind that Excel 2003 wrote and reporting systems still do, mostly under the name .xls."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from nqpf.data.files.encoding import decode
from nqpf.data.files.sheet import Cell, Grid, require_room, tidied
from nqpf.data.files.source import Source
from nqpf.results import Note

SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"


def read_spreadsheetml(source: Source) -> Iterator[Grid]:
    """Yield the worksheets of an XML workbook.

    Raises
    ------
    DataError
        The file is not well-formed, a sheet is too large, or there is none of the name asked for.
    """
    with source.guarded():
        text, _ = decode(source.path.read_bytes(), source)
        sheets = {
            node.get(f"{SS}Name", ""): node
            for _, node in ET.iterparse(io.StringIO(text))
            if node.tag == f"{SS}Worksheet"
        }
    for name in source.wanted(sheets):
        if sheets[name].find(f".//{VISIBLE}") is not None:
            source.notes.append(Note("sheet_hidden", "info", {"table": source.called(name)}))
        yield _grid(sheets[name], name, source)


def _grid(sheet: ET.Element, name: str, source: Source) -> Grid:
    rows: list[list[Any]] = []
    merged: list[tuple[int, int, int, int]] = []
    errors: dict[Cell, str] = {}
    with source.guarded(name):
        for row in sheet.iterfind(f"{SS}Table/{SS}Row"):
            i = int(row.get(f"{SS}Index", len(rows) + 1)) - 1
            require_room(source.where(name), i + 1, 1)
            rows += [[] for _ in range(i + 1 - len(rows))]
            _fill(row, i, rows[i], merged, errors, source, name)
    return Grid(source.name, name, tidied(rows), merged=tuple(merged), errors=errors)


def _fill(
    row: ET.Element,
    i: int,
    cells: list[Any],
    merged: list[tuple[int, int, int, int]],
    errors: dict[Cell, str],
    source: Source,
    name: str,
) -> None:
    """Put a row's cells where they stand; a cell that spans columns leaves its room empty."""
    following = 0
    for cell in row.iterfind(f"{SS}Cell"):
        j = int(cell.get(f"{SS}Index", following + 1)) - 1
        across, down = int(cell.get(f"{SS}MergeAcross", 0)), int(cell.get(f"{SS}MergeDown", 0))
        following = j + across + 1
        require_room(source.where(name), i + 1, following)
        if across or down:
            merged.append((i, j, i + down, j + across))
        data = cell.find(f"{SS}Data")
        if data is None:
            continue
        cells += [None] * (j - len(cells))
        value = _value(data)
        if data.get(f"{SS}Type") == "Error":
            errors[i, j] = str(value)
            value = None
        cells[j : j + 1] = [value]


def _value(data: ET.Element) -> Any:
    text = "".join(data.itertext())
    kind = data.get(f"{SS}Type")
    if kind == "Number":
        return float(text)
    if kind == "Boolean":
        return text.strip() == "1"
    return dt.datetime.fromisoformat(text) if kind == "DateTime" else text
