"""Lists of titles away from their articles: the bodies below are parted until every title has one to go with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from nqpf.text.segmenting.drafts import Draft, Layout
from nqpf.text.segmenting.heads import Head
from nqpf.text.segmenting.items import Item
from nqpf.text.segmenting.splitting import split

_GOES_ON = re.compile(
    r"[一二三四五六七八九十]+(?:是|要|、)|其[一二三四五六七八九十中次]|首先|再次|最后|同时|此外|另外|[一另]一?方面|因此|所以"
    r"|总之|总的|具体|然而|但是|第[一二三四五六七八九十]"
)
_ALIKE = 4
"""First characters that two paragraphs of a series share."""
_COLUMN = 3.0
_AGAINST, _FOR = 1.2, 0.4
_MANY = 40
_PAGE = 20


def part_bodies(layout: Layout) -> None:
    """Part the bodies that hold several articles, in place.

    Below a list of two or more titles stand as many articles as there are titles with a byline of their own, unless
    remarks on authors say where articles end; more are found only where titles fit clearly.

    Parameters
    ----------
    layout
        The bodies and heads of a file.
    """
    below: dict[int, list[Draft]] = {}
    for body in layout.bodies:
        below.setdefault(id(body.under), []).append(body)
    new: dict[int, list[Draft]] = {}
    for head in layout.heads:
        bodies = below.get(id(head), []) or _above(layout, head)
        if len(head.titles) < 2 or not bodies or len(head.titles) <= len(bodies):
            continue
        if all(body.closed for body in bodies):
            continue
        closed = any(body.closed for body in bodies)
        signed = 0 if closed else sum(bool(title.bylines) for title in head.titles)
        places = [(body, k) for body in bodies for k, part in enumerate(body.parts) if part[0].kind == "prose"]
        if len(places) < 2:
            continue
        first = [i for i, (body, _) in enumerate(places) if i == 0 or places[i - 1][0] is not body]
        texts = [body.parts[k].text for body, k in places]
        found = split([title.text for title in head.titles], texts, _may_start(places), first, max(signed, len(first)))
        for body in bodies:
            inner = [k for i, (owner, k) in enumerate(places) if owner is body and i in found.starts and i not in first]
            new[id(body)] = _cut(body, inner)
    layout.bodies = [part for body in layout.bodies for part in (body, *new.get(id(body), ()))]


def pages(layout: Layout) -> Iterator[tuple[list[Draft], list[Head]]]:
    """Yield bodies and heads that may belong together: a file, of a long one the part from one list to the next."""
    if len(layout.bodies) <= _MANY:
        yield layout.bodies, layout.heads
        return
    order = {id(head): k for k, head in enumerate(layout.heads)}
    starts = [0]
    for i, body in enumerate(layout.bodies):
        several = body.head is not None and len(body.head.titles) > 1
        single = body.head is not None and len(body.head.titles) == 1 and i - starts[-1] >= _PAGE
        if i > starts[-1] and (several or single):
            starts.append(i)
    for first, end in zip(starts, [*starts[1:], len(layout.bodies)], strict=True):
        low = _first_head(layout, order, first)
        high = len(layout.heads) if end == len(layout.bodies) else _first_head(layout, order, end)
        yield layout.bodies[first:end], layout.heads[low:high]


def _first_head(layout: Layout, order: dict[int, int], i: int) -> int:
    head = layout.bodies[i].head
    return order[id(head)] if i and head is not None else 0


def _above(layout: Layout, head: Head) -> list[Draft]:
    """Return, for a list of titles at the end of the file, the bodies before it that have none."""
    return [body for body in layout.bodies if body.head is None] if head is layout.heads[-1] else []


def _may_start(places: list[tuple[Draft, int]]) -> np.ndarray:
    """Return what speaks for and against an article beginning at each paragraph, by its first words and its type."""
    found = []
    previous: list[Item] = []
    for body, k in places:
        items = body.parts[k]
        item, worth = items[0], 0.0
        if _GOES_ON.match(item.text):
            worth -= _AGAINST
        if previous and item.text[:_ALIKE] == previous[0].text[:_ALIKE]:
            worth -= _AGAINST
        if k and not body.parts[k - 1].prose:
            worth -= _AGAINST
        if previous:
            before = previous[-1]
            worth -= _AGAINST * (not before.ended)
            worth += _FOR * (abs(item.width - before.width) >= _COLUMN and min(item.width, before.width) > 0)
            worth += _FOR * (item.first - before.last > 2)
        found.append(worth)
        previous = items
    return np.array(found)


def _cut(body: Draft, starts: list[int]) -> list[Draft]:
    """Part a body before each of these parts, headings right above going with what follows; return what follows it."""
    if not starts:
        return []
    edges = []
    for k in starts:
        while k > 0 and not body.parts[k - 1].prose:
            k -= 1
        edges.append(k)
    bounds = [*edges, len(body.parts)]
    new = [Draft(parts=body.parts[first:end], under=body.under) for first, end in pairwise(bounds)]
    last = new[-1]
    last.remarks, last.signed, last.strays, last.diagrams = body.remarks, body.signed, body.strays, body.diagrams
    body.remarks = body.signed = body.strays = ()
    body.diagrams = ()
    body.parts = body.parts[: edges[0]]
    return new
