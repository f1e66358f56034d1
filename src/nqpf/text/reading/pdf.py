"""Pdf files with a text layer: lines in reading order with page and box, furniture marked, scans refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nqpf.errors import DataError, listing
from nqpf.results import Note
from nqpf.text.reading.faults import extra_needed, guarded, where
from nqpf.text.reading.lines import Line, assembled
from nqpf.text.reading.pdf_page import PdfLine, Remarks, page_lines
from nqpf.text.source import Source

MARGIN = 0.1
"""Share of a page's height at its top and foot where furniture is looked for."""
REPEATED = 3
"""Pages on which a line must come again to be furniture."""
TITLE = 1.2
"""How many times larger than the text a heading is set."""
LEVELS = 3
UNCODED = re.compile(r"\(cid:\d+\)")
MOST_UNCODED = 0.2
"""Share of characters without a code from which a text layer is of no use."""
FIGURES = re.compile(r"\d+|[一二三四五六七八九十百〇零]+")
PAGE_NUMBER = re.compile(
    r"[\W_]*(?:第?\s*\d{1,4}\s*[页版]?|[ivxlc]{1,6})[\W_]*(?:共?\s*\d{1,4}\s*页?)?[\W_]*", re.IGNORECASE
)

Page = tuple[float, list[PdfLine]]
"""Height of a page and its lines."""


def read_pdf(path: Path, file: str) -> Source:
    """Return a pdf file as a source.

    Raises
    ------
    DataError
        It opens with a password only, has no text layer, is damaged; or pdfplumber is absent.
    """
    remarks = Remarks()
    with guarded(path):
        pages = list(_pages(path, remarks))
    if not any(lines for _, lines in pages):
        raise DataError("text_scan", where=where(path), pages=len(pages))
    if remarks.uncoded > MOST_UNCODED * remarks.characters:
        raise DataError("text_uncoded", where=where(path), share=100 * remarks.uncoded / remarks.characters)
    return assembled(file, "pdf", _lines(pages), "utf-8", _notes(file, remarks))


def _pages(path: Path, remarks: Remarks) -> Iterator[Page]:
    try:
        import pdfplumber  # type: ignore[import-not-found,import-untyped,unused-ignore]
        from pdfminer.pdfdocument import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
            PDFEncryptionError,
            PDFPasswordIncorrect,
        )
    except ModuleNotFoundError:
        raise extra_needed("pdfplumber", path) from None
    try:
        document = pdfplumber.open(path)
    except Exception as error:
        if any(isinstance(e, PDFEncryptionError | PDFPasswordIncorrect) for e in (error, *error.args)):
            raise DataError("encrypted", where=where(path)) from None
        raise
    with document:
        for number, page in enumerate(document.pages, start=1):
            yield float(page.height), _page(page, number, remarks)
            page.close()


def _page(page: Any, number: int, remarks: Remarks) -> list[PdfLine]:
    chars = page.chars
    remarks.characters += len(chars)
    remarks.uncoded += sum(bool(UNCODED.fullmatch(c["text"])) for c in chars)
    return page_lines(chars, float(page.height), number, remarks)


def _lines(pages: Sequence[Page]) -> list[Line]:
    """Return the lines of all pages, an empty one before each that begins a paragraph."""
    furniture = _furniture(pages)
    sizes = _title_sizes(pages)
    found: list[Line] = []
    for number, (_, lines) in enumerate(pages, start=1):
        for row, line in enumerate(lines, start=1):
            if line.opens and found:
                found.append(Line("", "", ((0, row, 1),), number))
            style = furniture.get((number, row), "") or _style(line, sizes)
            found.append(Line(line.text, style, ((0, row, 1),), number, line.box))
    return found


def _style(line: PdfLine, sizes: Sequence[float]) -> str:
    larger = [level for level, size in enumerate(sizes, start=1) if line.size >= size - 0.1]
    return f"h{larger[0]}" if larger else "bold" if line.bold else ""


def _title_sizes(pages: Sequence[Page]) -> list[float]:
    """Return the sizes of type of headings, from the largest: those well above the size of most characters."""
    count: Counter[float] = Counter()
    for _, lines in pages:
        for line in lines:
            count[round(line.size, 1)] += len(line.text)
    usual = max(count, key=lambda size: count[size])
    return sorted((size for size in count if size >= TITLE * usual), reverse=True)[:LEVELS]


def _furniture(pages: Sequence[Page]) -> dict[tuple[int, int], str]:
    """Return heads and feet of pages: lines at the margin that are page numbers or come again on other pages."""
    at_margin: dict[tuple[int, int], tuple[str, str]] = {}
    for number, (height, lines) in enumerate(pages, start=1):
        for row, line in enumerate(lines, start=1):
            if side := _margin(line, height):
                at_margin[number, row] = side, FIGURES.sub("0", line.text)
    often = Counter(at_margin.values())
    return {
        place: side
        for place, (side, text) in at_margin.items()
        if often[side, text] >= REPEATED or PAGE_NUMBER.fullmatch(pages[place[0] - 1][1][place[1] - 1].text)
    }


def _margin(line: PdfLine, height: float) -> str:
    if line.box[3] < MARGIN * height:
        return "header"
    return "footer" if line.box[1] > (1 - MARGIN) * height else ""


def _notes(file: str, remarks: Remarks) -> list[Note]:
    notes = []
    if remarks.empty:
        notes.append(Note("text_pages_without_text", "warning", {"file": file, "pages": listing(remarks.empty)}))
    if remarks.vertical:
        pages = listing(dict.fromkeys(remarks.vertical))
        notes.append(Note("text_vertical", "warning", {"file": file, "pages": pages}))
    if remarks.rotated:
        notes.append(Note("text_rotated", "warning", {"file": file, "pages": listing(remarks.rotated)}))
    if remarks.overprinted:
        notes.append(Note("text_overprinted", "info", {"file": file, "pages": listing(remarks.overprinted)}))
    if remarks.uncoded:
        notes.append(Note("text_some_uncoded", "warning", {"file": file, "count": remarks.uncoded}))
    return notes
