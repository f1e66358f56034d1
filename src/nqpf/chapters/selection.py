"""Which chapters a report has and how much of each: the reader's choice, made once for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from nqpf.chapters.blocks import Block, Chapter, FindingList, Formula, Section, Table
from nqpf.errors import SpecError, hint, listing

Detail = Literal["brief", "standard", "full"]
FIRST = "summary"
"""The chapter that no choice leaves out."""
SHORT = 20
"""Rows of a table that a brief report still shows."""
ROWS = {"brief": SHORT, "standard": 40, "full": 100_000}
"""Rows of a table that a page format shows at most, by the level of detail. The files hold them all."""


def chosen(chapters: Iterable[Chapter], only: Sequence[str] | None) -> tuple[Chapter, ...]:
    """Return the chapters asked for, in the report's own order; all of them where none is named.

    Raises
    ------
    SpecError
        A chapter is asked for that this report does not have (``no_chapter``).
    """
    every = tuple(chapters)
    if only is None:
        return every
    known = [c.id for c in every]
    for name in (name for name in only if name not in (*known, FIRST)):
        raise SpecError("no_chapter", chapter=name, hint=hint(name, known), options=listing(known, 40))
    return tuple(c for c in every if c.id in only)


def detailed(chapters: Iterable[Chapter], detail: Detail) -> tuple[Chapter, ...]:
    """Return chapters in a level of detail.

    ``standard`` and ``full`` keep every block, and differ in how many rows of a long table a page shows; ``brief``
    keeps findings, running text, figures and short tables, and leaves out the annex of methods, what is picked one at a
    time, formulas and long tables. Findings stay: one whose place is gone points nowhere.
    """
    if detail != "brief":
        return tuple(chapters)
    return tuple(replace(c, blocks=tuple(_brief(c.blocks))) for c in chapters if c.id != "methods")


def _brief(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Section):
            inside = () if block.choose else tuple(_brief(block.blocks))
            if any(not isinstance(b, FindingList) for b in inside):
                yield replace(block, blocks=inside)
        elif not isinstance(block, Formula) and not (isinstance(block, Table) and block.frame.height > SHORT):
            yield block
