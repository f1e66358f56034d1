"""Headings and paragraphs of an article: which short line is a heading of what level, where a heading runs in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from nqpf.text.article import Block, BlockKind
from nqpf.text.segmenting.items import Item
from nqpf.text.source import Cleaned

_SENTENCE = re.compile(r"[^。！？!?…]+[。！？!?…]+[”’」』）】]*")
_STOPS = "。！？!?…"
_PUT_IN = np.array([-1])
_LONGEST_HEADING = 45
_LONGEST_RUN_IN = 40
_SHORTEST_RUN_IN = 6
_LONGER = 2
_COUNTED = re.compile(
    r"(?:[一二三四五六七八九十]+(?:是|要|、)|其[一二三四五六七八九十]|首先|其次|再次|最后|第[一二三四五六七八九十])"
)
_LEVELS = (
    re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节部]"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"[0-9]{1,2}[.．、]\s*(?![0-9])"),
)


def block_of(kind: BlockKind, cleaned: Cleaned, item: Item, level: int = 0, run_in: int = 0) -> Block:
    """Return an item as a block."""
    return Block(kind, item.text, cleaned.origin[item.start : item.end], level, run_in)


def joined(kind: BlockKind, cleaned: Cleaned, items: Sequence[Item], run_in: int = 0) -> Block:
    """Return several items as one block; Western words are parted by a blank that was put in."""
    text, origin = items[0].text, [cleaned.origin[items[0].start : items[0].end]]
    for item in items[1:]:
        western = text[-1:].isascii() and text[-1:].isalpha() and item.text[:1].isascii() and item.text[:1].isalpha()
        text += (" " if western else "") + item.text
        origin += [_PUT_IN] * western + [cleaned.origin[item.start : item.end]]
    return Block(kind, text, np.concatenate(origin), 0, run_in)


def body_blocks(cleaned: Cleaned, parts: Sequence[Sequence[Item]]) -> list[Block]:
    """Return the blocks of an article.

    A short line is a heading; three or more in a row are labels. A sentence that is a paragraph by itself is a heading
    where another such sentence shares its first or last words and longer paragraphs follow both.

    Parameters
    ----------
    cleaned
        The clean text.
    parts
        The paragraphs and short lines in reading order, each as the items that it is put together from.
    """
    kinds = _kinds(parts)
    run_ins = _run_ins(parts, kinds)
    found = []
    for part, kind, run_in in zip(parts, kinds, run_ins, strict=True):
        level = _level(part[0]) if kind == "heading" else 0
        if len(part) > 1:
            found.append(joined(kind, cleaned, part, run_in))
        else:
            found.append(block_of(kind, cleaned, part[0], level, run_in))
    return found


STYLED: Mapping[str, BlockKind] = {"cell": "table", "caption": "caption", "note": "note"}
"""What a line is by what the file itself says of it."""


def _kinds(parts: Sequence[Sequence[Item]]) -> list[BlockKind]:
    kinds: list[BlockKind] = []
    single = _single_sentences(parts)
    for i, part in enumerate(parts):
        item = part[0]
        if item.kind == "prose" and not item.style and not item.bold and i not in single:
            kinds.append("paragraph")
        elif item.style in STYLED:
            kinds.append(STYLED[item.style])
        elif item.kind == "short" or (item.kind == "byline" and len(part) == 1):
            kinds.append("heading" if len(item.text) <= _LONGEST_HEADING or item.style[:1] == "h" else "paragraph")
        elif item.style[:1] == "h" or i in single or (0 < len(item.text) <= item.bold and len(part) == 1):
            kinds.append("heading")
        else:
            kinds.append("paragraph")
    return _without_lists(parts, kinds)


def _without_lists(parts: Sequence[Sequence[Item]], kinds: list[BlockKind]) -> list[BlockKind]:
    """Return the kinds with three or more headings in a row made labels, unless they are numbered or marked as such."""
    first = 0
    while first < len(kinds):
        end = first
        while end < len(kinds) and kinds[end] == "heading":
            end += 1
        if end - first >= 3 and not any(part[0].style or _numbered(part[0].text) for part in parts[first:end]):
            kinds[first : end - 1] = ["label"] * (end - 1 - first)
        first = max(end, first + 1)
    return kinds


def _single_sentences(parts: Sequence[Sequence[Item]]) -> set[int]:
    """Return the paragraphs of one short sentence that are headings by their likeness to each other."""
    found = []
    for i, part in enumerate(parts[:-1]):
        words = part[0].text
        if len(words) > _LONGEST_RUN_IN:
            continue
        alone = part[0].kind == "prose" and len(part) == 1 and part[0].ended
        follows = parts[i + 1][0]
        if alone and words.count("。") == 1 and follows.kind == "prose" and len(follows.text) > _LONGER * len(words):
            found.append(i)
    return {i for i in found if any(_alike(parts[i][0].text, parts[j][0].text) for j in found if j != i)}


def _alike(one: str, other: str) -> bool:
    """Return whether two sentences share their first three or last three characters."""
    return one[:3] == other[:3] or one.rstrip(_STOPS)[-3:] == other.rstrip(_STOPS)[-3:]


def _run_ins(parts: Sequence[Sequence[Item]], kinds: Sequence[BlockKind]) -> list[int]:
    """Return how many leading characters of each paragraph are a run-in heading."""
    said = [_set_apart(part[0]) if part[0].bold or part[0].tight else 0 for part in parts]
    firsts = {
        i: first
        for i, (part, kind) in enumerate(zip(parts, kinds, strict=True))
        if kind == "paragraph" and (first := _first_sentence(part))
    }
    for i, first in firsts.items():
        if said[i] or _COUNTED.match(first):
            continue
        for j in (i - 2, i - 1, i + 1, i + 2):
            alike = j in firsts and (_alike(first, firsts[j]) or (said[j] and j == i - 1))
            if alike and "heading" not in kinds[min(i, j) : max(i, j)]:
                said[i] = len(first)
                break
    return said


def _first_sentence(part: Sequence[Item]) -> str:
    """Return the first sentence of a paragraph if it is short and more follows, else nothing."""
    text = part[0].text
    if len(text) <= 2 * _SHORTEST_RUN_IN:
        return ""
    match = _SENTENCE.match(text, 0, _LONGEST_RUN_IN + 1)
    if match is None or not _SHORTEST_RUN_IN <= match.end() <= _LONGEST_RUN_IN or match[0][-1:] in "”’」』）】":
        return ""
    return match[0] if len(text) - match.end() > match.end() else ""


def _set_apart(item: Item) -> int:
    """Return how many characters are a run-in heading by their type: bold, or set apart up to the end of a sentence."""
    if 0 < item.bold < len(item.text):
        return item.bold
    if not item.tight or item.tight >= len(item.text):
        return 0
    ends = [m.end() for m in _SENTENCE.finditer(item.text[: item.tight])]
    return ends[-1] if ends else 0


def _numbered(text: str) -> bool:
    return any(level.match(text) for level in _LEVELS)


def _level(item: Item) -> int:
    """Return the level of a heading: what the file says, else by its number, else 1."""
    if item.style[:1] == "h" and item.style[1:].isdigit():
        return max(int(item.style[1:]) - 1, 1)
    return next((k + 1 for k, level in enumerate(_LEVELS) if level.match(item.text)), 1)
