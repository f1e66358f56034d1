"""The lines of a page as arrays: where they stand, how wide they are set, how they begin and end."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.lines import first_units, occupied, solid_ends, totals, widths
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

_KINDS = 11
_BACK = 3
"""Closing marks after the end of a sentence, at most."""
_MOST = np.array([2, 14, 2])
"""Opening marks, further characters of a word and marks behind it that cannot be parted, at most."""


def _those(*kinds: int) -> Mask:
    return np.isin(np.arange(_KINDS), kinds)


_VOID, _CLINGS, _SAID = _those(BLANK, NEWLINE), _those(MARK, STOP, CLOSE), _those(LETTER, DIGIT, CLOSE, HAN)
_ROLE = np.full(_KINDS, 4, dtype=np.uint8)
_ROLE[[BLANK, NEWLINE]], _ROLE[OPEN], _ROLE[[LETTER, DIGIT]], _ROLE[[CLOSE, MARK, STOP, HALF]] = 0, 1, 2, 3


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
    solid, han, letters, digits, marks, stops
        ``int[M]`` number of characters that are no blanks, and of these kinds; marks are punctuation within a sentence.
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
    solid: Index
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
        number, first, last = occupied(kinds, keep, _VOID, starts)
        count = totals(codes, kinds, keep, width_table(), first, last, len(_VOID))
        units = first_units(codes, kinds, keep, width_table(), first, last, _ROLE, _MOST)
        return cls(
            number=number,
            first=first,
            last=last,
            wide=count[-1] / 2.0,
            long=count[:-1].sum(axis=0).astype(np.float64),
            need=units / 2.0,
            solid=count[:-1][~_VOID].sum(axis=0),
            han=count[HAN],
            letters=count[LETTER],
            digits=count[DIGIT],
            marks=count[MARK],
            stops=count[STOP],
            ended=_ended(codes, kinds, solid_ends(kinds, keep, _VOID, first, last, _BACK + 2), first),
            clings=_CLINGS[kinds[first]],
            hangs=(kinds[last] >= MARK) & (kinds[last] <= CLOSE),
            blanks=np.diff(number, append=number[-1:] + 1) - 1,
            indent=widths(codes, width_table(), starts[number], first) / 2.0,
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


def _ended(codes: Codes, kinds: Kinds, ends: Index, first: Index) -> Mask:
    """Return whether each line ends a sentence, be the last characters closing marks or not.

    Parameters
    ----------
    codes, kinds
        ``[N]`` characters and their kinds.
    ends
        ``int[B, M]`` last characters of each line, from its end.
    first
        ``int[M]`` its first.
    """
    here, before = ends[0], ends[1]
    for back in range(1, _BACK + 1):
        closes = (here == ends[back - 1]) & (here > first) & _closes(codes, kinds, here)
        here, before = np.where(closes, ends[back], here), np.where(closes, ends[back + 1], before)
    half = np.isin(codes[here], (0x2E, 0x21, 0x3F))
    return np.asarray((kinds[here] == STOP) | (half & _SAID[kinds[before]]))


def _closes(codes: Codes, kinds: Kinds, at: Index) -> Mask:
    return np.asarray((kinds[at] == CLOSE) | np.isin(codes[at], (0x22, 0x27, 0x29)))
