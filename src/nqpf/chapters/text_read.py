"""What was read, what cleaning changed, what a person should look at, and which articles repeat others."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.text_context import TextContext
from nqpf.messages import say

TOLD = ("text_ingested", "text_refused")
"""Remarks on reading that sentences and tables of this section say."""


def read_blocks(context: TextContext) -> Iterator[Block]:
    """Yield files, articles, refusals, changes and flags."""
    found, corpus = context.found, context.found.corpus
    articles = found.articles
    dates = articles["date"].drop_nulls()
    yield Paragraph(say(
        "texts.read.how", files=corpus.sources.height, articles=articles.height, chars=int(articles["chars"].sum()),
        untitled=articles["title"].null_count(), no_region=articles["region"].null_count(),
        no_date=articles["date"].null_count(), first=dates.min() or "–", last=dates.max() or "–",
    ))  # fmt: skip
    if found.spec.metadata is None:
        yield Paragraph(say("texts.add.metadata"))
    yield from _articles(context)
    if corpus.refusals.height:
        columns = (Column("file", say("texts.column.file")), Column("reason", say("texts.column.reason")))
        yield Table("text-refusals", say("texts.read.refusals"), refused_files(context), columns)
    if corpus.remarks.height:
        frame = corpus.remarks.select("file", "severity", text_zh="zh", text_en="en")
        yield Table("text-remarks", say("texts.read.remarks"), frame, (Column("text", say("texts.column.remark")),))
    yield from _edits(context)
    yield from _flags(context)
    yield from context.told.notes(*(note for note in found.notes if note.code not in TOLD))


def refused_files(context: TextContext) -> pl.DataFrame:
    """Return the files that could not be read: file, code, reason."""
    return context.found.corpus.refusals.drop("path")


def _articles(context: TextContext) -> Iterator[Block]:
    frame = context.named(context.found.articles).with_columns(pl.col("authors").list.join("、"))
    columns = [Column("id", say("texts.column.article")), Column("title", say("texts.column.title"))]
    labels = {"authors": "authors", "unit": "region", "level": "level", "date": "date"}
    columns += [Column(key, say(f"texts.column.{name}")) for key, name in labels.items() if _filled(frame[key])]
    columns.append(Column("chars", say("texts.column.chars"), "integer"))
    frame = frame.select(pl.exclude("affiliations", "flags"))
    yield Table("text-articles", say("texts.read.articles"), frame, tuple(columns))


def _filled(column: pl.Series) -> bool:
    """Return whether a column of a table says anything."""
    return bool((column.drop_nulls() != "").any())


def _edits(context: TextContext) -> Iterator[Block]:
    counts = context.found.corpus.edits.group_by("rule").agg(
        pl.len().cast(pl.Int64).alias("count"), pl.col("file").n_unique().cast(pl.Int64).alias("files")
    )
    if not counts.height:
        yield Paragraph(say("texts.read.no_edits"))
        return
    counts = counts.sort("count", "rule", descending=[True, False])
    frame = worded(counts, "rule", {rule: say(f"texts.rule.{rule}") for rule in counts["rule"]})
    columns = (
        Column("rule", say("texts.column.rule")),
        Column("count", say("texts.column.places"), "integer"),
        Column("files", say("texts.column.files"), "integer"),
    )
    yield Table("text-edits", say("texts.read.edits"), frame, columns, say("texts.read.edits.note"))


def _flags(context: TextContext) -> Iterator[Block]:
    flags = context.found.flags
    if not flags.height:
        yield Paragraph(say("texts.read.no_flags"))
        return
    frame = worded(flags, "kind", {kind: say(f"texts.flag.{kind}") for kind in flags["kind"].unique()})
    columns = (
        Column("article", say("texts.column.article")),
        Column("kind", say("texts.column.flag")),
        Column("evidence", say("texts.column.evidence")),
    )
    yield Table("text-flags", say("texts.read.flags", count=flags.height), frame, columns)


def duplicate_blocks(context: TextContext) -> Iterator[Block]:
    """Yield pairs of articles that are the same, nearly so, or one inside the other."""
    found = context.found
    yield from context.told.absent(found.duplicates, say("texts.add.nothing"))
    if (same := found.duplicates.result) is None:
        return
    if not same.pairs.height:
        yield Paragraph(say("texts.duplicates.none", articles=same.texts))
        return
    numbers = {"articles": same.texts, "pairs": same.pairs.height, "repeated": len(found.repeated)}
    yield Paragraph(say(f"texts.duplicates.{found.spec.duplicates}", **numbers))
    frame = worded(same.pairs, "kind", {kind: say(f"texts.copy.{kind}") for kind in ("exact", "near", "contained")})
    columns = [Column("id_1", say("texts.column.one")), Column("id_2", say("texts.column.other"))]
    columns += [Column("kind", say("texts.column.likeness"))]
    columns += [Column("jaccard", say("texts.column.jaccard"), "number", 3)]
    columns += [Column(key, say(f"texts.column.{key}"), "percent", 0) for key in ("containment_1", "containment_2")]
    yield Table("text-pairs", say("texts.duplicates.table"), frame, tuple(columns))
    yield from context.told.notes(*same.notes)
