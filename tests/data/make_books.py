"""Files of every kind that tests read, written byte by byte where no library writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

BOOKS = Path(__file__).parent / "fixtures" / "books"
"""``office.xls`` was written by xlwt, ``password.xlsx`` (its password is "secret") encrypted by msoffcrypto-tool."""


def xlsx(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    """Write a workbook with xlsxwriter."""
    with xlsxwriter.Workbook(path) as book:
        fill(book)
    return path


def sheets(path: Path, tables: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """Write tables as the sheets of a workbook, from A1 on."""

    def fill(book: xlsxwriter.Workbook) -> None:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)

    return xlsx(path, fill)


def repacked(source: Path, target: Path, *changes: tuple[str, bytes, bytes]) -> Path:
    """Copy a zip with some bytes of some members changed: (member, old, new)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            for member, before, after in changes:
                if name == member:
                    assert before in data
                    data = data.replace(before, after)
            new.writestr(name, data)
    return target


# xls: records of BIFF 5 and 8 without the file system around them, which Excel and xlrd read as well


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def biff(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    version: int = 5,
    encoding: str = "gbk",
    codepage: int | None = 936,
    kinds: Mapping[str, int] | None = None,
    visible: Mapping[str, int] | None = None,
    more: Mapping[str, bytes] | None = None,
    after_bof: bytes = b"",
) -> bytes:
    """Return an xls stream; `kinds` are types of sheets (2: chart), `more` adds records to a sheet."""

    def bof(dt: int) -> bytes:
        tail = struct.pack("<HH", 0, 0) + (struct.pack("<II", 0, 6) if version == 8 else b"")
        return record(0x809, struct.pack("<HH", 0x600 if version == 8 else 0x500, dt) + tail)

    def text(word: str, prefix: str) -> bytes:
        if version == 8:
            return struct.pack(prefix + "B", len(word), 1) + word.encode("utf-16-le")
        raw = word.encode(encoding)
        return struct.pack(prefix, len(raw)) + raw

    def cell(i: int, j: int, value: Any) -> bytes:
        at = struct.pack("<HHH", i, j, 0)
        if isinstance(value, str) and value.startswith("#"):
            return record(0x205, at + bytes((ERRORS[value], 1)))
        if isinstance(value, str):
            return record(0x204, at + text(value, "<H"))
        return record(0x203, at + struct.pack("<d", value)) if value is not None else b""

    bodies = []
    for name, rows in sheets.items():
        kind = (kinds or {}).get(name, 0)
        cells = b"".join(cell(i, j, c) for i, row in enumerate(rows) for j, c in enumerate(row))
        bodies.append(bof(0x20 if kind == 2 else 0x10) + cells + (more or {}).get(name, b"") + record(0x0A))
    head = bof(0x05) + after_bof + (record(0x42, struct.pack("<H", codepage)) if codepage is not None else b"")
    head += record(0x31, struct.pack("<HHHHHBBBx", 200, 0, 0x7FFF, 400, 0, 0, 0, 0) + text("Arial", "<B"))
    head += record(0xE0, bytes(20 if version == 8 else 16))

    def bounds(offsets: Sequence[int]) -> bytes:
        return b"".join(
            record(
                0x85,
                struct.pack("<IBB", at, (visible or {}).get(name, 0), (kinds or {}).get(name, 0)) + text(name, "<B"),
            )
            for at, name in zip(offsets, sheets, strict=True)
        )

    start = len(head) + len(bounds([0] * len(bodies))) + len(record(0x0A))
    offsets = [start + sum(map(len, bodies[:k])) for k in range(len(bodies))]
    return head + bounds(offsets) + record(0x0A) + b"".join(bodies)


ERRORS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}


# xlsb and ods


def xlsb(path: Path, name: str, rows: Sequence[Sequence[Any]], merged: Sequence[Sequence[int]] = ()) -> Path:
    """Write a binary workbook of one sheet."""

    def rec(kind: int, data: bytes = b"") -> bytes:
        head = bytes((kind,)) if kind < 128 else bytes((kind & 0x7F | 0x80, kind >> 7))
        size, length = len(data), b""
        while size > 0x7F:
            length, size = length + bytes((size & 0x7F | 0x80,)), size >> 7
        return head + length + bytes((size,)) + data

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(j: int, value: Any) -> bytes:
        at = struct.pack("<II", j, 0)
        if isinstance(value, str) and value.startswith("#"):
            return rec(3, at + bytes((ERRORS[value],)))
        return rec(6, at + wide(value)) if isinstance(value, str) else rec(5, at + struct.pack("<d", value))

    body = b"".join(
        rec(0, struct.pack("<IIHBBBI", i, 0, 300, 0, 0, 0, 0))
        + b"".join(cell(j, c) for j, c in enumerate(row) if c is not None)
        for i, row in enumerate(rows)
    )
    joined = b"".join(rec(176, struct.pack("<4I", top, bottom, left, right)) for top, left, bottom, right in merged)
    sheet = rec(129) + rec(148, struct.pack("<4I", 0, len(rows) - 1, 0, 9)) + rec(145) + body + rec(146)
    sheet += rec(177, struct.pack("<I", len(merged))) + joined + rec(178) + rec(130)
    book = rec(131) + rec(143) + rec(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(name)) + rec(144) + rec(132)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    one = '<Relationship Id="rId1" Type="{}/{}" Target="{}"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        file.writestr("_rels/.rels", relations.format(one.format(kind, "officeDocument", "xl/workbook.bin")))
        sheet_relation = one.format(kind, "worksheet", "worksheets/sheet1.bin")
        file.writestr("xl/_rels/workbook.bin.rels", relations.format(sheet_relation))
        file.writestr("xl/workbook.bin", book)
        file.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">
<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"""


def ods(path: Path, content: str, manifest: str = "<manifest/>") -> Path:
    """Write an OpenDocument workbook from the XML of its tables."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", ODS.format(content))
        file.writestr("META-INF/manifest.xml", manifest)
    return path


def png() -> io.BytesIO:
    """Return the smallest picture."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)
