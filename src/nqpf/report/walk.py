"""One pass over a report's chapters that numbers what has a name: chapters, sections, tables and figures.

Every writer takes its numbers, anchors and file names from here, so "Table 3-1" is the same table in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType

from nqpf.chapters.blocks import Block, Chapter, FindingList, Section, Table
from nqpf.charts.figure import Figure
from nqpf.messages import Text, say
from nqpf.results import Finding

Named = Chapter | Section | Table | Figure

NUMBERED_LEVELS = 3
"""Chapters, their sections and these ones' sections carry a number; what lies deeper, a title only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something in the report that can be pointed at.

    Attributes
    ----------
    anchor
        Name in links and stem of file names.
    block
        The chapter, section, table or figure.
    number
        ``3``, ``3.2``, ``3-1``; empty for a section that carries none.
    level
        Depth of a heading: 1 for a chapter. Tables and figures have the level of the heading above them.
    """

    anchor: str
    block: Named
    number: str
    level: int

    @property
    def label(self) -> Text:
        """Return what the place is called in running text: "图 3-1" / "Figure 3-1"."""
        if not self.number:
            return say("report.named", title=self.block.title)
        kind = type(self.block).__name__.lower()
        return say(f"report.{kind}", number=self.number)


@dataclass(frozen=True, slots=True)
class Outline:
    """The places of a report by anchor, in reading order."""

    places: Mapping[str, Place]

    def find(self, id: str) -> Place | None:
        """Return the place of the block with this id, or None if the report has none."""
        return self.places.get(anchor(id))

    def tables(self) -> Iterator[tuple[Place, Table]]:
        """Return the tables in reading order."""
        return ((p, p.block) for p in self.places.values() if isinstance(p.block, Table))

    def figures(self) -> Iterator[tuple[Place, Figure]]:
        """Return the figures in reading order."""
        return ((p, p.block) for p in self.places.values() if isinstance(p.block, Figure))

    def loose(self) -> tuple[Finding, ...]:
        """Return the findings listed in the report whose place is not in it."""
        chapters = [p.block for p in self.places.values() if isinstance(p.block, Chapter)]
        listed = (b for chapter in chapters for b in walk(chapter.blocks) if isinstance(b, FindingList))
        return tuple(f for block in listed for f in block.findings if self.find(f.place) is None)


def anchor(id: str) -> str:
    """Return `id` as it stands in links and file names: letters, digits, dots, hyphens and underscores.

    Examples
    --------
    >>> anchor("profile 广东/2022")
    'profile-广东-2022'
    """
    return re.sub(r"[^\w.-]+", "-", id)


def walk(blocks: Sequence[Block]) -> Iterator[Block]:
    """Return `blocks` and everything in their sections, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from walk(block.blocks)


def outline(chapters: Sequence[Chapter]) -> Outline:
    """Return the numbered places of a report.

    Parameters
    ----------
    chapters
        Chapters in reading order.

    Raises
    ------
    ValueError
        Two blocks have the same id, or ids that differ in capitals only: their links and files would be confused.

    Examples
    --------
    >>> part = Section("ranks", Text("位次", "Ranks"), blocks=())
    >>> places = outline([Chapter("scores", Text("得分", "Scores"), blocks=(part,))]).places
    >>> places["ranks"].label.en
    'Section 1.1'
    """
    places: dict[str, Place] = {}
    taken: set[str] = set()
    for number, chapter in enumerate(chapters, 1):
        for place in _chapter(chapter, number):
            name = place.anchor.casefold()
            if name in taken:
                raise ValueError(f"two blocks of the report have the id {place.block.id!r}")
            taken.add(name)
            places[place.anchor] = place
    return Outline(MappingProxyType(places))


def _chapter(chapter: Chapter, number: int) -> Iterator[Place]:
    yield Place(anchor(chapter.id), chapter, str(number), 1)
    # Tables and figures are counted through the whole chapter, whatever section they stand in.
    yield from _inside(chapter.blocks, str(number), 1, {Table: count(1), Figure: count(1)}, str(number))


def _inside(
    blocks: Sequence[Block], chapter: str, level: int, counters: Mapping[type, Iterator[int]], number: str
) -> Iterator[Place]:
    sections = count(1)
    for block in blocks:
        if isinstance(block, (Table, Figure)):
            yield Place(anchor(block.id), block, f"{chapter}-{next(counters[type(block)])}", level)
        elif isinstance(block, Section):
            own = f"{number}.{next(sections)}" if number and level < NUMBERED_LEVELS else ""
            yield Place(anchor(block.id), block, own, level + 1)
            # What is picked from a list is known by its name, not by its position in the list.
            yield from _inside(block.blocks, chapter, level + 1, counters, "" if block.choose else own)
