"""Short passages that say what they are by their first words: who wrote an article, where it was taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np

from nqpf.text.cleaning.characters import HAN, Codes, Kinds, Mask, text_of
from nqpf.text.cleaning.lines import Lines

_PAIRS = {"（": "）", "(": ")", "【": "】", "[": "]", "〔": "〕", "［": "］"}
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
_LONGEST = 400
_BYLINE_WIDEST = 32.0
_NAMES_WIDEST = 16.0


def bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans (first, end) of bracketed remarks on author or origin, with their brackets.

    Brackets inside are counted; a remark that is not closed within 400 characters is none.
    """
    for match in _BRACKETED.finditer(text):
        opening = text[match.start()]
        end = _closing(text, match.start(), opening, _PAIRS[opening])
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

    def words(i: int) -> str:
        line = slice(int(lines.first[i]), int(lines.last[i]) + 1)
        return text_of(codes[line][keep[line]])

    found = np.zeros(len(lines), dtype=np.bool_)
    first = codes[lines.first]
    marked = np.isin(first, [ord(c) for c in "文□■◎◆●○▲△★☆作撰执记通本新人特实首"]) & (lines.wide <= _BYLINE_WIDEST)
    for i in np.flatnonzero(marked & ~lines.ended).tolist():
        found[i] = BYLINE.match(words(i)) is not None
    named = np.isin(first, _first_characters()) & (lines.wide <= _NAMES_WIDEST) & (kinds[lines.last] == HAN)
    named &= (lines.marks <= 3) & (lines.han >= 2) & (lines.stops + lines.letters + lines.digits == 0)
    for i in np.flatnonzero(named).tolist():
        found[i] |= bool(names_in(words(i)))
    return found


def names_in(line: str) -> tuple[str, ...]:
    """Return the names of persons that a line consists of; none if it holds anything else.

    A name is a Chinese surname and one or two more characters; a name of two characters may be set apart (``林 山``).

    Examples
    --------
    >>> names_in("林 山"), names_in("林小满 何望舒"), names_in("科技 人才")
    (('林山',), ('林小满', '何望舒'), ())
    """
    parts = [part for part in re.split(r"[\s、，,;；/／|]+", line.strip()) if part]
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
    return tuple(joined) if not singles and all(map(_is_name, joined)) else ()


def _is_name(word: str) -> bool:
    single, double = surnames()
    if not all("\u3400" <= c <= "\u9fff" or c == "·" for c in word):
        return False
    if word[:2] in double:
        return 3 <= len(word) <= 4
    return word[:1] in single and 2 <= len(word) <= 3


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Return Chinese surnames of one and of two characters."""
    single, double = resources.files(__package__).joinpath("surnames.txt").read_text(encoding="utf-8").split("\n")[:2]
    return frozenset(single), frozenset(double.split())


@cache
def _first_characters() -> tuple[int, ...]:
    single, double = surnames()
    return tuple(sorted({ord(c) for c in single} | {ord(name[0]) for name in double}))


def _closing(text: str, first: int, opening: str, closing: str) -> int:
    """Return the offset after the bracket that closes the one at `first`, 0 if there is none."""
    depth = 0
    for i in range(first, min(len(text), first + _LONGEST)):
        if text[i] == opening:
            depth += 1
        elif text[i] == closing:
            depth -= 1
            if not depth:
                return i + 1
    return 0
