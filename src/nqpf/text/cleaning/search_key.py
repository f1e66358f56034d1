"""The key of a text: what it is searched and compared by, in search, quotations and duplicates alike; never shown.

Characters have one form in a key: half-width, small, simplified. Only keys are folded, never a text, and every
character of a key knows where it stands in its text. A ``loose`` key also goes without punctuation and blanks; whatever
matches in a stricter way matches loosely. Traditional characters become simplified ones by a table of our own (those of
everyday use, of names and of the elements), so that a key is the same on every machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import chinese, codes_of, kind_table, text_of

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
Match = Literal["exact", "folded", "loose"]
MATCHES: tuple[Match, ...] = get_args(Match)

PARTED = "\0"
"""Stands between texts that are folded together; nothing matches across it."""
BLANK, GONE = 0x20, 0x110000
FORMED = ((0, 0x3400), (0xA000, 0xA4D0), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x2F800, 0x2FA20))
"""Where characters stand that have a usual form, or are signs: the rest are ideographs and letters of other scripts."""
KEPT = "%‰"
"""Punctuation that is part of a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """The key of a text: ``uint32[K]`` its characters as numbers, ``int64[K]`` where each stands in the text."""

    codes: Codes
    origin: Places

    @property
    def text(self) -> str:
        """The key as a string."""
        return text_of(self.codes)

    def __len__(self) -> int:
        return len(self.codes)


def search_key(text: str) -> str:
    """Return a text with every character in its one form: same length, blanks and punctuation where they were.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> search_key("事業的先鋒，ＡＢＣ")
    '事业的先锋,abc'
    """
    return text.translate(_forms())


def key_of(text: str, match: Match = "loose") -> Key:
    """Return the key by which a text is compared; ``exact`` is the text itself.

    ``folded`` goes without blanks inside Chinese, several others being one. ``loose`` goes without all blanks and
    punctuation; signs between two digits (3.6, 2023-09-07) belong to the number and stay.

    Examples
    --------
    >>> key_of("Ａ股 与 “新 質”", "folded").text, key_of("新质，3.6%。", "loose").text
    ('a股与“新质”', '新质3.6%')
    """
    codes = codes_of(text)
    if match == "exact":
        return Key(codes, np.arange(len(codes)))
    plain = _one_form()[codes]
    return _loose(plain) if match == "loose" else _folded(codes, plain)


def keys_of(texts: Sequence[str]) -> tuple[Codes, Places]:
    """Return the loose keys of D texts, one after the other, and ``int64[D + 1]`` where each begins.

    `PARTED` within a text, which no text that people write holds, goes like a blank.
    """
    codes = key_of(PARTED.join(text.replace(PARTED, " ") for text in texts)).codes
    parted = codes == ord(PARTED)
    ends = np.flatnonzero(parted)
    starts = [0, *(ends - np.arange(len(ends))).tolist(), len(codes) - len(ends)]
    return codes[~parted], np.array(starts[: len(texts) + 1], dtype=np.int64)


def _loose(plain: Codes) -> Key:
    kept = ~_signs()[plain]
    digit = (plain >= ord("0")) & (plain <= ord("9"))
    inside = digit[:-2] & digit[2:] & (plain[1:-1] != BLANK) & (plain[1:-1] != GONE)
    kept[1:-1] |= inside
    at = np.flatnonzero(kept)
    return Key(plain[at], at)


def _folded(codes: Codes, plain: Codes) -> Key:
    solid = np.flatnonzero((plain != BLANK) & (plain != GONE))
    gaps = np.flatnonzero(np.diff(solid) > 1)
    before, after = solid[gaps], solid[gaps + 1]
    inside = chinese(kind_table()[codes[before]]) & chinese(kind_table()[codes[after]])
    alone = (codes[before] == ord(PARTED)) | (codes[after] == ord(PARTED))
    blanks = np.cumsum(plain[: solid[-1] + 1] == BLANK) if gaps.size else np.zeros(0, dtype=np.int64)
    kept = gaps[~inside & ~alone & (blanks[after] > blanks[before])]
    if not kept.size:
        return Key(plain[solid], solid)
    shift = np.zeros(len(solid), dtype=np.int64)
    shift[kept + 1] = 1
    at = np.arange(len(solid)) + np.cumsum(shift)
    found = np.full(len(solid) + len(kept), BLANK, dtype=np.uint32)
    origin = np.empty(len(found), dtype=np.int64)
    found[at], origin[at] = plain[solid], solid
    origin[at[kept] + 1] = solid[kept] + 1
    return Key(found, origin)


@cache
def _one_form() -> Codes:
    """Return what each character is in a key; `GONE` for those that nobody sees."""
    table = np.arange(GONE + 1, dtype=np.uint32)
    for first, last in FORMED:
        for code in range(first, last):
            char = chr(code)
            usual = unicodedata.normalize("NFKC", char).lower()
            if len(usual) == 1:
                table[code] = ord(usual)
            if char.isspace() or char == "\u200b":
                table[code] = BLANK
            elif unicodedata.category(char) == "Cf":
                table[code] = GONE
    pairs = resources.files(__package__).joinpath("traditional.txt").read_text(encoding="utf-8").split()
    simplified = {ord(pair[0]): ord(pair[1]) for pair in pairs}
    table[list(simplified)] = list(simplified.values())
    table.setflags(write=False)
    return table


@cache
def _forms() -> dict[int, int]:
    """Return the one form of each character that has another; line ends and unseen characters stay as they are."""
    table = _one_form()
    other = np.flatnonzero((table != np.arange(len(table))) & (table != GONE))
    return {code: form for code, form in zip(other.tolist(), table[other].tolist(), strict=True) if code > BLANK}


@cache
def _signs() -> NDArray[np.bool_]:
    """Return which forms are punctuation, blanks or nothing."""
    table = np.zeros(GONE + 1, dtype=bool)
    for first, last in FORMED:
        for code in range(first, last):
            table[code] = unicodedata.category(chr(code))[0] in "PZC" and chr(code) not in KEPT
    table[ord(PARTED)], table[GONE] = False, True
    table.setflags(write=False)
    return table
