"""The search key of a text: its characters without punctuation and blanks, of one width and in small letters.

Only keys are folded in this way, never a text; every character of a key knows where it stands in its text. Signs
between two digits (3.6, 2023-09-07) belong to the number and stay.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Integers = NDArray[np.int64]

KEPT = ("%", "‰")
"""Punctuation that is part of a number."""


def codes_of(text: str) -> Codes:
    """Return the characters of a text as numbers; halves of surrogate pairs keep their own."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(codes: Codes) -> str:
    """Return numbers as characters."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _table() -> Codes:
    """Return what each character is in a key; 0 where it is left out."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for c in [*range(0x3400), *range(0xA000, 0xA4D0), *range(0xF900, 0x10000), *range(0x1D400, 0x1D800)]:
        char = chr(c)
        plain = unicodedata.normalize("NFKC", char).lower()
        if unicodedata.category(char)[0] in "PZC" and plain not in KEPT:
            table[c] = 0
        elif len(plain) == 1:
            table[c] = ord(plain)
    return table


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """The key of a text.

    Attributes
    ----------
    codes
        ``uint32[K]`` its characters as numbers.
    origin
        ``int64[K]`` where each stands in the text.
    """

    codes: Codes
    origin: Integers

    @classmethod
    def of(cls, text: str) -> Key:
        """Return the key of a text."""
        raw = codes_of(text)
        folded = _table()[raw]
        digit = (folded >= ord("0")) & (folded <= ord("9"))
        kept = folded != 0
        if digit.any():
            inside = np.zeros(len(raw), bool)
            inside[1:-1] = digit[:-2] & digit[2:] & ~kept[1:-1] & (raw[1:-1] > ord(" "))
            folded = np.where(inside, raw, folded)
            kept |= inside
        at = np.flatnonzero(kept)
        return cls(folded[at], at)

    @property
    def text(self) -> str:
        """The key as a string."""
        return text_of(self.codes)

    def __len__(self) -> int:
        return len(self.codes)


def keys_of(texts: Sequence[str]) -> tuple[Codes, Integers]:
    """Return the keys of many texts, one after the other, and ``int64[D + 1]`` where each begins."""
    sizes = np.fromiter((len(t) for t in texts), np.int64, len(texts))
    key = Key.of("\x00".join(texts))
    ends = np.cumsum(sizes + 1) - 1
    starts = np.concatenate(([0], np.searchsorted(key.origin, ends))).astype(np.int64)
    return key.codes, starts
