"""Chapter *Texts*: what was read, what regions write of, whose words, how ideas spread, talk against substance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from nqpf.chapters.blocks import Block, Chapter, Paragraph, Section
from nqpf.chapters.regions_frames import finite
from nqpf.chapters.text_attention import attention_blocks, words_blocks
from nqpf.chapters.text_context import TextContext
from nqpf.chapters.text_findings import text_findings
from nqpf.chapters.text_quoted import altered_blocks, statement_blocks
from nqpf.chapters.text_read import duplicate_blocks, read_blocks, refused_files
from nqpf.chapters.text_spread import centre_blocks, likeness_by_region, spread_blocks
from nqpf.chapters.text_substance import evidence_blocks, evidence_items, substance_blocks
from nqpf.messages import say
from nqpf.results import Part, Result

Write = Callable[[TextContext], Iterator[Block]]

SECTIONS: Mapping[str, tuple[str, Write]] = {
    "read": ("text-read", read_blocks),
    "duplicates": ("text-duplicates", duplicate_blocks),
    "attention": ("text-attention-by-region", attention_blocks),
    "words": ("text-words-of-regions", words_blocks),
    "statements": ("text-official", statement_blocks),
    "altered": ("text-changed", altered_blocks),
    "spread": ("text-diffusion", spread_blocks),
    "centre": ("text-likeness", centre_blocks),
    "substance": ("text-substance", substance_blocks),
    "evidence": ("text-theory", evidence_blocks),
}
"""Anchor and writer of each section."""


def text_chapter(context: TextContext) -> Chapter:
    """Return the chapter and its findings."""
    sections = [
        Section(anchor, say(f"texts.section.{name}"), tuple(write(context)))
        for name, (anchor, write) in SECTIONS.items()
    ]
    how = Paragraph(say("texts.how"))
    return Chapter("text", say("texts.title"), (how, *sections), tuple(text_findings(context)))


def text_methods(context: TextContext) -> dict[str, Mapping[str, Any]]:
    """Return the methods that were used, with their options, by id."""
    results = (part.result for _, part in text_parts(context))
    used = (result.method for result in results if isinstance(result, Result))
    return {method.id: method.options for method in used}


def text_parts(context: TextContext) -> Iterator[tuple[str, Part[Any]]]:
    """Yield everything that was tried, by its name."""
    for field in fields(context.found):
        part = getattr(context.found, field.name)
        if isinstance(part, Part):
            yield field.name, part


def text_record(context: TextContext) -> dict[str, Any]:
    """Return the figures of the chapter as they are written for machines, refusals with their reason."""
    frames = {name: frame for name, frame in _frames(context) if frame.height}
    record: dict[str, Any] = {name: finite(frame).to_dicts() for name, frame in frames.items()}
    refused = {name: part.refused for name, part in text_parts(context) if part.refused is not None}
    texts = {name: (error.code, context.told.refusal(error)) for name, error in refused.items()}
    record["refused"] = {name: {"code": code, "zh": text.zh, "en": text.en} for name, (code, text) in texts.items()}
    return record


def _frames(context: TextContext) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables of the chapter by name; of passages the best one of each item."""
    found = context.found
    yield "files", found.corpus.sources.drop("path")
    yield "articles", found.articles
    yield "refused_files", refused_files(context)
    yield "flags", found.flags
    if found.duplicates.result is not None:
        yield "duplicates", found.duplicates.result.pairs
        yield "repeated", pl.DataFrame({"article": list(found.repeated)}, schema={"article": pl.String})
    if (seen := found.attention.result) is not None:
        yield from (
            ("groups", seen.whole),
            ("attention", seen.by("unit", "year")),
            ("attention_years", seen.by("year")),
        )
    if found.advantage.result is not None:
        yield "advantage", found.advantage.result.frame.filter(pl.col("count") > 0)
    if found.network.result is not None:
        yield "pairs_of_terms", found.network.result.edges
    if (said := found.quoted.result) is not None:
        yield from (("statements", said.timeline), ("altered", said.altered))
    if (spread := found.diffusion.result) is not None:
        yield from (("diffusion", spread.frame), ("adoption", spread.curve), ("adoption_fits", spread.fits))
    if found.likeness.result is not None:
        yield "likeness", likeness_by_region(context)
    if (gaps := found.substance.result) is not None:
        yield from (("substance", gaps.frame), ("agreement", gaps.agreement))
    if found.evidence.result is not None:
        yield "evidence", evidence_items(context)
