"""A source whose lines are not the file's own: paragraphs of docx, lines of html, lines on a page of pdf."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.text.source import Integers, Place, Source


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Marked(Source):
    """A source that knows where the file has what it read.

    Attributes
    ----------
    marks
        ``int[M, 3]``: from which offset of `text` on, the line and the column in the file; up to the next mark columns
        count on. Line means paragraph or table row in docx, line of the file in html, line on its page in pdf.
    """

    marks: Integers

    def place(self, offset: int) -> Place:
        """Return where a character of `text` stands in the file."""
        found = places(self, np.array([offset]))
        page = None if found.page is None else int(found.page[0])
        x0, y0, x1, y1 = (0.0,) * 4 if found.box is None else (float(x) for x in found.box[0])
        box = None if found.box is None else (x0, y0, x1, y1)
        return Place(self.file, int(found.line[0]), int(found.column[0]), page, box)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where several characters stand: ``int[N]`` line, column and page, ``float[N, 4]`` box."""

    line: Integers
    column: Integers
    page: Integers | None
    box: NDArray[np.float64] | None


def places(source: Source, offsets: Integers) -> Places:
    r"""Return where the characters at `offsets` ``int[N]`` of a source stand.

    Examples
    --------
    >>> from nqpf.text.source import Source
    >>> found = places(Source("a.txt", "txt", "ab\ncd", np.array([0, 3])), np.array([1, 4]))
    >>> found.line.tolist(), found.column.tolist()
    ([1, 2], [2, 2])
    """
    own = np.maximum(np.searchsorted(source.starts, offsets, side="right") - 1, 0)
    page = None if source.pages is None else source.pages[own]
    box = None if source.boxes is None else source.boxes[own]
    if not isinstance(source, Marked):
        return Places(own + 1, offsets - source.starts[own] + 1, page, box)
    mark = source.marks[np.maximum(np.searchsorted(source.marks[:, 0], offsets, side="right") - 1, 0)]
    return Places(mark[:, 1], mark[:, 2] + offsets - mark[:, 0], page, box)
