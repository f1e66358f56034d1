"""Page furniture: page numbers, running heads, names of columns; what belongs to the page and to no article."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from nqpf.text.cleaning.lines import Lines

_DIGITS = re.compile(r"[0-9０-９]+")
_BARE = re.compile(r"[0-9０-９]{1,4}")
_NUMBER = re.compile(
    r"[-—–－·•~～]+\s*[0-9０-９]{1,4}\s*[-—–－·•~～]+"
    r"|第\s*[0-9０-９一二三四五六七八九十百]{1,4}\s*[页版](?:\s*[，,/／]?\s*共\s*[0-9０-９]{1,4}\s*[页版])?"
    r"|[0-9０-９]{1,4}\s*[/／]\s*[0-9０-９]{1,4}"
    r"|[Pp]age\s*[0-9]{1,4}(?:\s*of\s*[0-9]{1,4})?"
)
_SYLLABLE = r"(?:ZH|CH|SH|[BPMFDTNLGKHJQXRZCSYW])?[AEIOUVÜ]{1,3}(?:NG|N|R)?"
_PINYIN = re.compile(rf"{_SYLLABLE}(?:\s+{_SYLLABLE}){{1,7}}")
_OFTEN = 3
Spans = tuple[list[int], list[int]]
"""Offsets of the first character of each line, and after its last."""
_DISTINCT = 2 / 3


def furniture(text: str, lines: Lines) -> list[int]:
    """Return the lines (places in `lines`) that are page furniture.

    A number by itself is a page number when two or more such lines rise through the file; one with its signs
    (``— 3 —``, ``第 3 页``) always. A running head is a short line that comes three times or more between different
    neighbours and there breaks into a sentence or stands beside a page number; a place where it does neither is left,
    for that may be the title it repeats. A line in capitals that spells the characters of the short line beside it is
    the name of a column.

    Parameters
    ----------
    text
        The raw text.
    lines
        Its lines.
    """
    plain = (lines.stops == 0) & ((lines.marks <= 1) | ((lines.digits > 0) & (lines.wide <= 15)))
    short = np.flatnonzero((lines.wide <= 40) & ~lines.ended & plain).tolist()
    spans = first, end = lines.first.tolist(), (lines.last + 1).tolist()
    unbroken = (lines.solid == lines.last + 1 - lines.first).tolist()
    words = {i: text[first[i] : end[i]] if unbroken[i] else _closed_up(text[first[i] : end[i]]) for i in short}
    numbers = _page_numbers(lines, words)
    heads = _running_heads(text, spans, lines, words, numbers)
    return sorted(numbers | heads | _columns(lines, words))


def _closed_up(line: str) -> str:
    return " ".join(line.split())


def _page_numbers(lines: Lines, words: dict[int, str]) -> set[int]:
    digits = (lines.digits > 0).tolist()
    counted = {i: line for i, line in words.items() if digits[i] or line[:1] == "第"}
    found = {i for i, line in counted.items() if _NUMBER.fullmatch(line)}
    bare = [(i, int(line)) for i, line in counted.items() if line[:1].isdigit() and _BARE.fullmatch(line)]
    rising = [i for k, (i, page) in enumerate(bare) if _in_order(bare, k, page)]
    return found | set(rising if len(rising) > 1 else [])


def _in_order(bare: list[tuple[int, int]], k: int, page: int) -> bool:
    """Return whether the number before or after is the page before or after."""
    before = k > 0 and page - bare[k - 1][1] == 1
    after = k + 1 < len(bare) and bare[k + 1][1] - page == 1
    return before or after


def _running_heads(text: str, spans: Spans, lines: Lines, words: dict[int, str], numbers: set[int]) -> set[int]:
    places: dict[str, list[int]] = defaultdict(list)
    digits = (lines.digits > 0).tolist()
    for i, line in words.items():
        if i not in numbers and len(line) >= 2:
            places[_DIGITS.sub("0", line) if digits[i] else line].append(i)
    found: set[int] = set()
    for at in places.values():
        if len(at) < _OFTEN:
            continue
        before = [_beside(i, -1, numbers) for i in at]
        after = [_beside(i, 1, numbers) for i in at]
        if not (_differ(text, spans, before) and _differ(text, spans, after)):
            continue
        breaking = [
            i
            for i, left in zip(at, before, strict=True)
            if i - 1 in numbers or i + 1 in numbers or (left >= 0 and lines.han[left] > 0 and _runs_on(lines, left))
        ]
        if len(breaking) * 2 >= len(at):
            found.update(breaking)
    return found


def _runs_on(lines: Lines, i: int) -> bool:
    """Return whether a line of running text stops before its sentence does."""
    return bool(not lines.ended[i] and lines.marks[i] + lines.stops[i] > 0)


def _beside(i: int, step: int, numbers: set[int]) -> int:
    """Return the next line that is no page number."""
    i += step
    while i in numbers:
        i += step
    return i


def _differ(text: str, spans: Spans, at: list[int]) -> bool:
    """Return whether most of these lines differ from each other: a passage that is printed again has the same."""
    first, end = spans
    inside = [i for i in at if 0 <= i < len(first)]
    return len({text[first[i] : end[i]] for i in inside}) >= _DISTINCT * len(inside)


def _columns(lines: Lines, words: dict[int, str]) -> set[int]:
    found: set[int] = set()
    for i in np.flatnonzero(lines.letters > 0).tolist():
        line = words.get(i, "")
        if line[:1].isascii() and _PINYIN.fullmatch(line):
            size = len(line.split())
            for j in (i - 1, i + 1):
                if j in words and lines.han[j] == size == len(words[j].replace(" ", "")):
                    found |= {i, j}
    return found
