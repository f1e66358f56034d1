"""The lines of a clean text as items: running text, short lines, bylines, remarks on author and origin."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from nqpf.text.cleaning.specials import AFFILIATION, BYLINE, BYLINE_BEGINS, CREDIT, names_in, surnames
from nqpf.text.source import Cleaned

ItemKind = Literal["prose", "short", "byline", "affiliation", "credit"]

_COLUMNS = ("start", "end", "first_line", "last_line", "style", "bold", "tight", "ended", "prose", "width")
_OPENS = "（(【[〔［"
_CLOSES = "）)】]〕］"
_BEGINS = frozenset(_OPENS + "作来责")
_LONGEST_SIGNED = 80
_TAIL = 400
_COMMON = 3
_WINDOW = 4_000


class Item(NamedTuple):
    """A line of the clean text.

    Attributes
    ----------
    kind
        Running text, a short line (title, heading or label), a byline, a remark on the author or on the origin.
    text, start
        Its characters and the offset of the first in the clean text.
    first, last
        Its first and last line in the file, from 1.
    style
        What the file says of it.
    bold, tight
        Leading characters in bold, and set apart, see `Cleaned.layout`.
    ended
        Whether it ends a sentence.
    width
        Of hard-wrapped text the width of its column, in Chinese characters; of other text 0.
    place
        Its place among the items.
    """

    kind: ItemKind
    text: str
    start: int
    first: int
    last: int
    style: str
    bold: int
    tight: int
    ended: bool
    width: float = 0.0
    place: int = 0

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.start + len(self.text)


def items_of(cleaned: Cleaned) -> list[Item]:
    """Return the lines of a clean text as items."""
    table, text = cleaned.layout, cleaned.text
    columns = [table[name].to_list() for name in _COLUMNS]
    found: list[Item] = []
    for start, end, first, last, style, bold, tight, ended, prose, width in zip(*columns, strict=True):
        words = text[start:end]
        if not words:
            continue
        kind = (_remark(words) if words[0] in _BEGINS else None) or _kind(words, text, start, prose, style)
        wide = width if last > first else 0.0
        item = Item(kind, words, start, first, last, style, bold, tight, ended, wide, len(found))
        if kind == "prose" and words[-1] in _CLOSES and "作者" in words[-_TAIL:]:
            found += _parted(item)
        else:
            found.append(item)
    return found


def _remark(words: str) -> ItemKind | None:
    """Return whether a line is a remark on author or origin."""
    if words[0] in _OPENS:
        if AFFILIATION.match(words, 1):
            return "affiliation"
        return "credit" if CREDIT.match(words, 1) else None
    if len(words) < _LONGEST_SIGNED:
        if _SIGNED.match(words):
            return "credit"
        if AFFILIATION.match(words) and not BYLINE.match(words):
            return "affiliation"
    return None


def _kind(words: str, text: str, start: int, prose: bool, style: str) -> ItemKind:
    if prose or style[:1] == "h":
        return "prose" if prose else "short"
    if (words[0] in BYLINE_BEGINS and BYLINE.match(words)) or _person(words, text, start):
        return "byline"
    return "short"


_SIGNED = re.compile(r"(?:来\s*源|责任编辑|责编)\s*[:：]")


@cache
def _first_of_names() -> frozenset[str]:
    single, double = surnames()
    return single | {name[0] for name in double}


def _person(words: str, text: str, start: int) -> bool:
    """Return whether a line is nothing but names of persons, none of them a common word of the text around."""
    names = names_in(words) if len(words) <= 60 and words[:1] in _first_of_names() else ()
    return bool(names) and not any(_common(name, text, max(start - _WINDOW, 0), start + _WINDOW) for name in names)


def _common(name: str, text: str, low: int, high: int) -> bool:
    """Return whether a name stands more than now and then within a text, where it does not begin a line."""
    times = text.count(name, low, high)
    return times > _COMMON and times - text.count(f"\n{name}", low, high) > _COMMON


def _parted(item: Item) -> list[Item]:
    """Return running text and the remark on its author that stands at the end of its last line."""
    at = max(item.text.rfind(bracket, max(len(item.text) - _TAIL, 0)) for bracket in _OPENS)
    while at > 0 and not AFFILIATION.match(item.text, at + 1):
        at = max(item.text.rfind(bracket, max(len(item.text) - _TAIL, 0), at) for bracket in _OPENS)
    if at <= 0:
        return [item]
    remark = item.text[at:]
    before = item._replace(text=item.text[:at].rstrip(), ended=True)
    after = item._replace(kind="affiliation", text=remark, start=item.start + at, first=item.last, bold=0)
    after = after._replace(tight=0, place=item.place + 1)
    return [before, after]
