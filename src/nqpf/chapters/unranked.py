"""A report without ranks: one pass over the finished chapters that leaves out whatever tells who stands before whom.

It goes by what is there, not by who wrote it: columns that hold ranks, and texts that speak of them, wherever they
stand. The method annex, which names methods by their names, is left as it is; so are the names that the user gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, FindingList, Formula, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.charts.figure import Figure
from nqpf.messages import Text, say
from nqpf.results import Finding, Note

RANK = re.compile(r"(^|_)ranks?(_|$)")
"""Names of columns and keys that hold ranks."""

BESIDE_RANKS = ("draws_low", "draws_high", "left_out_low", "left_out_high", "most_moving")
"""Columns that stand beside a rank and say how far it moves, and by what."""

OF_RANKS = ("robustness",)
"""Chapters that speak of nothing but ranks."""

ANNEX = ("methods",)
"""Chapters that the pass leaves as they are."""

TOTALS = ("scores", "contributions", "changes", "multiverse")
"""Parts of a record that give the score of the whole index, or add up to it."""


def unranked(context: Context, chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Return chapters without ranks, in the mode of the study; as they are where it shows ranks.

    Columns and keys of ranks are dropped, and with them what stands on nothing else; units stand in their given order.
    A finding goes where it speaks of ranks or where the place of its numbers is gone.
    """
    if context.ranks == "interval":
        return tuple(chapters)
    cleaner = _Cleaner.of(context)
    kept = [c if c.id in ANNEX else cleaner.chapter(c) for c in chapters if c.id not in OF_RANKS]
    places = {id for chapter in kept for id in _ids(chapter)}
    return tuple(replace(c, findings=tuple(f for f in c.findings if f.place in places)) for c in kept)


def unranked_notes(context: Context, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the notes that do not speak of ranks; all of them where the study shows ranks."""
    if context.ranks == "interval":
        return tuple(notes)
    cleaner = _Cleaner.of(context)
    return tuple(note for note in notes if not cleaner.speaks(note.text()))


def unranked_record(context: Context, record: dict[str, Any]) -> dict[str, Any]:
    """Return what is written for machines without ranks, in grades without whatever gives the index's own score."""
    if context.ranks == "interval":
        return record
    left = {key: value for key, value in record.items() if context.ranks == "none" or key not in TOTALS}
    if "scores" in record and "scores" not in left:
        root = context.framework.root.id
        left["scores"] = [row for row in record["scores"] if row["node"] != root]
    found: dict[str, Any] = _without_keys(left)
    return found


def is_rank(name: str) -> bool:
    """Return whether a column or key of this name holds a rank.

    Examples
    --------
    >>> [is_rank(name) for name in ("rank", "rank_low", "imputation_ranks", "frank", "ranking")]
    [True, True, True, False, False]
    """
    return RANK.search(name) is not None or name in BESIDE_RANKS


def _without_keys(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {key: _without_keys(value) for key, value in content.items() if not is_rank(str(key))}
    if isinstance(content, list | tuple):
        return [_without_keys(value) for value in content]
    return content


def _ids(part: Chapter | Section) -> Iterator[str]:
    yield part.id
    for block in part.blocks:
        if isinstance(block, Section):
            yield from _ids(block)
        elif isinstance(block, Table | Figure):
            yield block.id


@dataclass(frozen=True, slots=True)
class _Cleaner:
    """What the pass must know: words of ranks, names that are the user's own, the given order of units."""

    words: re.Pattern[str]
    own: tuple[str, ...]
    order: Mapping[str, int]

    @classmethod
    def of(cls, context: Context) -> _Cleaner:
        titles = [context.title, *(n.title for n in context.framework.nodes), *(s.title for s in context.panel.series)]
        titles += [*context.panel.labels.values(), *context.group_titles.values()]
        words = re.compile(say("modes.words").zh)
        own = tuple(t.zh for t in titles if words.search(t.zh))
        return cls(words, own, {unit: n for n, unit in enumerate(context.panel.units)})

    def speaks(self, text: Text | None) -> bool:
        """Return whether a text speaks of ranks in words that are not the user's.

        The Chinese text decides: its word for the place in a ranking is not the one for ranks as statistics use them.
        """
        if text is None:
            return False
        said = text.zh
        for name in self.own:
            said = said.replace(name, "")
        return self.words.search(said) is not None

    def chapter(self, chapter: Chapter) -> Chapter:
        found = tuple(f for f in chapter.findings if not self.speaks(f.text()))
        return replace(chapter, blocks=self.blocks(chapter.blocks), findings=found)

    def blocks(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        cleaned = (self.block(block) for block in blocks)
        return tuple(block for block in cleaned if block is not None)

    def block(self, block: Block) -> Block | None:
        """Return a block without ranks, or None where nothing is left of it."""
        if isinstance(block, Paragraph | Callout):
            return None if self.speaks(block.text) else block
        if isinstance(block, FindingList):
            return FindingList(tuple(f for f in block.findings if not self._told(f)))
        if isinstance(block, Section):
            inside = self.blocks(block.blocks)
            return replace(block, blocks=inside) if inside and not self.speaks(block.title) else None
        if isinstance(block, Figure):
            ranked = any(is_rank(c) for c in block.data.columns) or self.speaks(block.title)
            return None if ranked or self.speaks(block.caption) else block
        return block if isinstance(block, Formula) else self.table(block)

    def _told(self, finding: Finding) -> bool:
        return self.speaks(finding.text())

    def table(self, table: Table) -> Table | None:
        """Return a table without its columns of ranks, units in their given order."""
        if self.speaks(table.title):
            return None
        titled = {c.key for c in table.columns if self.speaks(c.title)}
        gone = [c for c in table.frame.columns if is_rank(c) or c in titled or c.removesuffix("_zh") in titled]
        gone += [c for c in table.frame.columns if c not in gone and c.removesuffix("_en") in titled]
        columns = tuple(c for c in table.columns if c.key not in gone and c.key not in titled)
        if gone and not _tells(columns):
            return None
        note = None if self.speaks(table.note) else table.note
        return replace(table, frame=self.ordered(table.frame.drop(gone)), columns=columns, note=note)

    def ordered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame's rows in the given order of their units, by grade first where it has grades."""
        if "unit" not in frame.columns or not set(frame["unit"]) <= self.order.keys():
            return frame
        place = pl.col("unit").replace_strict(self.order, return_dtype=pl.Int64)
        grade = [pl.col("grade")] if "grade" in frame.columns else []
        return frame.sort(*grade, place, nulls_last=True, maintain_order=True)


def _tells(columns: Sequence[Column]) -> bool:
    """Return whether a table's columns tell more than names and years."""
    return any(column.kind != "text" and column.key != "period" for column in columns)
