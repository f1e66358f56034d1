"""Where each character of a block stands, as runs in which raw offset and column count on by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nqpf.text.reading.marked import Marked, places
from nqpf.text.source import Integers, Place, Source

Small = NDArray[np.int32]
Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Places of the characters of a block, R runs of them.

    Attributes
    ----------
    at, raw, line, column
        ``int32[R]`` character of the block with which the run begins, its raw offset (−1 for one character that was put
        in; it has the place of the one before), its line and column in the file.
    page, box
        ``int32[R]`` page and ``float32[R, 4]`` box of the line; None where the file has no pages.
    """

    at: Small
    raw: Small
    line: Small
    column: Small
    page: Small | None = None
    box: Boxes | None = None

    @classmethod
    def of(cls, origin: Sequence[int] | Integers, source: Source) -> Self:
        """Return the places of characters with these raw offsets in a source."""
        offsets = np.asarray(origin, dtype=np.int64)
        put_in = offsets < 0
        new = (np.diff(offsets) != 1) | put_in[1:] | put_in[:-1]
        at = np.flatnonzero(np.concatenate([[len(offsets) > 0], new]))
        at, raw = _cut(at, offsets[at], len(offsets), _seams(source))
        found = places(source, _filled(raw))
        return cls(
            at.astype(np.int32),
            raw.astype(np.int32),
            found.line.astype(np.int32),
            found.column.astype(np.int32),
            None if found.page is None else found.page.astype(np.int32),
            None if found.box is None else found.box.astype(np.float32),
        )

    def origin(self, length: int) -> tuple[int, ...]:
        """Return the raw offset of each of the `length` characters of the block."""
        run = np.repeat(np.arange(len(self.at)), np.diff(self.at, append=length))
        steps = np.arange(length) - self.at[run]
        return tuple(np.where(self.raw[run] < 0, -1, self.raw[run] + steps).tolist())

    def place(self, file: str, offset: int) -> Place:
        """Return where a character of the block stands."""
        i = max(int(np.searchsorted(self.at, offset, side="right")) - 1, 0)
        step = 0 if self.raw[i] < 0 else offset - int(self.at[i])
        page = None if self.page is None else int(self.page[i])
        box = None
        if self.box is not None:
            x0, y0, x1, y1 = (float(x) for x in self.box[i])
            box = (x0, y0, x1, y1)
        return Place(file, int(self.line[i]), int(self.column[i]) + step, page, box)

    def packed(self) -> tuple[bytes, bytes | None, bytes | None]:
        """Return the runs, their pages and boxes as bytes."""
        runs = np.stack([self.at, self.raw, self.line, self.column]).astype("<i4").tobytes()
        page = None if self.page is None else self.page.astype("<i4").tobytes()
        return runs, page, None if self.box is None else self.box.astype("<f4").tobytes()

    @classmethod
    def unpacked(cls, runs: bytes, page: bytes | None, box: bytes | None) -> Self:
        """Return what `packed` gave."""
        at, raw, line, column = np.frombuffer(runs, "<i4").reshape(4, -1)
        pages = None if page is None else np.frombuffer(page, "<i4")
        return cls(at, raw, line, column, pages, None if box is None else np.frombuffer(box, "<f4").reshape(-1, 4))


def _seams(source: Source) -> Integers:
    """Return the raw offsets from which on lines and columns do not simply count on."""
    if isinstance(source, Marked):
        return np.union1d(source.starts, source.marks[:, 0])
    return source.starts


def _cut(at: Integers, raw: Integers, length: int, seams: Integers) -> tuple[Integers, Integers]:
    """Return runs parted where a seam lies within them."""
    last = raw + np.diff(at, append=length) - 1
    low = np.searchsorted(seams, raw, side="right")
    count = np.where(raw < 0, 0, np.searchsorted(seams, last, side="right") - low)
    if not count.any():
        return at, raw
    run = np.repeat(np.arange(len(at)), count)
    nth = np.arange(len(run)) - np.repeat(np.cumsum(count) - count, count)
    more = seams[low[run] + nth]
    starts = np.concatenate([at, at[run] + more - raw[run]])
    order = np.argsort(starts, kind="stable")
    return starts[order], np.concatenate([raw, more])[order]


def _filled(raw: Integers) -> Integers:
    """Return raw offsets with those of characters that were put in taken from the one before, or else after."""
    known = np.flatnonzero(raw >= 0)
    if not known.size:
        return np.zeros(len(raw), dtype=np.int64)
    nearest = np.maximum(np.searchsorted(known, np.arange(len(raw)), side="right") - 1, 0)
    return np.asarray(raw[known[nearest]])
