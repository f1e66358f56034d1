"""Diagrams that came as loose labels: set apart, their labels put together, their edges left to be filled in."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from nqpf.text.article import Block
from nqpf.text.segmenting.blocks import joined
from nqpf.text.segmenting.items import Item
from nqpf.text.source import Cleaned

_FEWEST = 10
_LONGEST_NOTE = 90
_SHORT = 10
_LABEL = 45
_NAMES = 0.25
_OPEN = "“‘「『《（"
_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）"}
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff”’）])[ \u3000]+(?=[\u3400-\u9fff“‘（])")


def diagram_spans(items: list[Item]) -> list[tuple[int, int]]:
    """Return the runs of items (first, end) that are labels of a diagram.

    Ten or more short lines in a row, half of them of at most ten characters, few of them bylines, with at most one
    remark of up to ninety characters between any two of them.
    """
    spans, first = [], 0
    while first < len(items):
        if items[first].kind not in ("short", "byline"):
            first += 1
            continue
        end = _run(items, first)
        labels = [item for item in items[first:end] if item.kind != "prose"]
        names = sum(item.kind == "byline" for item in labels)
        small = len(labels) >= _FEWEST and median(len(item.text) for item in labels) <= _SHORT
        if small and names <= _NAMES * len(labels):
            spans.append((first, end))
        first = end
    return spans


def _run(items: list[Item], first: int) -> int:
    """Return where the run of labels that begins at `first` ends."""
    end, here = first + 1, first + 1
    while here < len(items) and here - end < 2:
        item = items[here]
        if item.kind in ("short", "byline") and len(item.text) <= _LABEL:
            end = here + 1
        elif item.kind != "prose" or len(item.text) > _LONGEST_NOTE:
            break
        here += 1
    return end


def diagram_blocks(cleaned: Cleaned, items: list[Item]) -> list[Block]:
    """Return a diagram's caption, labels and notes.

    Where labels are parted by empty lines, lines right below each other are one label; so are lines of which the first
    ends in a comma, in the middle of a quotation, or in a Western word that the next carries on. Labels side by side in
    one line are parted.
    """
    blocks: list[Block] = []
    group: list[Item] = []
    apart = [b.first > a.last + 1 for a, b in pairwise(items)]
    parted = sum(apart) * 3 >= len(apart)
    for item in items:
        if group and not _goes_on(group, item, parted):
            blocks += _labels(cleaned, group)
            group = []
        group.append(item)
    blocks += _labels(cleaned, group) if group else []
    if blocks and blocks[0].kind == "label":
        blocks[0] = Block("caption", blocks[0].text, blocks[0].origin)
    return blocks


def _goes_on(group: list[Item], item: Item, parted: bool) -> bool:
    """Return whether an item carries on a label; lines right below each other do where labels are `parted`."""
    last = group[-1]
    words = "".join(part.text for part in group)
    if (last.ended and last.kind == "prose") or last.text[-1:] in "。！？":
        return False
    if any(words.count(mark) > words.count(_PAIRS[mark]) for mark in _OPEN if mark in words):
        return True
    if words[-1:] in "，、：":
        return True
    western = last.text[-1:].isascii() and last.text[-1:].isalpha()
    if western and item.text[:1].isascii() and item.text[:1].islower():
        return True
    if _HAN_GAP.search(words) or _HAN_GAP.search(item.text) or item.text[:1] in "*＊※":
        return False
    return parted and item.first == last.last + 1 and western == (item.text[:1].isascii() and item.text[:1].isalpha())


def _labels(cleaned: Cleaned, group: list[Item]) -> list[Block]:
    block = joined("note" if any(item.kind == "prose" for item in group) else "label", cleaned, group)
    if block.kind == "note" or not _HAN_GAP.search(block.text):
        return [block]
    found, at = [], 0
    for gap in [*_HAN_GAP.finditer(block.text), None]:
        end = gap.start() if gap else len(block.text)
        found.append(Block("label", block.text[at:end], block.origin[at:end]))
        at = gap.end() if gap else end
    return found
