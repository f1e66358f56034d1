"""Word files: paragraphs in the order of the file, with headings, lists, tables, text boxes, notes and tracked changes.

Places are numbers of paragraphs (a row of a table counts as one), which any word processor shows. Changes that were
tracked are taken as accepted. The file's own XML is read (ECMA-376, part 1) piece by piece, so that a long document
does not have to be held whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from nqpf.data.files.archive import Archive, opened
from nqpf.errors import DataError, listing
from nqpf.results import Note
from nqpf.text.reading.docx_paragraph import Paragraph, W, Words, paragraph_of
from nqpf.text.reading.docx_styles import styles_of
from nqpf.text.reading.faults import as_data_file, guarded, where
from nqpf.text.reading.kind import DOCUMENT
from nqpf.text.reading.lines import Line, assembled
from nqpf.text.source import Source

MOST_BYTES = 512 << 20
"""Bytes of text with its mark-up that a document may have: some hundred million characters."""
LONG_CELL = 60
"""Characters from which several paragraphs in a cell are running text in columns, not an entry of a table."""
APPENDED = ("word/footnotes.xml", "word/endnotes.xml")
HOLDERS = frozenset(W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))


def read_docx(path: Path, file: str) -> Source:
    """Return a Word file as a source; notes at its feet follow the text.

    Raises
    ------
    DataError
        It is damaged, larger unpacked than a text can be, or has no characters.
    """
    words = Words()
    with guarded(path), opened(as_data_file(path)) as archive:
        for name in (DOCUMENT, *APPENDED):
            _bounded(path, archive, name)
        styles = styles_of(archive)
        lines = _Lines()
        for element in _children(archive, DOCUMENT, depth=2):
            lines.add(list(_pieces(element, words, styles)))
        for name in APPENDED:
            for note in _children(archive, name):
                if note.get(W + "type") in (None, "normal"):
                    lines.add([[p] for p in _paragraphs(note, words, styles)], style="note")
        furniture = _furniture(archive, words, styles)
    if not any(line.text.strip() for line in lines.found):
        raise DataError("text_empty", where=where(path))
    return assembled(file, "docx", lines.found, "utf-8", _notes(file, words, furniture))


class _Lines:
    """Lines found so far; a paragraph whose end was deleted goes on in the next."""

    def __init__(self) -> None:
        self.found: list[Line] = []
        self._number = 0
        self._open: Paragraph | None = None

    def add(self, rows: Sequence[Sequence[Paragraph]], style: str | None = None) -> None:
        """Add rows: a paragraph alone, or the cells of a row of a table."""
        for row in rows:
            whole = row[0] if len(row) == 1 else Paragraph("\t".join(_in_a_row(cell.text) for cell in row), "cell")
            if self._open is not None:
                whole = Paragraph(self._open.text + whole.text, self._open.style, whole.joined)
            self._open = whole if whole.joined else None
            if self._open is None:
                self._close(whole.text, whole.style if style is None else style)

    def _close(self, text: str, style: str) -> None:
        self._number += 1
        column = 1
        for part in text.split("\n"):
            self.found.append(Line(part, style, ((0, self._number, column),)))
            column += len(part) + 1


def _in_a_row(text: str) -> str:
    return text.replace("\n", " ")


def _bounded(path: Path, archive: Archive, name: str) -> None:
    part = archive.parts.get(name)
    if part is not None and part.file_size > MOST_BYTES:
        raise DataError("text_part_too_large", where=where(path), size=part.file_size >> 20, limit=MOST_BYTES >> 20)


def _children(archive: Archive, name: str, depth: int = 1) -> Iterator[ET.Element]:
    """Yield the elements that have `depth` others around them, and forget each when it has been used."""
    part = archive.parts.get(name)
    if part is None:
        return
    with archive.zip.open(part) as stream:
        yield from _streamed(stream, depth)


def _streamed(stream: IO[bytes], depth: int) -> Iterator[ET.Element]:
    above: list[ET.Element] = []
    for event, element in ET.iterparse(stream, events=("start", "end")):
        if event == "start":
            above.append(element)
            continue
        above.pop()
        if len(above) == depth:
            yield element
            above[-1].remove(element)


def _pieces(element: ET.Element, words: Words, styles: dict[str, str]) -> Iterator[list[Paragraph]]:
    """Yield the paragraphs and rows of an element, text boxes after the paragraph that holds them."""
    if element.tag == W + "p":
        paragraph, boxes = paragraph_of(element, words, styles)
        yield [paragraph]
        for box in boxes:
            words.boxes += 1
            for child in box:
                yield from _pieces(child, words, styles)
    elif element.tag == W + "tbl":
        for row in _inside(element, W + "tr"):
            if row.find(f"{W}trPr/{W}del") is None:
                yield from _row(row, words, styles)
            else:
                words.deleted += 1
    elif element.tag in HOLDERS:
        for child in element:
            yield from _pieces(child, words, styles)


def _row(row: ET.Element, words: Words, styles: dict[str, str]) -> Iterator[list[Paragraph]]:
    cells = [list(_paragraphs(cell, words, styles)) for cell in _inside(row, W + "tc")]
    written = [[p for p in cell if p.text.strip()] for cell in cells]
    if any(len(cell) > 1 and sum(len(p.text) for p in cell) >= LONG_CELL for cell in written):
        words.layout_rows += 1
        yield from ([paragraph] for cell in cells for paragraph in cell)
    else:
        yield [Paragraph(" ".join(p.text for p in cell), "cell") for cell in written] or [Paragraph("", "cell")]


def _inside(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    """Yield the rows of a table or the cells of a row, but not those of tables inside it."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in HOLDERS:
            yield from _inside(child, tag)


def _paragraphs(holder: ET.Element, words: Words, styles: dict[str, str]) -> Iterator[Paragraph]:
    """Yield the paragraphs in a cell or note; of a table inside it, the paragraphs of its cells."""
    for child in holder:
        if child.tag == W + "tbl":
            for row in _inside(child, W + "tr"):
                for cell in _inside(row, W + "tc"):
                    yield from _paragraphs(cell, words, styles)
        else:
            for piece in _pieces(child, words, styles):
                yield from piece


def _furniture(archive: Archive, words: Words, styles: dict[str, str]) -> list[str]:
    """Return what stands at the head and foot of every page; it is no part of the text."""
    names = sorted(name for name in archive.parts if name.startswith(("word/header", "word/footer")))
    rows = (row for name in names for child in _children(archive, name) for row in _pieces(child, words, styles))
    texts = (paragraph.text.strip() for row in rows for paragraph in row)
    return list(dict.fromkeys(text for text in texts if text))


def _notes(file: str, words: Words, furniture: Sequence[str]) -> list[Note]:
    notes = []
    if words.inserted or words.deleted:
        values = {"file": file, "inserted": words.inserted, "deleted": words.deleted}
        notes.append(Note("text_tracked", "info", values))
    if words.boxes:
        notes.append(Note("text_boxes", "info", {"file": file, "count": words.boxes}))
    if words.layout_rows:
        notes.append(Note("text_layout_table", "info", {"file": file, "count": words.layout_rows}))
    if words.numbered:
        notes.append(Note("text_auto_numbers", "info", {"file": file, "count": words.numbered}))
    if furniture:
        notes.append(Note("text_furniture", "info", {"file": file, "texts": listing(furniture)}))
    return notes
