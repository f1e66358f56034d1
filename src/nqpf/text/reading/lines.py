"""Lines as a reader finds them, put together to a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nqpf.results import Note
from nqpf.text.reading.marked import Marked
from nqpf.text.source import Integers, Kind, Source

Box = tuple[float, float, float, float]
NO_BOX: Box = (float("nan"),) * 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read.

    Attributes
    ----------
    text
        Its characters.
    style
        What the file says of it; see `Source.styles`.
    marks
        From which character of the line on, the line and the column in the file.
    page, box
        Where it stands on which page.
    """

    text: str
    style: str
    marks: tuple[tuple[int, int, int], ...]
    page: int | None = None
    box: Box = NO_BOX


def starts_of(text: str) -> Integers:
    r"""Return ``int[L]`` the offset of each line of a text parted by ``\n``."""
    starts = [0]
    while (found := text.find("\n", starts[-1])) >= 0:
        starts.append(found + 1)
    return np.array(starts, dtype=np.int64)


def assembled(file: str, kind: Kind, lines: Sequence[Line], encoding: str, notes: Sequence[Note]) -> Source:
    """Return lines as one source."""
    lengths = np.array([len(line.text) + 1 for line in lines], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    marks = [(s + at, row, column) for s, line in zip(starts, lines, strict=True) for at, row, column in line.marks]
    paged = any(line.page is not None for line in lines)
    return Marked(
        file,
        kind,
        "\n".join(line.text for line in lines),
        starts,
        np.array([line.page or 0 for line in lines]) if paged else None,
        np.array([line.box for line in lines]) if paged else None,
        tuple(line.style for line in lines),
        encoding,
        tuple(notes),
        marks=np.array(marks, dtype=np.int64).reshape(-1, 3),
    )
