"""Half-width punctuation inside Chinese made full width: only with Chinese beside it, only in Chinese lines."""

from __future__ import annotations

import numpy as np

from nqpf.text.cleaning.characters import (
    BLANK,
    CLOSE,
    DIGIT,
    HALF,
    HAN,
    LETTER,
    NEWLINE,
    Codes,
    Index,
    Kinds,
    Mask,
    chinese,
)

_FULL = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
_FAR = 6
"""Lines that a bracket may span."""


def full_width(codes: Codes, kinds: Kinds, line: Index, chinese_line: Mask) -> tuple[Index, Codes]:
    """Return the half-width marks that stand inside Chinese, and what they are in full width.

    A mark is inside Chinese when the line holds more Chinese characters than Latin letters and the nearest character
    on one side is Chinese; a comma or colon between two digits stays. A full stop needs Chinese before it and none of
    letters and digits after it. Brackets change in pairs. Quotation marks never change.

    Parameters
    ----------
    codes, kinds
        ``[N]`` code point and kind of each character.
    line
        ``int[N]`` the line of each character that could change; only those at marks are read.
    chinese_line
        ``bool[L]`` whether a line is a Chinese one.
    """
    half = np.flatnonzero(kinds == HALF)
    at = half[np.isin(codes[half], [ord(c) for c in ",:;?!."])]
    at = at[chinese_line[line_of(line, at)]]
    left, right = _beside(kinds, at)
    far_left, far_right = chinese(left), chinese(right)
    numbers = (left == DIGIT) & (right == DIGIT)
    stop = codes[at] == ord(".")
    word = (right == LETTER) | (right == DIGIT)
    doubled = _repeated(codes, at)
    change = np.where(stop, ((left == HAN) | (left == CLOSE)) & ~word & ~doubled, (far_left | far_right) & ~numbers)
    marks = at[change]
    table = {ord(half): ord(full) for half, full in _FULL.items()} | {ord("."): ord("。")}
    new = np.array([table[int(c)] for c in codes[marks]], dtype=np.uint32)
    pairs, round_new = _brackets(codes, kinds, half, line, chinese_line)
    return np.concatenate([marks, pairs]), np.concatenate([new, round_new])


def line_of(starts: Index, at: Index) -> Index:
    """Return the line each offset lies in."""
    return np.searchsorted(starts, at, side="right") - 1


def _beside(kinds: Kinds, at: Index) -> tuple[Kinds, Kinds]:
    """Return the kind before and after each mark, over blanks but not over the end of the line."""
    sides = []
    for step in (-1, 1):
        here = at + step
        for _ in range(3):
            inside = (here >= 0) & (here < len(kinds))
            blank = inside & (kinds[np.clip(here, 0, len(kinds) - 1)] == BLANK)
            here = np.where(blank, here + step, here)
        inside = (here >= 0) & (here < len(kinds))
        sides.append(np.where(inside, kinds[np.clip(here, 0, len(kinds) - 1)], np.uint8(NEWLINE)))
    return sides[0], sides[1]


def _repeated(codes: Codes, at: Index) -> Mask:
    """Return whether a mark has the same mark beside it, as in an ellipsis or a leader."""
    before = codes[np.maximum(at - 1, 0)] == codes[at]
    after = codes[np.minimum(at + 1, len(codes) - 1)] == codes[at]
    return np.asarray((before & (at > 0)) | (after & (at + 1 < len(codes))))


def _brackets(codes: Codes, kinds: Kinds, half: Index, line: Index, chinese_line: Mask) -> tuple[Index, Codes]:
    """Return round brackets that close within a few lines and have Chinese beside one of them."""
    at = half[np.isin(codes[half], [ord("("), ord(")")])]
    if len(at) < 2:
        return at[:0], codes[:0]
    lines = line_of(line, at)
    pair = (codes[at[:-1]] == ord("(")) & (codes[at[1:]] == ord(")")) & (lines[1:] - lines[:-1] <= _FAR)
    opens, closes = at[:-1][pair], at[1:][pair]
    beside = [chinese(side) for mark in (opens, closes) for side in _beside(kinds, mark)]
    chosen = np.logical_or.reduce(beside) & chinese_line[lines[:-1][pair]]
    opens, closes = opens[chosen], closes[chosen]
    new = np.repeat(np.array([ord("（"), ord("）")], dtype=np.uint32), [len(opens), len(closes)])
    return np.concatenate([opens, closes]), new
