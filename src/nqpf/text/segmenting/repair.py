"""Columns in the wrong order: sentences that break off, and the ends that stand elsewhere on the page.

Quotation marks are the strongest evidence: a tail that leaves one open and a head that closes one belong together.
Words across the break that stand elsewhere in the file are the next, and that only one tail and one head are left the
last. A repair never changes a character; it says in which order lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from nqpf.messages import Text, say
from nqpf.text.cleaning.joining import goes_on
from nqpf.text.segmenting.items import Item

_QUOTES = re.compile(r"[“”「」『』]")
_OPENING = "“「『"
_FRAGMENT = 8
_NEXT, _QUOTED, _WORD, _ONLY, _PIECE = 0.4, 3.0, 0.8, 1.0, 0.5
_STRONG = 1.0
_FAR, _AT_ONCE = 60, 100
"""Items between a tail and its head at most, and tails that are weighed together."""
_AROUND = 15_000


@dataclass(frozen=True, slots=True)
class Link:
    """A tail and the head that continues it, by their places in the items; how sure, why, and whether it moves text."""

    tail: int
    head: int
    score: float
    evidence: Text
    moves: bool


def links(text: str, items: list[Item], opens_body: Callable[[int], bool]) -> list[Link]:
    """Return which unfinished paragraphs are continued where.

    Parameters
    ----------
    text
        The clean text.
    items
        Its items.
    opens_body
        Whether the item at a place follows on a title or byline.
    """
    every = [
        i for i, item in enumerate(items) if item.kind == "prose" and not item.ended and item.text[-1:] not in "：；"
    ]
    found: list[Link] = []
    for first in range(0, len(every), _AT_ONCE):
        found += _links_of(text, items, every[first : first + _AT_ONCE], opens_body)
    return found


def _links_of(text: str, items: list[Item], tails: list[int], opens_body: Callable[[int], bool]) -> list[Link]:
    """Return where some of the unfinished paragraphs are continued."""
    heads = _heads(text, items, tails, opens_body)
    if not heads:
        return []
    scores = np.full((len(tails), len(heads)), -np.inf)
    for a, tail in enumerate(tails):
        for b, head in enumerate(heads):
            if head != tail and abs(head - tail) <= _FAR:
                scores[a, b] = _score(text, items, tail, head)
    return _chosen(items, tails, heads, scores)


def _heads(text: str, items: list[Item], tails: list[int], opens_body: Callable[[int], bool]) -> list[int]:
    """Return the paragraphs that may begin in the middle of a sentence."""
    after = {i + 1 for i in tails}
    for tail in tails:
        near = range(max(tail - _FAR, 0), min(tail + _FAR, len(items)))
        after.update(i for i in near if items[i].kind == "prose" and _spans(text, items[tail], items[i]))
    found = []
    for i in range(max(tails[0] - _FAR, 0), min(tails[-1] + _FAR, len(items))):
        text = items[i].text
        if items[i].kind == "prose" and (i in after or _orphan(text) or (opens_body(i) and _fragment(text))):
            found.append(i)
    return found


def _spans(text: str, tail: Item, head: Item) -> bool:
    """Return whether the four characters across a break stand elsewhere in the text."""
    words = tail.text[-2:] + head.text[:2]
    around = max(tail.end - _AROUND, 0), tail.end + _AROUND
    return len(words) == 4 and words[:3].isalnum() and words[:2] != words[2:] and text.find(words, *around) >= 0


def _orphan(text: str) -> bool:
    """Return whether a paragraph closes a quotation that it has not opened, or begins with what ends a sentence."""
    first = _QUOTES.search(text)
    return (first is not None and first[0] not in _OPENING) or text[:1] in "，。、；：！？）」』”"


def _fragment(text: str) -> bool:
    return len(text) <= _FRAGMENT


def open_quotes(text: str) -> int:
    """Return how many quotations are open at the end of a text."""
    depth = 0
    for mark in _QUOTES.findall(text):
        depth = depth + 1 if mark in _OPENING else max(depth - 1, 0)
    return depth


def _score(text: str, items: list[Item], tail: int, head: int) -> float:
    """Return how well a head continues a tail."""
    opened = open_quotes(items[tail].text) > 0
    first = _QUOTES.search(items[head].text)
    closes = first is not None and first[0] not in _OPENING
    score = _NEXT * (head == tail + 1) + _PIECE * _fragment(items[head].text)
    across = goes_on(text, items[tail].end, items[head].start)
    if head == tail + 1:
        score += _WORD * across
    elif items[tail].text[-2:] != items[head].text[:2] and (across == 2 or _spans(text, items[tail], items[head])):
        score += _WORD * 2
    if opened and closes:
        return score + _QUOTED
    if closes or (opened and first is not None):
        return score - _QUOTED
    return score - _PIECE * opened


def _chosen(items: list[Item], tails: list[int], heads: list[int], scores: np.ndarray) -> list[Link]:
    """Return the best pairs of tails and heads."""
    rows, columns = linear_sum_assignment(np.where(np.isfinite(scores), scores, -1e3), maximize=True)
    pairs = [(a, b) for a, b in zip(rows.tolist(), columns.tolist(), strict=True) if scores[a, b] > 0]
    sure = [(a, b) for a, b in pairs if scores[a, b] >= _STRONG or heads[b] == tails[a] + 1]
    rest = [(a, b) for a, b in pairs if (a, b) not in sure]
    left = [a for a in range(len(tails)) if a not in {a for a, _ in sure}]
    taken = {b for _, b in sure}
    free = [b for b, i in enumerate(heads) if b not in taken and (_orphan(items[i].text) or _fragment(items[i].text))]
    found = [_link(items, tails[a], heads[b], float(scores[a, b])) for a, b in sure]
    only = len(left) == len(free) == 1
    for a, b in rest:
        found.append(_link(items, tails[a], heads[b], float(scores[a, b]) + _ONLY * (only and b in free)))
    return sorted(found, key=lambda link: link.tail)


def _link(items: list[Item], tail: int, head: int, score: float) -> Link:
    before, after = items[tail], items[head]
    closes = open_quotes(before.text) > 0
    words = {"tail": before.text[-6:], "head": after.text[:6], "tail_line": before.last, "head_line": after.first}
    if closes and score >= _QUOTED:
        evidence = say("text.repair.quotes", **words)
    elif _fragment(after.text):
        evidence = say("text.repair.left", **words)
    else:
        evidence = say("text.repair.words", **words)
    return Link(tail, head, score, evidence, head != tail + 1)


def strong(link: Link) -> bool:
    """Return whether the evidence is enough to read the lines in the repaired order."""
    return link.score >= _STRONG or not link.moves
