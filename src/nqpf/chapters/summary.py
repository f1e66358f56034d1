"""Chapter *Summary*: what the study is about and the findings of all chapters, each with its place."""

from __future__ import annotations

from collections.abc import Sequence

from nqpf.chapters.blocks import Block, Callout, Chapter, FindingList, Paragraph
from nqpf.index.planning.spec import Ranks
from nqpf.messages import Text, say


def summary_chapter(about: Text | None, ranks: Ranks, chapters: Sequence[Chapter]) -> Chapter:
    """Return the first chapter of a report from the findings of the others, in the report's mode of ranks."""
    findings = tuple(finding for chapter in chapters for finding in chapter.findings)
    blocks: list[Block] = [Callout(about)] if about else []
    how = say("summary.how", count=len(findings))
    if ranks != "interval":
        how = say(f"modes.summary.{ranks}", count=len(findings))
    blocks += [Paragraph(how), FindingList(findings)]
    return Chapter("summary", say("summary.title"), tuple(blocks))
