"""Chapter *Summary*: what the study is about, the findings of all chapters with their places, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, FindingList, Paragraph, Table
from nqpf.index.planning.spec import Ranks
from nqpf.messages import Text, say


def summary_chapter(
    about: Text | None,
    ranks: Ranks,
    chapters: Sequence[Chapter],
    absent: Sequence[str] = (),
    masked: bool = False,
) -> Chapter:
    """Return the first chapter of a report from the findings of the others.

    Parameters
    ----------
    about
        What the study can and cannot say.
    ranks
        How the report speaks of ranks.
    chapters
        The other chapters.
    absent
        Ids of the chapters that there are no data for.
    masked
        Whether codes stand in the place of units' names.
    """
    findings = tuple(finding for chapter in chapters for finding in chapter.findings)
    blocks: list[Block] = [Callout(about)] if about else []
    if masked:
        blocks.append(Callout(say("anonymous.note")))
    how = say("summary.how", count=len(findings))
    if ranks != "interval":
        how = say(f"modes.summary.{ranks}", count=len(findings))
    blocks += [Paragraph(how), FindingList(findings), *_absent(absent)]
    return Chapter("summary", say("summary.title"), tuple(blocks))


def _absent(names: Sequence[str]) -> Iterator[Block]:
    """Yield the chapters that are left out, each with what it would take."""
    if not names:
        return
    rows = [(name, say(f"summary.chapter.{name}"), say(f"summary.needs.{name}")) for name in names]
    frame = pl.DataFrame(
        {
            "chapter": names,
            "chapter_zh": [title.zh for _, title, _ in rows],
            "chapter_en": [title.en for _, title, _ in rows],
            "needs_zh": [needs.zh for _, _, needs in rows],
            "needs_en": [needs.en for _, _, needs in rows],
        }
    )
    columns = (Column("chapter", say("summary.column.chapter")), Column("needs", say("summary.column.needs")))
    yield Table("left-out", say("summary.left_out"), frame, columns)
