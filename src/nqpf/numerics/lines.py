"""The lines of a text in one reading: where each begins and ends, how wide it is, what it consists of.

A text is an array of code points beside one of kinds of character (small whole numbers); what a kind means is the
caller's affair.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Codes = NDArray[np.uint32]
Small = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]


@compiled
def occupied(kinds: Small, keep: Mask, void: Mask, starts: Index) -> tuple[Index, Index, Index]:
    """Return the lines that hold anything: their numbers, and the offsets of the first and last character they hold.

    Parameters
    ----------
    kinds, keep
        ``uint8[N]`` kind of each character, ``bool[N]`` whether it is left.
    void
        ``bool[K]`` which kinds are nothing, as blanks are.
    starts
        ``int64[L]`` offset of the first character of each line.
    """
    number = np.empty(len(starts), np.int64)
    first = np.empty(len(starts), np.int64)
    last = np.empty(len(starts), np.int64)
    found = 0
    for i in range(len(starts)):
        low = starts[i]
        high = (starts[i + 1] if i + 1 < len(starts) else len(kinds)) - 1
        while low <= high and (not keep[low] or void[kinds[low]]):
            low += 1
        while low < high and (not keep[high] or void[kinds[high]]):
            high -= 1
        if low <= high:
            number[found], first[found], last[found] = i, low, high
            found += 1
    return number[:found].copy(), first[:found].copy(), last[:found].copy()


@compiled
def totals(codes: Codes, kinds: Small, keep: Mask, width: Small, first: Index, last: Index, size: int) -> Index:
    """Return how many characters of each kind are left in each line, and the sum of their widths.

    Parameters
    ----------
    codes, kinds, keep
        ``uint32[N]`` characters, ``uint8[N]`` the kind of each, ``bool[N]`` whether it is left.
    width
        ``uint8[C]`` width of each code point.
    first, last
        ``int64[M]`` first and last character of each line.
    size
        Number of kinds K.

    Returns
    -------
    Index
        ``int64[K + 1, M]``, the widths last.
    """
    found = np.zeros((size + 1, len(first)), np.int64)
    line = np.zeros(size + 1, np.int64)
    for m in range(len(first)):
        line[:] = 0
        for i in range(first[m], last[m] + 1):
            if keep[i]:
                line[kinds[i]] += 1
                line[size] += width[codes[i]]
        found[:, m] = line
    return found


@compiled
def solid_ends(kinds: Small, keep: Mask, void: Mask, first: Index, last: Index, size: int) -> Index:
    """Return ``int64[size, M]`` the last characters that each line holds, from its end; the first one again if fewer.

    See `occupied` for what is passed.
    """
    found = np.empty((size, len(first)), np.int64)
    for m in range(len(first)):
        at = last[m]
        found[0, m] = at
        for k in range(1, size):
            before = at - 1
            while before > first[m] and (not keep[before] or void[kinds[before]]):
                before -= 1
            at = max(before, first[m])
            found[k, m] = at
    return found


@compiled
def first_units(
    codes: Codes,
    kinds: Small,
    keep: Mask,
    width: Small,
    first: Index,
    last: Index,
    role: Small,
    most: NDArray[np.int64],
) -> Index:
    """Return the width of what cannot be parted at the start of each line: ``int64[M]``.

    That is opening marks, then a character or word, then marks that cling to it.

    Parameters
    ----------
    codes, kinds, keep, width, first, last
        See `totals`.
    role
        ``uint8[K]`` of each kind: 0 nothing, 1 opens, 2 is part of a word, 3 clings to what stands before, 4 other.
    most
        ``int64[3]`` most opening marks, further characters of a word, and clinging marks.
    """
    found = np.zeros(len(first), np.int64)
    for m in range(len(first)):
        stage, count, word = 0, 0, False
        for i in range(first[m], last[m] + 1):
            what = role[kinds[i]]
            if not keep[i] or what == 0:
                continue
            if stage == 0 and not (what == 1 and count < most[0]):
                stage, count, word = 1, -1, what == 2
            elif stage == 1 and not (word and what == 2 and count < most[1]):
                stage, count = 2, 0
            if stage == 2 and not (what == 3 and count < most[2]):
                break
            count += 1
            found[m] += width[codes[i]]
    return found


@compiled
def widths(codes: Codes, width: Small, start: Index, end: Index) -> Index:
    """Return the sum of the widths of all characters from each start to its end: ``int64[M]``."""
    found = np.zeros(len(start), np.int64)
    for m in range(len(start)):
        for i in range(start[m], end[m]):
            found[m] += width[codes[i]]
    return found
