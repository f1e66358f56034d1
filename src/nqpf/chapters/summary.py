"""Chapter *Summary*: what the study is about and the findings of all chapters, each with its place."""

from __future__ import annotations

from collections.abc import Sequence

from nqpf.chapters.blocks import Block, Callout, Chapter, FindingList, Paragraph
from nqpf.chapters.context import Context
from nqpf.messages import say


def summary_chapter(context: Context, chapters: Sequence[Chapter]) -> Chapter:
    """Return the first chapter of a report from the findings of the others."""
    findings = tuple(finding for chapter in chapters for finding in chapter.findings)
    blocks: list[Block] = [Callout(context.about)] if context.about else []
    how = say("summary.how", count=len(findings))
    if context.ranks != "interval":
        how = say(f"modes.summary.{context.ranks}", count=len(findings))
    blocks += [Paragraph(how), FindingList(findings)]
    return Chapter("summary", say("summary.title"), tuple(blocks))
