"""Facts about the sheets of an OpenDocument workbook, from its XML; the values themselves are python-calamine's."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from nqpf.data.files.archive import Archive
from nqpf.data.files.facts import Facts
from nqpf.data.files.sheet import MOST_COLUMNS, Cell


def is_encrypted(archive: Archive) -> bool:
    """Say whether the workbook opens with a password only."""
    return b"encryption-data" in archive.read("META-INF/manifest.xml")


def facts_of(archive: Archive) -> dict[str, Facts]:
    """Return the facts about each sheet, by its name.

    Raises
    ------
    BadZipFile, ExpatError, ValueError
        The part is damaged.
    """
    walk = _Walk()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.text.append
    for chunk in archive.chunks("content.xml"):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return walk.sheets


class _Walk:
    """Walks through all sheets; rows and cells may be written once for many."""

    def __init__(self) -> None:
        self.sheets: dict[str, Facts] = {}
        self.text: list[str] = []
        self._name = ""
        self._row = self._column = self._rows = self._columns = self._pictures = 0
        self._repeated_rows = 1
        self._given: Mapping[str, str] = {}
        self._errors: dict[Cell, str] = {}
        self._merged: list[tuple[int, int, int, int]] = []

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "table:table":
            self._name = given.get("table:name", "")
            self._row = self._rows = self._columns = self._pictures = 0
            self._errors, self._merged = {}, []
        elif tag == "table:table-row":
            self._repeated_rows = int(given.get("table:number-rows-repeated", 1))
            self._column = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._given = given
            self.text.clear()
        elif tag == "draw:image":
            self._pictures += 1

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.sheets[self._name] = Facts(
                self._rows, self._columns, self._errors, merged=tuple(self._merged), pictures=self._pictures
            )
        elif tag == "table:table-row":
            self._row += self._repeated_rows
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()

    def _end_cell(self) -> None:
        repeated = int(self._given.get("table:number-columns-repeated", 1))
        across = int(self._given.get("table:number-columns-spanned", 1))
        down = int(self._given.get("table:number-rows-spanned", 1))
        row, column = self._row, self._column
        if across > 1 or down > 1:
            self._merged.append((row, column, row + down - 1, column + across - 1))
        if self._given.get("calcext:value-type") == "error":
            for j in range(column, column + min(repeated, MOST_COLUMNS)):
                self._errors[row, j] = "".join(self.text).strip()
        if "office:value-type" in self._given or "".join(self.text).strip():
            self._rows = max(self._rows, row + self._repeated_rows)
            self._columns = max(self._columns, column + repeated)
        self._column += repeated
