"""What was read, what cleaning changed, what a person should look at, and which articles repeat others."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.text_context import TextContext
from nqpf.messages import Text, say

TOLD = ("text_ingested", "text_refused")
"""Remarks on reading that sentences and tables of this section say."""
SHOWN = 60
"""Rows that a table of articles, flags or pairs shows."""


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
    yield from _edits(context)
    yield from _flags(context)
    yield from context.told.notes(*(note for note in found.notes if note.code not in TOLD))


def refused_files(context: TextContext) -> pl.DataFrame:
    """Return the files that could not be read: file, code, reason, the file named as it is cited."""
    refused = context.found.corpus.refusals
    told = [
        Text(*(reason.replace(path, file) for reason in reasons))
        for file, path, *reasons in refused.select("file", "path", "reason_zh", "reason_en").iter_rows()
    ]
    return refused.select("file", "code").with_columns(texts("reason", told))


def _articles(context: TextContext) -> Iterator[Block]:
    frame = context.named(context.found.articles).with_columns(pl.col("authors").list.join("、"))
    columns = [Column("id", say("texts.column.article")), Column("title", say("texts.column.title"))]
    labels = {"authors": "authors", "unit": "region", "level": "level", "date": "date"}
    columns += [Column(key, say(f"texts.column.{name}")) for key, name in labels.items() if _filled(frame[key])]
    columns.append(Column("chars", say("texts.column.chars"), "integer"))
    yield Table(
        "text-articles",
        say("texts.read.articles"),
        frame.select(pl.exclude("affiliations", "flags")).head(SHOWN),
        tuple(columns),
        say("texts.shown", shown=SHOWN, count=frame.height) if frame.height > SHOWN else None,
    )


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
    note = say("texts.shown", shown=SHOWN, count=flags.height) if flags.height > SHOWN else None
    yield Table("text-flags", say("texts.read.flags", count=flags.height), frame.head(SHOWN), columns, note)


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
    frame = worded(
        same.pairs, "kind", {kind: say(f"texts.copy.{kind}") for kind in ("exact", "near", "contained")}
    ).head(SHOWN)
    columns = [Column("id_1", say("texts.column.one")), Column("id_2", say("texts.column.other"))]
    columns += [Column("kind", say("texts.column.likeness"))]
    columns += [Column("jaccard", say("texts.column.jaccard"), "number", 3)]
    columns += [Column(key, say(f"texts.column.{key}"), "percent", 0) for key in ("containment_1", "containment_2")]
    note = say("texts.shown", shown=SHOWN, count=same.pairs.height) if same.pairs.height > SHOWN else None
    yield Table("text-pairs", say("texts.duplicates.table"), frame, tuple(columns), note)
    yield from context.told.notes(*same.notes)
