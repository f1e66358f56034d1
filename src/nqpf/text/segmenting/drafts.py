"""Articles in the making: where each begins and ends, as far as the page shows without reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nqpf.text.segmenting.heads import Head, evidence_of, read_head
from nqpf.text.segmenting.items import Item
from nqpf.text.segmenting.repair import Link


class Part(list[Item]):
    """A paragraph, heading or short line, as the items it is put together from; `links` are the repairs that did so."""

    links: tuple[Link, ...] = ()

    @property
    def text(self) -> str:
        """Its characters."""
        return self[0].text if len(self) == 1 else "".join(item.text for item in self)

    @property
    def prose(self) -> bool:
        """Whether it is running text."""
        return self[0].kind == "prose"


@dataclass(slots=True, eq=False)
class Draft:
    """The body of an article.

    Attributes
    ----------
    parts
        Its paragraphs, headings and short lines in reading order.
    head
        What stands right above it, None if another article or nothing does.
    under
        The last head before it, be it right above or not.
    remarks
        Remarks on author and origin below it.
    signed
        Bylines below it.
    strays
        Short lines below it that are no headings.
    diagrams
        Diagrams in it (first, end as places of items).
    """

    parts: list[Part] = field(default_factory=list)
    head: Head | None = None
    under: Head | None = None
    remarks: tuple[Item, ...] = ()
    signed: tuple[Item, ...] = ()
    strays: tuple[Item, ...] = ()
    diagrams: tuple[tuple[int, int], ...] = ()

    @property
    def closed(self) -> bool:
        """Whether a remark or byline says that it has ended."""
        return bool(self.remarks or self.signed)

    @property
    def text(self) -> str:
        """Its paragraphs and headings, one a line."""
        return "\n".join(part.text for part in self.parts)


@dataclass(slots=True, eq=False)
class Layout:
    """The bodies of a file in reading order, and what stands between them."""

    bodies: list[Draft]
    heads: list[Head]


def read_layout(
    items: list[Item],
    order: Sequence[int],
    joins: dict[int, Link],
    spans: Sequence[tuple[int, int]],
    contents: frozenset[str],
) -> Layout:
    """Return the bodies of a file.

    Parameters
    ----------
    items
        Its items.
    order
        Their places in reading order.
    joins
        For a paragraph that breaks off, the link to the one that continues it.
    spans
        Diagrams (first, end as places of items).
    contents
        Titles that a table of contents names, see `heads.title_keys`.
    """
    return _Reader(items, order, joins, spans, contents).read()


class _Reader:
    """Walks through the items of a file once."""

    def __init__(
        self,
        items: list[Item],
        order: Sequence[int],
        joins: dict[int, Link],
        spans: Sequence[tuple[int, int]],
        contents: frozenset[str],
    ) -> None:
        self.items, self.order, self.joins, self.contents = items, order, joins, contents
        self.spans = {first: end for first, end in spans}
        self.styles = _titles_by_style(items)
        self.found = Layout([], [])
        self.body: Draft | None = None
        self.head: Head | None = None
        self.previous = -1

    def read(self) -> Layout:
        """Return the bodies and heads."""
        k = 0
        while k < len(self.order):
            i = self.order[k]
            if i != self.previous + 1 and not self._linked(i):
                self.body = None
            k += self._step(k, i)
        return self.found

    def _linked(self, i: int) -> bool:
        return self.previous in self.joins and self.joins[self.previous].head == i

    def _step(self, k: int, i: int) -> int:
        """Read what begins at the k-th place of the order, item i; return how many items that was."""
        item = self.items[i]
        if i in self.spans:
            size = self.spans[i] - i
            self._diagram(i, self.spans[i])
        elif item.kind == "prose":
            size = 1
            self._prose(i)
        elif item.kind in ("affiliation", "credit"):
            size = 1
            self._remark(item, i)
        else:
            size = self._group(k)
        self.previous = self.order[k + size - 1]
        return size

    def _prose(self, i: int) -> None:
        if self.body is not None and self.body.parts and self._linked(i):
            link = self.joins[self.previous]
            self.body.parts[-1].append(self.items[i])
            self.body.parts[-1].links += (link,)
            return
        if self.body is None or self.body.closed:
            self._open(i)
        assert self.body is not None
        self.body.parts.append(Part([self.items[i]]))

    def _open(self, i: int) -> None:
        """Begin a body; the head is its own if it stands right above."""
        beside = self.head if self.head is not None and self.head.last == i - 1 and self.previous == i - 1 else None
        self.body = Draft(head=beside, under=self.head)
        if beside is not None:
            self.body.parts += [Part([item]) for item in beside.headings]
        self.found.bodies.append(self.body)

    def _remark(self, item: Item, i: int) -> None:
        if self.body is not None and self.body.parts:
            self.body.remarks += (item,)
        elif self.head is not None and self.head.last == i - 1:
            self.head.remarks += (item,)
            self.head.last = i
        elif self.found.bodies:
            self.found.bodies[-1].remarks += (item,)

    def _diagram(self, first: int, end: int) -> None:
        if not self.found.bodies:
            self.body = Draft(under=self.head)
            self.found.bodies.append(self.body)
        self.found.bodies[-1].diagrams += ((first, end),)

    def _group(self, k: int) -> int:
        """Read short lines and bylines in a row."""
        size = 1
        while k + size < len(self.order) and self._goes_on(k, size):
            size += 1
        group = [self.items[i] for i in self.order[k : k + size]]
        at_end = size > 1 and k + size == len(self.order)
        by_place = self.body is None or self.body.closed or at_end
        last = self.order[k + size - 1]
        if not by_place and all(item.kind == "byline" for item in group):
            assert self.body is not None
            self.body.signed += tuple(group)
            return size
        head = read_head(group, self.contents, self.styles, by_place, last)
        if head is None:
            assert self.body is not None
            self.body.parts += [Part([item]) for item in group]
            return size
        if self.found.bodies:
            self.found.bodies[-1].strays += head.strays
            head.strays = ()
        self.head, self.body = head, None
        self.found.heads.append(head)
        return size

    def _goes_on(self, k: int, size: int) -> bool:
        i = self.order[k + size]
        near = i == self.order[k + size - 1] + 1 and i not in self.spans
        return near and self.items[i].kind in ("short", "byline")


def _titles_by_style(items: list[Item]) -> bool:
    """Return whether first-level headings are titles: the first heading is one, or bylines stand below them."""
    styled = [item for item in items if item.style[:1] == "h" and item.style[1:].isdigit()]
    if not styled:
        return False
    below = any(a.style == "h1" and b.kind == "byline" for a, b in pairwise(items))
    return below or (styled[0].style == "h1" and items[0].style == "h1" and styled[0] is items[0])


def reading_order(items: list[Item], links: list[Link], contents: frozenset[str]) -> list[int]:
    """Return the places of the items in the order in which they are read when each link is followed.

    What follows the head of a link up to the end of its article is moved with it.
    """
    styles = _titles_by_style(items)
    moved: dict[int, list[int]] = {}
    taken: set[int] = set()
    tails = {link.tail for link in links}
    for link in links:
        if link.moves:
            end = _end_of_chunk(items, link.head, tails, contents, styles)
            chunk = [i for i in range(link.head, end) if i not in taken]
            moved[link.tail] = chunk
            taken.update(chunk)
    order: list[int] = []
    seen: set[int] = set()

    def follow(i: int) -> None:
        stack = [i]
        while stack:
            here = stack.pop()
            if here in seen:
                continue
            seen.add(here)
            order.append(here)
            stack.extend(reversed(moved.get(here, [])))

    for i in range(len(items)):
        if i not in taken:
            follow(i)
    order += [i for i in range(len(items)) if i not in seen]
    return order


def _end_of_chunk(items: list[Item], head: int, tails: set[int], contents: frozenset[str], styles: bool) -> int:
    """Return the place after the last item that belongs to the same article as the one at `head`."""
    for i in range(head, len(items)):
        if items[i].kind in ("affiliation", "credit"):
            return i + 1
        if i in tails and i != head:
            return i + 1
        if i > head and items[i].kind == "short" and evidence_of(items[i : i + 3], 0, contents, styles):
            return i
        if i in tails:
            return i + 1
    return len(items)
