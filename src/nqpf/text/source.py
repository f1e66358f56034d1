"""A file of text as it was read: its raw characters and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.messages import Text, say
from nqpf.results import Note

Integers = NDArray[np.int64]
Kind = Literal["txt", "md", "docx", "html", "pdf"]
EditRule = Literal[
    "letter_spacing",
    "stray_blank",
    "half_width",
    "overprint",
    "overlap",
    "page_furniture",
    "contents",
    "markup",
    "wrap",
    "blank_line",
]
"""What was changed in a text: blanks of letter-spacing; other blanks between Chinese characters; half-width marks
inside Chinese; words printed twice; words repeated where columns join; page numbers and running heads; a table of
contents; signs of Markdown; ends of lines inside a paragraph; blanks and empty lines around paragraphs."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a character stands: file, line and column from 1; of a pdf also page, and box in points from top left."""

    file: str
    line: int
    column: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = None

    def text(self) -> Text:
        """Return the place in words."""
        if self.page is None:
            return say("text.place", file=self.file, line=self.line, column=self.column)
        return say("text.place_on_page", file=self.file, page=self.page, line=self.line)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    r"""A file of text.

    Attributes
    ----------
    file
        Its name as it is cited.
    kind
        What kind of file it is.
    text
        Its raw characters, lines parted by ``\n``; nothing is changed but the encoding.
    starts
        ``int[L]`` offset of the first character of each line in `text`.
    pages, boxes
        Page of each line ``int[L]`` and its box ``float[L, 4]`` (x0, y0, x1, y1 in points); None where there are no
        pages.
    styles
        What the file itself says of each line: ``""``, ``h1`` … ``h6``, ``bold``, ``list``, ``caption``, ``cell``; L
        words, none where the file says nothing.
    encoding
        How its bytes were read.
    notes
        Remarks on the reading.
    """

    file: str
    kind: Kind
    text: str
    starts: Integers
    pages: Integers | None = None
    boxes: NDArray[np.float64] | None = None
    styles: tuple[str, ...] = ()
    encoding: str = "utf-8"
    notes: tuple[Note, ...] = ()

    def place(self, offset: int) -> Place:
        """Return where a character of `text` stands."""
        line = int(np.searchsorted(self.starts, offset, side="right")) - 1
        page = None if self.pages is None else int(self.pages[line])
        box = None if self.boxes is None else _box(self.boxes[line])
        return Place(self.file, line + 1, offset - int(self.starts[line]) + 1, page, box)


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    r"""The text of a source without the traces of its lay-out.

    Attributes
    ----------
    source
        The file.
    text
        The clean characters, in the order of the file; lines that were one paragraph are one line, paragraphs and
        headings are parted by ``\n``.
    origin
        ``int[len(text)]`` offset of each clean character in the raw text; −1 for one that was put in.
    edits
        Everything that was changed: columns rule (`EditRule`), start, end (raw offsets), line, column, before, after.
    notes
        Remarks.
    layout
        How each line of the clean text was set: columns start, end (offsets in `text`), first_line, last_line (lines of
        the file, from 1), style (what the file says of it, see `Source.styles`), bold (leading characters in bold),
        tight (leading characters set apart from the rest of their paragraph, as a run-in heading is), ended (ends a
        sentence), prose (running text, be it cut), column (stands among lines of running text), width (widest of its
        raw lines, in Chinese characters).
    contents
        Lines of tables of contents, which are not in `text`: columns title, page (as printed), line.
    """

    source: Source
    text: str
    origin: Integers
    edits: pl.DataFrame
    notes: tuple[Note, ...] = ()
    layout: pl.DataFrame = field(default_factory=pl.DataFrame)
    contents: pl.DataFrame = field(default_factory=pl.DataFrame)


def _box(row: NDArray[np.float64]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(x) for x in row)
    return left, top, right, bottom
