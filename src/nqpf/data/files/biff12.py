"""Facts about the sheets of a binary xlsb workbook, from its records ([MS-XLSB] 2.3); values are python-calamine's."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from nqpf.data.files.archive import Archive
from nqpf.data.files.facts import ERROR_TEXTS, Facts
from nqpf.data.files.ooxml import drawn, main_part
from nqpf.data.files.sheet import Cell

ROW, CELL_ERROR, FORMULA_ERROR, SHEET, MERGED = 0, 3, 11, 156, 176
CELLS = frozenset(range(2, 12))
"""Records of cells that hold something; 1 is an empty cell with a format."""


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Return the part that holds each sheet, by the sheet's name."""
    main = main_part(archive)
    parts = archive.relations(main)
    found = {}
    for kind, data in _records(archive.read(main)):
        if kind == SHEET:
            relation, after = _wide(data, 8)
            name, _ = _wide(data, after)
            if relation in parts:
                found[name] = parts[relation][1]
    return found


def facts_of(archive: Archive, part: str) -> Facts:
    """Return the facts about one sheet.

    Raises
    ------
    BadZipFile, struct.error, IndexError
        The part is damaged.
    """
    row = rows = columns = 0
    errors: dict[Cell, str] = {}
    merged = []
    for kind, data in _records(archive.read(part)):
        if kind == ROW:
            (row,) = struct.unpack_from("<I", data)
        elif kind in CELLS:
            (column,) = struct.unpack_from("<I", data)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if kind in (CELL_ERROR, FORMULA_ERROR):
                errors[row, column] = ERROR_TEXTS.get(data[8], f"#{data[8]}")
        elif kind == MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", data)
            merged.append((top, left, bottom, right))
    return Facts(rows, columns, errors, merged=tuple(merged), pictures=drawn(archive, part))


def _records(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of each record; both kind and length are written in as few bytes as they need."""
    at = 0
    while at < len(raw):
        kind, at = raw[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (raw[at] & 0x7F) << 7, at + 1
        length = shift = 0
        for _ in range(4):
            byte, at = raw[at], at + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, raw[at : at + length]
        at += length


def _wide(data: bytes, at: int) -> tuple[str, int]:
    """Return the text that begins at a byte, and where it ends."""
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le"), end
