"""Paragraphs that a page or column break has cut: joined unless quotation marks or words show they do not belong."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from nqpf.text.cleaning.characters import DIGIT, HALF, HAN, LETTER, OPEN, Codes, Index, Kinds, Mask
from nqpf.text.cleaning.lines import Lines
from nqpf.text.cleaning.wrapping import Wrapping

_QUOTES = re.compile(r"[“”「」『』]")
_OPENING = "“「『"
_LONGEST = 30
_ASIDE = 30
"""Paragraphs before and after a break among which the end of its sentence is looked for."""
_ACROSS = 2
_KEY = 12
"""Characters by which a paragraph is known again."""
_AROUND = 15_000
"""Characters around a break within which the words across it are looked for."""
_MEMORY = 5000
"""Characters of a paragraph that are looked back over."""


@dataclass(frozen=True, slots=True, eq=False)
class Joins:
    """How lines become paragraphs.

    Attributes
    ----------
    ends
        ``bool[M]`` whether a paragraph ends with the line.
    prose
        ``bool[M]`` whether the line belongs to a paragraph of running text.
    repeated
        Spans of offsets that repeat the end of the line before.
    conflicts
        Places in the lines where a sentence is cut and what follows is not its end.
    """

    ends: Mask
    prose: Mask
    repeated: tuple[tuple[int, int], ...]
    conflicts: tuple[int, ...]


def join(text: str, codes: Codes, kinds: Kinds, lines: Lines, looks: Wrapping, apart: Mask, closed: Mask) -> Joins:
    """Join what a page break has cut.

    Parameters
    ----------
    text, codes, kinds
        The raw text, its code points and their kinds.
    lines
        Its lines.
    looks
        How they follow each other by the look of the page.
    apart
        ``bool[M]`` lines that begin a paragraph for sure.
    closed
        ``bool[M]`` lines after which nothing can be joined.
    """
    ends = looks.ends.copy()
    first = np.flatnonzero(np.append(True, ends[:-1])[: len(lines)])
    last = np.append(first[1:] - 1, len(lines) - 1)[: len(first)]
    prose = _prose(lines, first, last)
    cut = prose[:-1] & prose[1:] & ~lines.ended[last[:-1]] & ~apart[first[1:]] & ~closed[last[:-1]]
    repeated = _repeated_at_wraps(text, codes, kinds, lines, ends)
    cuts = np.flatnonzero(cut).tolist()
    elsewhere = _elsewhere(text, lines, first, last, prose, cuts)
    claimed = set(elsewhere.values())
    conflicts, head = [], -1
    for k in cuts:
        head = head if k > 0 and head >= 0 and not ends[last[k - 1]] else k
        end = int(lines.last[last[k]]) + 1
        tail = text[max(int(lines.first[first[head]]), end - _MEMORY) : end]
        follows = text[lines.first[first[k + 1]] : lines.last[last[k + 1]] + 1]
        if k in elsewhere or k + 1 in claimed or _conflict(tail, follows):
            conflicts.append(int(last[k]))
            continue
        ends[last[k]] = False
        size = _overlap(text, tail, follows)
        if size:
            at = int(lines.first[first[k + 1]])
            repeated.append((at, at + size))
    ends[_twins(text, lines, ends, apart)] = False
    in_prose = np.repeat(prose, last - first + 1)
    return Joins(ends, in_prose, tuple(repeated), tuple(conflicts))


def _twins(text: str, lines: Lines, ends: Mask, apart: Mask) -> list[int]:
    """Return the ends of paragraphs that are none where the same words stand a second time, unbroken."""
    first = np.flatnonzero(np.append(True, ends[:-1])[: len(lines)])
    last = np.append(first[1:] - 1, len(lines) - 1)[: len(first)]
    size = lines.last[last] + 1 - lines.first[first]
    long, sizes = (size > 2 * _KEY + 1).tolist(), size.tolist()
    starts, ends_at = lines.first[first].tolist(), (lines.last[last] + 1).tolist()
    seen: dict[str, int] = {}
    found = []
    for k, start in enumerate(starts):
        if not long[k]:
            continue
        j = seen.setdefault(text[start : start + _KEY], k)
        for a, b in ((j, k), (k, j)) if j < k else ():
            longer = sizes[b] >= sizes[a] + _KEY and a + 1 < len(starts)
            if longer and not apart[first[a + 1]] and _broken(text, starts, ends_at, a, b):
                found.append(int(last[a]))
        seen[text[start : start + _KEY]] = k
    return found


def _broken(text: str, starts: list[int], ends: list[int], a: int, b: int) -> bool:
    """Return whether paragraph b is paragraph a and the beginning of the one after it."""
    short, whole = ("".join(text[starts[k] : ends[k]].split()) for k in (a, b))
    follows = "".join(text[starts[a + 1] : ends[a + 1]].split())[:_KEY]
    return len(follows) == _KEY and whole.startswith(short[:-1]) and whole[len(short) :].startswith(follows)


def needs_blank(kinds: Kinds, lines: Lines, ends: Mask, exact: bool) -> Mask:
    """Return after which lines a blank must stay: between words of a Western script, not inside Chinese."""
    if len(lines) < 2:
        return np.zeros(len(lines), dtype=np.bool_)
    left, right = kinds[lines.last[:-1]], kinds[lines.first[1:]]
    western = (lines.letters[:-1] > lines.han[:-1]) & (lines.letters[1:] >= lines.han[1:])
    words = (left == LETTER) & (right == LETTER) & (not exact)
    outside = np.isin(left, (LETTER, DIGIT, HALF)) | (left < HAN) | (left > OPEN)
    follows = np.isin(right, (LETTER, DIGIT)) | (right < HAN) | (right == OPEN)
    needs = ~ends[:-1] & (words | (western & outside & follows))
    return np.append(needs, False)


def kept_blank(kinds: Kinds, lines: Lines, ends: Mask) -> tuple[Mask, Index]:
    """Return after which lines the file has a blank between a Chinese character and a word, and where it stands."""
    size = len(lines)
    if size < 2:
        return np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.int64)
    after, before = lines.last[:-1] + 1, lines.first[1:] - 1
    left, right = kinds[lines.last[:-1]], kinds[lines.first[1:]]
    words = (LETTER, DIGIT)
    mixed = (np.isin(left, words) & (right == HAN)) | ((left == HAN) & np.isin(right, words))
    trailing, leading = kinds[after] == 2, (kinds[before] == 2) & (lines.indent[1:] <= 0.5)
    kept = ~ends[:-1] & mixed & (trailing | leading)
    return np.append(kept, False), np.append(np.where(trailing, after, before), 0)


def _prose(lines: Lines, first: Index, last: Index) -> Mask:
    """Return which runs of lines are running text: a sentence ends in them, or they are long."""
    if not len(first):
        return np.zeros(0, dtype=np.bool_)
    stops = np.add.reduceat(lines.stops, first)
    marks = np.add.reduceat(lines.marks, first)
    wide = np.add.reduceat(lines.wide, first)
    western = np.add.reduceat(lines.letters, first) > np.add.reduceat(lines.han, first)
    finished = lines.ended[last] & (wide > 4)
    broken = (marks > 0) & (last > first)
    return np.asarray((stops > 0) | finished | (marks > 2) | broken | (wide > 45) | (western & (wide > 24)))


def _conflict(tail: str, follows: str) -> bool:
    """Return whether quotation marks show that `follows` does not continue `tail`."""
    depth = 0
    for mark in _QUOTES.findall(tail):
        depth = depth + 1 if mark in _OPENING else max(depth - 1, 0)
    first = _QUOTES.search(follows)
    if first is None:
        return False
    closes = first[0] not in _OPENING
    return closes if depth == 0 else not closes


def _elsewhere(text: str, lines: Lines, first: Index, last: Index, prose: Mask, cuts: list[int]) -> dict[int, int]:
    """Return the runs of lines that go on elsewhere than in the next one, and where.

    The words across the break stand nowhere nearby, but those across to another run do: all four characters, or, where
    that run follows on a break too, both words of three.

    Parameters
    ----------
    text, lines
        The raw text and its lines.
    first, last
        ``int[R]`` first and last line of each run of lines that belong together.
    prose
        ``bool[R]`` which runs are running text.
    cuts
        The runs that break off.
    """
    found: dict[int, int] = {}
    begins, after = lines.first[first].tolist(), {cut + 1 for cut in cuts}
    for k in cuts:
        end = int(lines.last[last[k]]) + 1
        tail = text[end - 2 : end]
        if lines.blanks[last[k]] == 0 or not _solid(tail) or goes_on(text, end, begins[k + 1]):
            continue
        low, high = max(end - _AROUND, 0), end + _AROUND
        for j in range(max(k - _ASIDE, 0), min(k + _ASIDE, len(begins))):
            words = tail + text[begins[j] : begins[j] + 2]
            if j == k + 1 or not prose[j] or not _solid(words[:3]) or words[:2] == words[2:]:
                continue
            both = j in after and goes_on(text, end, begins[j], need=_ACROSS) == _ACROSS
            if both or text.find(words, low, high) >= 0:
                found[k] = j
                break
    return found


def goes_on(text: str, end: int, head: int, need: int = 1) -> int:
    """Return how many of the two words of three characters across a break stand elsewhere nearby.

    Characters that stand on both sides of the break, as where columns overlap, count as two words.

    Parameters
    ----------
    text
        A text.
    end, head
        Offset after the last character before the break, and of the first one after it.
    need
        With two, the answer may be 0 as soon as one of the words is not found.
    """
    low, high = max(end - _AROUND, 0), end + _AROUND
    tail, follows = text[max(end - 2, 0) : end], text[head : head + 2]
    if tail == follows:
        return _ACROSS
    found = 0
    for word in (tail + follows[:1], tail[-1:] + follows):
        found += _solid(word) and text.find(word, low, high) >= 0
        if not found and need == _ACROSS:
            return 0
    return found


def _overlap(text: str, tail: str, follows: str) -> int:
    """Return how many characters `follows` repeats of the end of `tail`."""
    for size in range(min(_LONGEST, len(tail), len(follows)), 1, -1):
        if tail.endswith(follows[:size]) and _solid(follows[:size]):
            return size
    twin = tail[-1:] == follows[:1] and _solid(follows[:1]) and follows[1:2] in "，。；、：！？”）"
    return int(bool(follows[1:2]) and twin and tail[-1] * 2 not in text)


def _solid(words: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" for c in words)


def _repeated_at_wraps(text: str, codes: Codes, kinds: Kinds, lines: Lines, ends: Mask) -> list[tuple[int, int]]:
    """Return the words at the start of a line that repeat four or more characters of the end of the line before."""
    if len(lines) < 2:
        return []
    near = ~ends[:-1] & (lines.long[:-1] > 4) & (lines.long[1:] > 4)
    for step in range(4):
        here, there = lines.last[:-1] - 3 + step, lines.first[1:] + step
        same = codes[np.maximum(here, 0)] == codes[np.minimum(there, len(codes) - 1)]
        near &= same & (kinds[np.maximum(here, 0)] == HAN)
    found = []
    for i in np.flatnonzero(near).tolist():
        tail, follows = (text[lines.first[j] : lines.last[j] + 1] for j in (i, i + 1))
        size = max(k for k in range(4, min(len(tail), len(follows)) + 1) if tail.endswith(follows[:k]))
        found.append((int(lines.first[i + 1]), int(lines.first[i + 1]) + size))
    return found
