"""Short passages that say what they are by their first words: who wrote an article, where it was taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np

from nqpf.text.cleaning.characters import HAN, Codes, Kinds, Mask, texts_of
from nqpf.text.cleaning.lines import Lines

_PAIRS = {"（": "）", "(": ")", "【": "】", "[": "]", "〔": "〕", "［": "］"}
_BOTH = {opening: re.compile(f"[{re.escape(opening + closing)}]") for opening, closing in _PAIRS.items()}
_WHO = (
    r"\s*(?:本文)?(?:第[一二三]|通讯)?作者\s*(?:单\s*位|简\s*介|信\s*息)?\s*"
    r"(?:分\s*别|均|都|皆|现|曾)?\s*(?:系|为|是|来自|任|：|:|单位)"
)
_WHENCE = r"\s*(?:摘自|摘编自|选自|转自|转载自|转引自|来源|资料来源|原载|原刊于|载于|刊于)\s*(?:：|:)?"
AFFILIATION = re.compile(_WHO)
"""How a remark on the author begins, after its bracket."""
CREDIT = re.compile(_WHENCE)
"""How a remark on the origin begins, after its bracket."""
_BRACKETED = re.compile(rf"[（(【\[〔［](?:{_WHO}|{_WHENCE})")
BYLINE = re.compile(
    r"(?:文\s*[◆●/／|｜■□◎·・丨]|[□■◎◆●○▲△★☆]\s*\S"
    r"|(?:作\s*者|撰\s*文|撰\s*稿|执\s*笔|记\s*者|通讯员|文)\s*[:：]"
    r"|(?:本报|本刊|新华社|人民网)?(?:特约|实习|首席)?(?:记者|评论员|通讯员)\s)"
)
"""How a byline begins."""
BYLINE_BEGINS = frozenset("文□■◎◆●○▲△★☆作撰执记通本新人特实首")
"""The first characters of these."""
_LONGEST = 400
_BYLINE_WIDEST = 32.0
_NAMES_WIDEST = 16.0
_LONGEST_NAME = 4
_BETWEEN_NAMES = re.compile(r"[\s、，,;；/／|]+")


def bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans (first, end) of bracketed remarks on author or origin, with their brackets.

    Brackets inside are counted; a remark that is not closed within 400 characters is none.
    """
    for match in _BRACKETED.finditer(text):
        end = _closing(text, match.start(), _BOTH[text[match.start()]])
        if end:
            yield match.start(), end


def bylines(codes: Codes, kinds: Kinds, keep: Mask, lines: Lines) -> Mask:
    """Return which lines are bylines by their first words, or by being nothing but names.

    Parameters
    ----------
    codes, kinds
        ``[N]`` code points of the text and their kinds.
    keep
        ``bool[N]`` characters that are left.
    lines
        The lines.
    """
    found = np.zeros(len(lines), dtype=np.bool_)
    first = codes[lines.first]
    marked = np.isin(first, [ord(c) for c in BYLINE_BEGINS]) & (lines.wide <= _BYLINE_WIDEST) & ~lines.ended
    named = np.isin(first, _first_characters()) & (lines.wide <= _NAMES_WIDEST) & (kinds[lines.last] == HAN)
    named &= (lines.marks <= 3) & (lines.han >= 2) & (lines.stops + lines.letters + lines.digits == 0)
    named &= (lines.han < lines.long) | (lines.long <= _LONGEST_NAME)
    for chosen, says in ((marked, BYLINE.match), (named, names_in)):
        at = np.flatnonzero(chosen)
        words = texts_of(codes, keep, lines.first[at], lines.last[at] + 1)
        found[at] |= np.array([bool(says(line)) for line in words], dtype=np.bool_)
    return found


def names_in(line: str) -> tuple[str, ...]:
    """Return the names of persons that a line consists of; none if it holds anything else.

    A name is a Chinese surname and one or two more characters; a name of two characters may be set apart (``林 山``).

    Examples
    --------
    >>> names_in("林 山"), names_in("林小满 何望舒"), names_in("科技 人才")
    (('林山',), ('林小满', '何望舒'), ())
    """
    if _name().fullmatch(line):
        return (line,)
    parts = [part for part in _BETWEEN_NAMES.split(line.strip()) if part]
    if not parts or len(parts) > 12:
        return ()
    singles, joined = [], []
    for part in parts:
        if len(part) == 1:
            singles.append(part)
            if len(singles) == 2:
                joined.append("".join(singles))
                singles = []
        elif singles:
            return ()
        else:
            joined.append(part)
    return tuple(joined) if not singles and all(map(_name().fullmatch, joined)) else ()


@cache
def _name() -> re.Pattern[str]:
    """Return how a name is written: a surname and one or two characters."""
    single, double = surnames()
    both = "|".join(sorted(double))
    return re.compile(f"(?:(?:{both})|(?!{both})[{''.join(sorted(single))}])[\u3400-\u9fff·]{{1,2}}")


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Return Chinese surnames of one and of two characters."""
    single, double = resources.files(__package__).joinpath("surnames.txt").read_text(encoding="utf-8").split("\n")[:2]
    return frozenset(single), frozenset(double.split())


@cache
def _first_characters() -> tuple[int, ...]:
    single, double = surnames()
    return tuple(sorted({ord(c) for c in single} | {ord(name[0]) for name in double}))


def _closing(text: str, first: int, both: re.Pattern[str]) -> int:
    """Return the offset after the bracket that closes the one at `first`, 0 if there is none."""
    opening, depth = text[first], 0
    for match in both.finditer(text, first, first + _LONGEST):
        depth += 1 if match[0] == opening else -1
        if not depth:
            return match.end()
    return 0
