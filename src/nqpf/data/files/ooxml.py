"""Facts about the sheets of an xlsx workbook, from its XML; the values themselves are python-calamine's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from nqpf.data.files.archive import Archive
from nqpf.data.files.facts import Facts
from nqpf.data.files.sheet import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Cell, column_of

CELL = re.compile(rb'[<:]c r="([A-Z]+)(\d+)"')
CELL_STARTS = (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/")
START = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
ERRORS = (b't="e"', b"t='e'")
UNCOMPUTED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</"
)
PICTURE = re.compile(rb"<(?:\w+:)?pic[\s>]")
CELL_PICTURE = re.compile(rb"<(?:\w+:)?f[^>]*>[^<]*DISPIMG\(")
"""A picture inside a cell, as WPS Office keeps it."""
STATED = re.compile(rb'(?:uniqueC|c)ount="(\d+)"')
ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def main_part(archive: Archive) -> str:
    """Return the name of the workbook's part that lists the sheets."""
    for kind, name in archive.relations("").values():
        if kind.endswith("/officeDocument"):
            return name
    return "xl/workbook.xml"


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Return the part that holds each sheet, by the sheet's name."""
    main = main_part(archive)
    parts = archive.relations(main)
    found = {}
    for node in archive.tree(main).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            ids = [value for key, value in node.attrib.items() if key.endswith("}id")]
            if ids and ids[0] in parts:
                found[node.get("name", "")] = parts[ids[0]][1]
    return found


def verify(archive: Archive) -> None:
    """Unpack every part that lists or names things, so that a damaged one is found before it is read.

    Raises
    ------
    ValueError
        A part states more entries than it has bytes, which would make a reader reserve room for them.
    """
    for name, info in archive.parts.items():
        if not name.endswith((".xml", ".rels", ".bin")) or "/worksheets/" in name:
            continue
        for i, chunk in enumerate(archive.chunks(name)):
            # A list of texts also states how often they are used, which has nothing to do with its size.
            stated = [] if i else STATED.findall(re.sub(rb'(<(?:\w+:)?sst\b[^>]*?)\bcount="\d+"', rb"\1", chunk[:4096]))
            if any(int(n) > info.file_size for n in stated):
                raise ValueError(name)


def facts_of(archive: Archive, part: str) -> Facts:
    """Return the facts about one sheet.

    The sheet's XML is run through once, by patterns; only where that finds something to look at closer
    (an error, a formula without result, cells without address, an extent too large) is it parsed.

    Raises
    ------
    BadZipFile, ExpatError, ValueError
        The part is damaged.
    """
    glance = _Glance(pictures=drawn(archive, part))
    rest = b""
    for chunk in archive.chunks(part):
        text, rest = _whole(rest + chunk)
        glance.at(text)
    glance.at(rest)
    if not glance.closer and glance.rows * glance.columns <= MOST_CELLS:
        if rest and not rest.rstrip().endswith(b">"):
            raise ValueError(part)
        return Facts(glance.rows, glance.columns, pictures=glance.pictures)
    cells = _Cells()
    cells.parse(archive, part)
    return Facts(cells.rows, cells.columns, cells.errors, tuple(cells.uncomputed), pictures=glance.pictures)


@dataclass(slots=True)
class _Glance:
    """What patterns tell about a sheet's XML."""

    pictures: int
    rows: int = 0
    columns: int = 0
    closer: bool = False

    def at(self, text: bytes) -> None:
        cells = CELL.findall(text)
        if cells:
            letters, numbers = zip(*cells, strict=True)
            self.rows = max(self.rows, *map(int, set(numbers)))
            self.columns = max(self.columns, *(1 + column_of(a.decode()) for a in set(letters)))
        self.closer |= len(cells) < sum(map(text.count, CELL_STARTS))
        self.closer |= any(mark in text for mark in ERRORS)
        if b"f>" in text or b"<f" in text or b":f" in text:
            self.closer |= bool(UNCOMPUTED.search(text))
            self.pictures += len(CELL_PICTURE.findall(text))


def _whole(buffer: bytes) -> tuple[bytes, bytes]:
    """Return the buffer up to its last cell or row, and the rest, which waits for the next chunk."""
    starts = [m.start() for m in START.finditer(buffer, max(len(buffer) - 65_536, 0))]
    cut = starts[-1] if starts else max(buffer.rfind(b"<"), 0)
    return buffer[:cut], buffer[cut:]


def drawn(archive: Archive, part: str) -> int:
    """Return how many pictures lie on a sheet."""
    drawings = [name for kind, name in archive.relations(part).values() if kind.endswith("/drawing")]
    return sum(len(PICTURE.findall(archive.read(name))) for name in drawings)


class _Cells:
    """Walks through a sheet's XML cell by cell."""

    def __init__(self) -> None:
        self.errors: dict[Cell, str] = {}
        self.uncomputed: list[Cell] = []
        self.rows = self.columns = 0
        self.row = self.column = -1
        self._kind: str | None = None
        self._formula = self._held = False
        self._value: list[str] = []

    def parse(self, archive: Archive, part: str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        starts: Mapping[str, Callable[[Mapping[str, str]], None]] = {
            "row": self._begin_row,
            "c": self._begin_cell,
            "f": self._begin_formula,
            "v": self._begin_value,
            "t": self._begin_value,
        }
        parser.StartElementHandler = lambda tag, given: (
            starts[local](given) if (local := tag.rpartition(":")[2]) in starts else None
        )
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for chunk in archive.chunks(part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _begin_row(self, given: Mapping[str, str]) -> None:
        self.row = int(given["r"]) - 1 if "r" in given else self.row + 1
        self.column = -1

    def _begin_cell(self, given: Mapping[str, str]) -> None:
        if "r" in given:
            found = ADDRESS.fullmatch(given["r"])
            if not found:
                raise ValueError(given["r"])
            self.row, self.column = int(found[2]) - 1, column_of(found[1])
        else:
            self.column += 1
        if self.row >= MOST_ROWS or self.column >= MOST_COLUMNS:
            raise ValueError(self.row, self.column)
        self._kind, self._formula, self._value = given.get("t"), False, []

    def _begin_formula(self, given: Mapping[str, str]) -> None:
        self._formula = True

    def _begin_value(self, given: Mapping[str, str]) -> None:
        self._held = True

    def _text(self, text: str) -> None:
        if self._held:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local in ("v", "t"):
            self._held = False
        elif local == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        cell, value = (self.row, self.column), "".join(self._value)
        if self._kind == "e":
            self.errors[cell] = value
        if value:
            self.rows, self.columns = max(self.rows, cell[0] + 1), max(self.columns, cell[1] + 1)
        elif self._formula and self._kind != "str":
            self.uncomputed.append(cell)
