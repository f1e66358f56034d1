"""The lines of a page as arrays: where they stand, how wide they are set, how they begin and end."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import (
    BLANK,
    CLOSE,
    DIGIT,
    HALF,
    HAN,
    LETTER,
    MARK,
    NEWLINE,
    OPEN,
    STOP,
    Codes,
    Index,
    Kinds,
    Mask,
    width_table,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a text that hold anything, M of them.

    Attributes
    ----------
    number
        ``int[M]`` number of the line in the file, from 0.
    first, last
        ``int[M]`` offset of its first and last character that is kept.
    wide
        ``float[M]`` width in Chinese characters, a Latin letter counting one half.
    long
        ``float[M]`` number of characters.
    need
        ``float[M]`` width of what cannot be parted at its start: the room it would have needed on the line before.
    han, letters, digits, marks, stops
        ``int[M]`` number of such characters; marks are punctuation within a sentence.
    ended
        ``bool[M]`` whether its last character ends a sentence, closing brackets and quotation marks apart.
    clings
        ``bool[M]`` whether it begins with a mark that type-setters never put at the start of a line.
    hangs
        ``bool[M]`` whether its last character is a full-width mark, which may stick out of a column.
    blanks
        ``int[M]`` empty lines before the next one that holds anything; the last has none.
    indent
        ``float[M]`` blanks at its start, in widths of a Chinese character.
    """

    number: Index
    first: Index
    last: Index
    wide: Floats
    long: Floats
    need: Floats
    han: Index
    letters: Index
    digits: Index
    marks: Index
    stops: Index
    ended: Mask
    clings: Mask
    hangs: Mask
    blanks: Index
    indent: Floats

    def __len__(self) -> int:
        return len(self.number)

    @classmethod
    def of(cls, codes: Codes, kinds: Kinds, keep: Mask, starts: Index) -> Lines:
        """Return the lines of a text of which the characters of `keep` are left."""
        solid = np.flatnonzero(keep & (kinds != BLANK) & (kinds != NEWLINE))
        bounds = np.searchsorted(solid, np.append(starts, len(codes)))
        number = np.flatnonzero(np.diff(bounds) > 0)
        first, last = solid[bounds[number]], solid[bounds[number + 1] - 1]
        sums = _Sums(first, last)
        halves = np.where(keep, width_table()[codes], np.uint8(0))
        indent = _between(width_table()[codes], starts[number], first) / 2.0
        return cls(
            number=number,
            first=first,
            last=last,
            wide=sums.of(halves) / 2.0,
            long=sums.of(keep).astype(np.float64),
            need=_need(codes, kinds, solid, bounds[number]),
            han=sums.of(keep & (kinds == HAN)),
            letters=sums.of(keep & (kinds == LETTER)),
            digits=sums.of(keep & (kinds == DIGIT)),
            marks=sums.of(keep & (kinds == MARK)),
            stops=sums.of(keep & (kinds == STOP)),
            ended=_ended(codes, kinds, solid, bounds[number], bounds[number + 1] - 1),
            clings=np.isin(kinds[first], (MARK, STOP, CLOSE)),
            hangs=(kinds[last] >= MARK) & (kinds[last] <= CLOSE),
            blanks=np.diff(number, append=number[-1:] + 1) - 1,
            indent=indent,
        )

    def without(self, places: list[int]) -> Lines:
        """Return the lines without those at some places."""
        if not places:
            return self
        left = np.ones(len(self), dtype=np.bool_)
        left[places] = False
        kept = {f.name: getattr(self, f.name)[left] for f in fields(self)}
        kept["blanks"] = np.diff(kept["number"], append=kept["number"][-1:] + 1) - 1
        return Lines(**kept)


class _Sums:
    """Sums over the characters of each line, from its first to its last."""

    def __init__(self, first: Index, last: Index) -> None:
        self.edges = np.column_stack([first, last + 1]).ravel()

    def of(self, values: Kinds | Mask) -> Index:
        """Return one sum a line."""
        if not len(self.edges):
            return np.zeros(0, dtype=np.int64)
        padded = np.append(values.view(np.uint8), np.uint8(0))
        return np.add.reduceat(padded, self.edges, dtype=np.int64)[::2]


def _between(halves: Kinds, start: Index, end: Index) -> Index:
    """Return the sum of `halves` from each start to its end, which may be the same."""
    if not len(start):
        return np.zeros(0, dtype=np.int64)
    edges = np.column_stack([start, end]).ravel()
    sums = np.add.reduceat(np.append(halves, np.uint8(0)), edges, dtype=np.int64)[::2]
    return np.where(start == end, 0, sums)


def _need(codes: Codes, kinds: Kinds, solid: Index, at: Index) -> Floats:
    """Return the width of each line's first unit: opening marks, a character or a word, marks that cling to it."""
    need = np.ones(len(at))
    if not len(at):
        return need
    begins = kinds[solid[at]]
    after = kinds[solid[np.minimum(at + 1, len(solid) - 1)]]
    simple = (begins == HAN) & (after == HAN)
    rest = np.flatnonzero(~simple)
    need[rest] = _units(codes, kinds, solid, at[rest], _line_end(at, solid)[rest])
    return need


def _units(codes: Codes, kinds: Kinds, solid: Index, at: Index, end: Index) -> Floats:
    """Return the width of the first unit of lines that begin at `at` and end before the offset `end`."""
    width = width_table()
    need = np.zeros(len(at))
    here = at.copy()
    last = len(solid) - 1

    def kind() -> Kinds:
        inside = (here <= last) & (solid[np.minimum(here, last)] < end)
        return np.where(inside, kinds[solid[np.minimum(here, last)]], np.uint8(NEWLINE))

    def take(where: Mask) -> None:
        need[where] += width[codes[solid[here[where]]]] / 2.0
        here[where] += 1

    for _ in range(2):
        take(kind() == OPEN)
    word = (kind() == LETTER) | (kind() == DIGIT)
    take(kind() != NEWLINE)
    for _ in range(14):
        more = word & ((kind() == LETTER) | (kind() == DIGIT))
        if not more.any():
            break
        take(more)
    for _ in range(2):
        take(np.isin(kind(), (CLOSE, MARK, STOP, HALF)))
    return need


def _line_end(at: Index, solid: Index) -> Index:
    """Return where the line after each one begins."""
    return np.append(solid[at[1:]], solid[-1] + 1)


def _ended(codes: Codes, kinds: Kinds, solid: Index, first: Index, last: Index) -> Mask:
    """Return whether each line ends a sentence, be the last characters closing marks or not."""
    here = last.copy()
    for _ in range(3):
        closes = (kinds[solid[here]] == CLOSE) | np.isin(codes[solid[here]], (0x22, 0x27, 0x29))
        here = np.where(closes & (here > first), here - 1, here)
    character = codes[solid[here]]
    before = kinds[solid[np.maximum(here - 1, first)]]
    western = np.isin(character, (0x2E, 0x21, 0x3F)) & ((before == LETTER) | (before == DIGIT) | (before == CLOSE))
    half_stop = np.isin(character, (0x2E, 0x21, 0x3F)) & ((before == HAN) | (before == CLOSE))
    return np.asarray((kinds[solid[here]] == STOP) | western | half_stop)
