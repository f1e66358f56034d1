"""Pairs of neighbouring characters as words of a full-text index.

Each character is written as four letters or digits, so that the tokeniser of the index neither knows nor changes any
script: what is found depends on nothing but the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nqpf.text.cleaning.search_key import Codes

WIDTH = 9
"""Bytes of a pair: four a character, and a blank."""
WINDOW = 8192
"""Pairs that make one entry of the index, so that a text without paragraphs does not become a giant one."""
LONGEST = 32
"""Characters of a query that are looked up; entries overlap by as many, and the rest is compared in the text."""
ALPHABET = b"0123456789abcdefghijklmnopqrstuvwxyz"


def words_of(codes: Codes) -> bytes:
    """Return the pairs of a key, `WIDTH` bytes each.

    Examples
    --------
    >>> words_of(np.array([48, 49, 50], dtype=np.uint32))
    b'001c001d 001d001e '
    """
    written = _written()[codes]
    pairs = np.full((max(len(codes) - 1, 0), WIDTH), ord(" "), dtype=np.uint8)
    pairs[:, :4] = written[:-1]
    pairs[:, 4:8] = written[1:]
    return pairs.tobytes()


def entries(codes: Codes) -> Iterator[str]:
    """Yield what is indexed of the key of a block: all its pairs, or windows of them that overlap."""
    for start in range(0, max(len(codes) - LONGEST, 1), WINDOW):
        yield words_of(codes[start : start + WINDOW + LONGEST]).decode("ascii")


def phrase(codes: Codes) -> str:
    """Return what to look up for a query of two characters or more."""
    return f'"{words_of(codes[:LONGEST]).decode("ascii").strip()}"'


@cache
def _written() -> NDArray[np.uint8]:
    code = np.arange(0x110000)
    digits = np.frombuffer(ALPHABET, dtype=np.uint8)
    return np.stack([digits[code // 36**place % 36] for place in (3, 2, 1, 0)], axis=1)
