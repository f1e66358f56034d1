"""What a person should look at: spliced passages, damaged sentences, repairs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nqpf.messages import say
from nqpf.text.article import Block, Flag
from nqpf.text.segmenting.drafts import Draft, Part
from nqpf.text.segmenting.likeness import Likeness, joined

_MARKS = re.compile(r"[“”「」『』]")
_OPENING = {"“": "”", "「": "」", "『": "』"}
_WORD = re.compile(r"(?<=[\u3400-\u9fff]) (?:and|or|of|the|to|in|for|with) (?=[\u3400-\u9fff])")
_STOPS = "。！？!?…"
_SHORTEST_SPLICE = 30


def unbalanced(text: str) -> int:
    """Return where a quotation is closed that was not opened, or opened and never closed; −1 if all are in order."""
    if not "".join(_MARKS.findall(text)).replace("“”", ""):
        return -1
    opened: list[tuple[str, int]] = []
    for match in _MARKS.finditer(text):
        mark = match[0]
        if mark in _OPENING:
            opened.append((mark, match.start()))
        elif opened and _OPENING[opened[-1][0]] == mark:
            opened.pop()
        else:
            return match.start()
    return opened[0][1] if opened else -1


def damage(blocks: Sequence[Block], parts: Sequence[Part]) -> list[Flag]:
    """Return the sentences that are damaged: quotations out of order, words that do not belong, no end.

    Parameters
    ----------
    blocks
        The blocks of an article.
    parts
        What the first of them were made of, in the same order.
    """
    found = []
    for i, block in enumerate(blocks):
        if block.kind != "paragraph":
            continue
        at = unbalanced(block.text)
        if at >= 0:
            found.append(Flag("damaged", i, at, say("text.flag.quotation", words=_around(block.text, at))))
        for match in _WORD.finditer(block.text) if " " in block.text else ():
            found.append(Flag("damaged", i, match.start() + 1, say("text.flag.word", word=match[0].strip())))
        cut = i < len(parts) and not parts[i][-1].ended and parts[i].prose
        if cut and block.text[-1:] not in "：；:;":
            end = len(block.text) - 1
            found.append(Flag("damaged", i, end, say("text.flag.unfinished", words=block.text[-8:])))
    return found


def repairs(blocks: Sequence[Block], parts: Sequence[Part]) -> list[Flag]:
    """Return where an article was put together from lines that do not follow each other in the file."""
    found = []
    for i, (block, part) in enumerate(zip(blocks, parts, strict=False)):
        at = 0
        for item, link in zip(part, part.links, strict=False) if part.links else ():
            at += len(item.text)
            if link.moves:
                found.append(Flag("reordered", i, min(at, len(block.text) - 1), link.evidence))
    return found


def mended(blocks: Sequence[Block], repeated: Sequence[tuple[int, str]]) -> list[Flag]:
    """Return where words that stood twice at a join of columns were taken out once.

    Parameters
    ----------
    blocks
        The blocks of an article.
    repeated
        Raw offset and words of each repetition, by offset.
    """
    found = []
    for i, block in enumerate(blocks if repeated else ()):
        low, high = (bisect_left(repeated, (end, "")) for end in (block.origin.min(), block.origin.max()))
        for offset, words in repeated[low:high]:
            at = int(np.argmax(block.origin > offset))
            found.append(Flag("repaired", i, at, say("text.flag.overlap", words=words)))
    return found


def splices(bodies: Sequence[Draft]) -> dict[int, list[tuple[int, int, int]]]:
    """Return passages that end two paragraphs of different articles, in the article where they fit less.

    A passage of thirty characters or more that begins in the middle of a sentence, reaches the end of a paragraph and
    ends another article's paragraph too was printed into one of them by mistake. Quotations are no splices, nor are
    paragraphs that stand twice as a whole.

    Returns
    -------
    dict
        By place of the body: its paragraph, the character at which the passage begins, the place of the other body.
    """
    ends: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for b, body in enumerate(bodies):
        for p, part in enumerate(body.parts):
            if part[-1].text[-1] in _STOPS and part[0].kind == "prose" and len(text := part.text) > _SHORTEST_SPLICE:
                ends[text[-_SHORTEST_SPLICE:]].append((b, p))
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for places in ends.values():
        if 2 <= len(places) <= 4:
            for one, other in pairwise(places):
                if one[0] != other[0]:
                    _splice(bodies, one, other, found)
    return dict(found)


def _splice(
    bodies: Sequence[Draft], one: tuple[int, int], other: tuple[int, int], found: dict[int, list[tuple[int, int, int]]]
) -> None:
    left, right = bodies[one[0]].parts[one[1]].text, bodies[other[0]].parts[other[1]].text
    size = _common_end(left, right)
    if size + _common_end(left[::-1], right[::-1]) >= 0.8 * min(len(left), len(right)):
        return
    size -= next((k for k, c in enumerate(left[-size:]) if c not in "，、；：）"), 0)
    before = left[-size - 1], right[-size - 1]
    if size < _SHORTEST_SPLICE or any(c in _STOPS + "“「『：" for c in before) or unbalanced(left[-size:]) >= 0:
        return
    passage = left[-size:]
    rests = [_rest(bodies[b], p, size) for b, p in (one, other)]
    ends = np.cumsum([len(rest) for rest in rests])
    fits = Likeness.of([passage], joined([text for rest in rests for text in rest]))
    ((left_share, right_share),) = fits.pervading(np.append(0, ends[:-1]), ends, np.ones((1, 2), dtype=np.bool_))
    (b, p), (c, _) = (one, other) if left_share < right_share else (other, one)
    found[b].append((p, len(bodies[b].parts[p].text) - size, c))


def _rest(body: Draft, p: int, size: int) -> list[str]:
    """Return the paragraphs of an article without the end of one of them."""
    return [part.text[:-size] if k == p else part.text for k, part in enumerate(body.parts)]


def _common_end(left: str, right: str) -> int:
    """Return how many characters two texts have in common at their ends."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[-middle:] == right[-middle:]:
            low = middle
        else:
            high = middle - 1
    return low


def _around(text: str, at: int) -> str:
    return text[max(at - 6, 0) : at + 6]
