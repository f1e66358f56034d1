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
    inside,
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


def between_characters(kinds: Kinds, first: Index, last: Index) -> Index:
    """Return the blanks between two Chinese characters in some lines, by their `first` and `last` characters.

    Of several blanks beside a word of another script one stays.
    """
    start, end = _gaps(kinds)
    line = np.searchsorted(first, start, side="right") - 1
    here = (line >= 0) & (start <= np.append(last, -1)[line])
    start, end = start[here], end[here]
    return inside(start + ~(chinese(kinds[start - 1]) & chinese(kinds[end])), end)


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
    newline = np.flatnonzero(kinds == NEWLINE)
    line = np.searchsorted(newline, start)
    gaps = np.bincount(line, weights=chain)
    some = np.flatnonzero(gaps >= 2)
    if not len(some):
        return np.zeros(len(start), dtype=np.bool_)
    edges = np.concatenate([[0], newline, [len(kinds)]])
    solid = (kinds == HAN) | (kinds == DIGIT)
    touching = np.append(solid[1:] & solid[:-1], False)
    bounds = np.minimum(np.column_stack([edges[some], edges[some + 1]]).ravel(), len(kinds) - 1)
    whole = np.zeros(len(gaps), dtype=np.bool_)
    whole[some] = gaps[some] >= 4 * np.add.reduceat(touching, bounds, dtype=np.int64)[::2]
    return np.asarray(whole[line] & (end - start == 1) & ~chain)


def _fill(mask: Mask, start: Index, end: Index, chosen: Mask) -> None:
    """Set `mask` over the chosen spans, which do not overlap."""
    mask[inside(start[chosen], end[chosen])] = True
