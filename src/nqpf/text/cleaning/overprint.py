"""Words that a page holds twice because they were printed over each other to look bold."""

from __future__ import annotations

import numpy as np

from nqpf.text.cleaning.characters import Codes, Mask
from nqpf.text.cleaning.lines import Lines

_WIDEST = 120
_SHORTEST = 4
"""Characters that a repeated heading has at least; shorter ones are words such as 研究研究."""


def overprinted(text: str, codes: Codes, lines: Lines) -> list[tuple[int, int]]:
    """Return the spans of offsets that repeat what stands before them.

    Three forms are known: a line that is the same words twice or more (``修桥铺路修桥铺路``), a line in which every
    character is doubled (``林林 山山``), and a heading that stands in two lines one right below the other. A word of
    four characters may be doubled by nature (``实实在在``): it counts only beside another doubled line.

    Parameters
    ----------
    text, codes
        The raw text and its code points.
    lines
        Its lines.
    """
    found: list[tuple[int, int]] = []
    doubled = -2
    likely = (lines.stops == 0) & ~lines.ended & (lines.long <= _WIDEST) & (lines.long >= 4)
    for i in np.flatnonzero(likely & _begins_again(codes, lines)).tolist():
        first, last = int(lines.first[i]), int(lines.last[i])
        words = text[first : last + 1]
        repeats = _period(words, first) or _pairs(words, first, doubled == i - 1)
        if repeats:
            doubled = i
            found += repeats
    return found + _twice(text, lines)


def _begins_again(codes: Codes, lines: Lines) -> Mask:
    """Return which lines have their first character a second time where a repetition would begin."""
    first, size = lines.first, lines.last - lines.first + 1
    found = codes[first] == codes[np.minimum(first + 1, len(codes) - 1)]
    for parts in (2, 3, 4):
        for shift in (0, 1):
            found |= codes[first] == codes[np.minimum(first + (size + shift * (parts - 1)) // parts, len(codes) - 1)]
    return np.asarray(found)


def _period(words: str, at: int) -> list[tuple[int, int]]:
    """Return the copies if `words` is one phrase again and again."""
    solid = "".join(words.split())
    size = (solid + solid).find(solid, 1)
    if not _SHORTEST <= size < len(solid):
        return []
    places = [i for i, character in enumerate(words) if not character.isspace()]
    return [(at + places[size - 1] + 1, at + len(words))]


def _pairs(words: str, at: int, beside: bool) -> list[tuple[int, int]]:
    """Return the second of each pair if every character of `words` is doubled."""
    if words[0] != words[1]:
        return []
    parts = words.split()
    if any(len(part) % 2 or part[::2] != part[1::2] for part in parts):
        return []
    solid = "".join(parts)
    sure = len(solid) >= 6 or (len(solid) >= 4 and beside)
    if not sure or len(set(solid)) < 2:
        return []
    spans, k = [], 0
    for i, character in enumerate(words):
        if not character.isspace():
            if k % 2:
                spans.append((at + i, at + i + 1))
            k += 1
    return spans


def _twice(text: str, lines: Lines) -> list[tuple[int, int]]:
    """Return the second of two equal headings that stand right below each other."""
    near = (lines.blanks[:-1] == 0) & (lines.han[:-1] >= 6) & ~lines.ended[:-1] & (lines.marks[:-1] == 0)
    near &= (lines.wide[:-1] == lines.wide[1:]) & (lines.han[:-1] == lines.han[1:])
    found = []
    for i in np.flatnonzero(near).tolist():
        here = text[lines.first[i] : lines.last[i] + 1]
        if here == text[lines.first[i + 1] : lines.last[i + 1] + 1]:
            found.append((int(lines.last[i]) + 1, int(lines.last[i + 1]) + 1))
    return found
