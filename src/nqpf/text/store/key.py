"""What a search compares: characters of one width, small letters, simplified forms, no blanks inside Chinese.

Only keys are folded, never a text; every character of a key knows where it stands in its text. ``loose`` keys also go
without punctuation (signs within a number stay), and are what the index is made of: whatever matches in a stricter way
matches loosely.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
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
BLANK, GONE = 0x20, 0x10FFFF + 1
ONE_FORM = ((0x2E80, 0x2FDF), (0x3000, 0x3000), (0xF900, 0xFAFF), (0xFF01, 0xFF60), (0x2F800, 0x2FA1F))
"""Radicals, compatibility ideographs and full-width signs, which Unicode maps to one usual character."""
HAN = ((0x3400, 0x9FFF), (0x20000, 0x2A6DF))
SIGNED = 0x20000
"""Code points below this may be punctuation; above there are ideographs and tags."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """The key of a text: ``uint32[K]`` its characters, ``int64[K]`` where each stands in the text."""

    codes: Codes
    origin: Places

    @property
    def text(self) -> str:
        """The key as a string."""
        return text_of(self.codes)


def key_of(text: str, match: Match) -> Key:
    """Return the key by which a text is compared; ``exact`` is the text itself.

    Examples
    --------
    >>> key_of("Ａ股 与 “新 质”", "folded").text, key_of("新质，3.6%。", "loose").text
    ('a股与“新质”', '新质3.6%')
    """
    codes = codes_of(text)
    if match == "exact":
        return Key(codes, np.arange(len(codes)))
    folded = _folded(codes)
    return folded if match == "folded" else _without_punctuation(folded)


def traditional() -> bool:
    """Say whether traditional characters are folded to simplified ones, which takes opencc."""
    return _simplified() is not None


def _folded(codes: Codes) -> Key:
    plain = _one_form()[codes]
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


def _without_punctuation(key: Key) -> Key:
    kept = ~_signs()[np.minimum(key.codes, SIGNED)]
    digit = (key.codes >= ord("0")) & (key.codes <= ord("9"))
    kept[1:-1] |= digit[:-2] & digit[2:] & (key.codes[1:-1] != BLANK)
    return Key(key.codes[kept], key.origin[kept])


@cache
def _one_form() -> Codes:
    """Return what each character is in a key."""
    table = np.arange(GONE, dtype=np.uint32)
    for code in range(SIGNED):
        char = chr(code)
        small = char.lower()
        if len(small) == 1:
            table[code] = ord(small)
        if char.isspace() or char == "\u200b":
            table[code] = BLANK
        elif unicodedata.category(char) == "Cf":
            table[code] = GONE
    for first, last in ONE_FORM:
        for code in range(first, last + 1):
            usual = unicodedata.normalize("NFKC", chr(code)).lower()
            if len(usual) == 1:
                table[code] = ord(usual)
    simplified = _simplified()
    return table if simplified is None else np.where(table < GONE, simplified[np.minimum(table, GONE - 1)], table)


@cache
def _simplified() -> Codes | None:
    """Return the simplified form of each character taken alone; None without opencc."""
    try:
        import opencc  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        return None
    table = np.arange(GONE, dtype=np.uint32)
    converter = opencc.OpenCC("t2s")
    for first, last in HAN:
        # Line ends keep words out of it: a character must fold alike wherever it stands.
        forms = converter.convert("\n".join(map(chr, range(first, last + 1)))).split("\n")
        table[first : last + 1] = [ord(form) if len(form) == 1 else first + i for i, form in enumerate(forms)]
    return table


@cache
def _signs() -> NDArray[np.bool_]:
    """Return which characters are punctuation or blanks, percent signs apart."""
    table = np.zeros(SIGNED + 1, dtype=bool)
    for code in range(1, SIGNED):
        table[code] = unicodedata.category(chr(code))[0] in "PZC" and chr(code) not in "%‰"
    return table
