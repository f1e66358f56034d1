"""Blanks that are a trace of type-setting: letter-spaced lines, blanks around full-width marks."""

from __future__ import annotations

import numpy as np

from nqpf.text.cleaning.characters import (
    BLANK,
    CLOSE,
    DIGIT,
    HAN,
    LETTER,
    MARK,
    NEWLINE,
    OPEN,
    STOP,
    Index,
    Kinds,
    Mask,
    chinese,
)


def letter_spacing(kinds: Kinds) -> tuple[Mask, Mask]:
    """Find the blanks of letter-spaced words and those that only move a full-width mark.

    A blank belongs to a letter-spaced word when Chinese characters stand on both sides of it, one of which is followed
    or preceded by another such blank (``修 好 新 路``); a wider blank within such a line parts two words and stays, as
    one blank. In a line that is letter-spaced as a whole digits are spaced too. Two characters that are a line by
    themselves are one word.

    Parameters
    ----------
    kinds
        ``uint8[N]`` kind of each character.

    Returns
    -------
    tuple
        ``bool[N]`` blanks of letter-spacing, ``bool[N]`` blanks before or after a full-width mark.
    """
    spaced, around = np.zeros(len(kinds), dtype=np.bool_), np.zeros(len(kinds), dtype=np.bool_)
    start, end = _gaps(kinds)
    if not len(start):
        return spaced, around
    left, right = kinds[start - 1], kinds[end]
    inner = chinese(left) & chinese(right)
    characters = inner & (left == HAN) & (right == HAN)
    length = end - start
    touches = (start[1:] == end[:-1] + 1) & inner[1:] & inner[:-1]
    before, after = np.append(False, touches), np.append(touches, False)
    chain = inner & (before | after)
    least = np.minimum(
        np.where(before, np.append(length[:1], length[:-1]), length),
        np.where(after, np.append(length[1:], length[-1:]), length),
    )
    pair = characters & _alone(kinds, start, end)
    parts = chain & (length > least) & characters
    loose = _spaced_out(kinds, start, end, chain) & ((left != LETTER) | (right != LETTER))
    _fill(spaced, start, end, (chain & ~parts) | pair | loose)
    _fill(spaced, start + 1, end, parts & (length > 1))
    marks = np.isin(left, (MARK, STOP, OPEN)) | np.isin(right, (MARK, STOP, CLOSE))
    _fill(around, start, end, inner & marks & ~chain)
    return spaced, around


def between_characters(kinds: Kinds, inside: Mask) -> Mask:
    """Return the blanks between two Chinese characters in the lines of running text that `inside` marks.

    Of several blanks beside a word of another script one stays.
    """
    found = np.zeros(len(kinds), dtype=np.bool_)
    start, end = _gaps(kinds)
    if len(start):
        between = chinese(kinds[start - 1]) & chinese(kinds[end])
        _fill(found, start, end, between & inside[start])
        _fill(found, start + 1, end, ~between & inside[start] & (end - start > 1))
    return found


def _gaps(kinds: Kinds) -> tuple[Index, Index]:
    """Return where each run of blanks inside a line begins and ends."""
    blank = np.concatenate([[False], kinds == BLANK, [False]])
    edges = np.flatnonzero(blank[1:] != blank[:-1])
    start, end = edges[::2], edges[1::2]
    within = (start > 0) & (end < len(kinds))
    start, end = start[within], end[within]
    within = (kinds[start - 1] != NEWLINE) & (kinds[end] != NEWLINE)
    return start[within], end[within]


def _alone(kinds: Kinds, start: Index, end: Index) -> Mask:
    """Return whether the characters beside each gap are the whole of their line."""
    size = len(kinds)
    opens = (start < 2) | (kinds[np.maximum(start - 2, 0)] == NEWLINE)
    closes = (end + 1 >= size) | (kinds[np.minimum(end + 1, size - 1)] == NEWLINE)
    return np.asarray(opens & closes)


def _spaced_out(kinds: Kinds, start: Index, end: Index, chain: Mask) -> Mask:
    """Return the single blanks of lines in which most neighbouring characters are spaced."""
    line = np.cumsum(kinds == NEWLINE)[start]
    size = int(line[-1]) + 1 if len(line) else 0
    gaps = np.bincount(line, weights=chain, minlength=size)
    solid = (kinds == HAN) | (kinds == DIGIT)
    together = np.flatnonzero(solid[1:] & solid[:-1])
    touching = np.bincount(np.cumsum(kinds == NEWLINE)[together], minlength=size)[:size] if len(together) else gaps * 0
    whole = (gaps >= 2) & (gaps >= 4 * touching)
    return np.asarray(whole[line] & (end - start == 1) & ~chain)


def _fill(mask: Mask, start: Index, end: Index, chosen: Mask) -> None:
    """Set `mask` over the chosen spans, which do not overlap."""
    first, last = start[chosen], end[chosen]
    size = last - first
    if not len(size):
        return
    offsets = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    mask[np.repeat(first, size) + offsets] = True
