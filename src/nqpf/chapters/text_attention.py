"""Attention by region and year, own words apart from quoted ones; the words a region stresses; what stands together."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.text_context import TextContext
from nqpf.charts.contributions import contributions
from nqpf.charts.figure import Figure
from nqpf.charts.trend import trend
from nqpf.messages import say
from nqpf.text.survey_attention import Attention

TOP = 5
"""Terms of a region that are listed."""
LEAST = 3
"""Occurrences of a term in a region from which it is listed."""
EDGES = 20
"""Pairs of terms that are listed."""
LEVEL = 0.05
"""p value above which a pair is not listed."""


def attention_blocks(context: TextContext) -> Iterator[Block]:
    """Yield how much is written of the terms, by group, by region and year."""
    found = context.found
    yield from context.told.absent(found.attention, say("texts.add.nothing"))
    if (seen := found.attention.result) is None:
        return
    dictionary = found.material.dictionary
    whole = seen.by().row(0, named=True)
    yield Paragraph(say(
        "texts.attention.how", dictionary=dictionary.title, version=dictionary.label, source=dictionary.source,
        terms=len(dictionary.terms), groups=len(dictionary.groups), mode=say(f"texts.mode.{found.spec.mode}"),
        part=say(f"texts.part.{found.spec.quoted}"), count=whole["count"], characters=whole["characters"],
        repeated=say(f"texts.repeated.{found.spec.duplicates}"),
    ))  # fmt: skip
    yield _groups(context, seen)
    by_unit = seen.by("unit")
    if not by_unit.height:
        yield Paragraph(say("texts.add.regions"))
    else:
        yield from _regions(context, seen, by_unit)
    yield from context.told.notes(*seen.notes)


def _groups(context: TextContext, seen: Attention) -> Table:
    columns = (
        Column("group", say("texts.column.group")),
        Column("count", say("texts.column.count"), "integer"),
        Column("negated", say("texts.column.negated"), "integer"),
        Column("rate", say("texts.column.rate"), "bar", 2),
    )
    note = say("texts.attention.groups.note")
    return Table("text-groups", say("texts.attention.groups"), context.named(seen.whole), columns, note)


def _regions(context: TextContext, seen: Attention, by_unit: pl.DataFrame) -> Iterator[Block]:
    by_both = seen.by("unit", "year")
    if by_both["year"].n_unique() > 1:
        yield _years(context, by_both)
    yield _own(context, by_unit)
    frame = by_both if by_both.height else by_unit.with_columns(year=None)
    columns = [Column("unit", say("texts.column.region"))]
    columns += [Column("year", say("texts.column.year"), "integer")] if by_both.height else []
    columns += [Column(key, say(f"texts.column.{key}"), "integer") for key in ("documents", "characters", "count")]
    columns += [Column(key, say(f"texts.column.{key}"), "number", 2) for key in ("rate", "own_rate", "quoted_rate")]
    columns.append(Column("sentence_share", say("texts.column.sentence_share"), "percent", 0))
    note = say("texts.attention.note")
    yield Table("text-attention", say("texts.attention.table"), context.named(frame), tuple(columns), note)


def _years(context: TextContext, by_both: pl.DataFrame) -> Figure:
    whole = say("texts.attention.whole")
    added = by_both.group_by("year").agg(pl.col("count", "characters").sum()).sort("year")
    means = added.filter(pl.col("characters") > 0).select(
        pl.lit(whole.zh).alias("group_zh"), pl.lit(whole.en).alias("group_en"), pl.col("year").alias("period"),
        (1000 * pl.col("count") / pl.col("characters")).alias("value"),
    )  # fmt: skip
    return trend(
        context.named(by_both).rename({"year": "period", "rate": "value"}),
        means,
        id="text-years",
        title=say("texts.attention.figure"),
        caption=say("texts.attention.caption"),
        value_title=say("texts.column.rate"),
        digits=2,
    )


def _own(context: TextContext, by_unit: pl.DataFrame) -> Figure:
    """Return what of each region's attention is in own words and what in quotations."""
    sides = ("own_part", "quoted_part")
    long = context.named(by_unit).unpivot(
        on=list(sides), index=["unit", "unit_zh", "unit_en"], variable_name="part", value_name="value"
    )
    return contributions(
        worded(long.drop_nulls("value"), "part", {side: say(f"texts.side.{side}") for side in sides}),
        id="text-own",
        title=say("texts.own.figure"),
        caption=say("texts.own.caption"),
        value_title=say("texts.column.rate"),
        digits=1,
        by_value=False,
    )


def words_blocks(context: TextContext) -> Iterator[Block]:
    """Yield the terms that regions stress, and those that stand together."""
    found = context.found
    yield from context.told.absent(found.advantage, say("texts.add.two_regions"))
    if found.advantage.result is not None:
        yield from _stressed(context, found.advantage.result.frame)
        few = (note for note in found.advantage.result.notes if note.code == "measure_few_expected")
        yield from context.told.notes(*few)
    yield from context.told.absent(found.network, say("texts.add.nothing"))
    if found.network.result is not None:
        yield from _together(context)


def _stressed(context: TextContext, frame: pl.DataFrame) -> Iterator[Block]:
    kept = frame.filter(pl.col("count") >= LEAST, pl.col("rca") > 1).sort(
        "few", "rca", "term", descending=[False, True, False]
    )
    kept = kept.filter(pl.col("rca").cum_count().over("unit") <= TOP)
    order = {unit: k for k, unit in enumerate(context.regions)}
    kept = kept.sort(pl.col("unit").replace_strict(order, default=len(order)), maintain_order=True)
    if not kept.height:
        yield Paragraph(say("texts.words.none", least=LEAST))
        return
    sure = {True: say("texts.few.yes"), False: say("texts.few.no")}
    columns = [Column("unit", say("texts.column.region")), Column("term", say("texts.column.term"))]
    columns += [Column("group", say("texts.column.group")), Column("count", say("texts.column.count"), "integer")]
    columns += [Column(key, say(f"texts.column.{key}"), "number", 2) for key in ("expected", "rca")]
    columns.append(Column("few", say("texts.column.few")))
    table = worded(context.named(kept), "few", sure)
    note = say("texts.words.note", least=LEAST, top=TOP)
    yield Table("text-words", say("texts.words.table"), table, tuple(columns), note)


def _together(context: TextContext) -> Iterator[Block]:
    network = context.found.network.result
    assert network is not None
    edges = network.edges.filter(pl.col("p") <= LEVEL, pl.col("weight") > 0).head(EDGES)
    if edges.height:
        columns = [Column("source", say("texts.column.term")), Column("target", say("texts.column.with"))]
        columns += [Column("count", say("texts.column.windows"), "integer")]
        columns += [Column("expected", say("texts.column.by_chance"), "number", 2)]
        columns += [Column("npmi", say("texts.column.npmi"), "number", 2), Column("p", say("texts.column.p"), "number")]
        note = say("texts.together.note", most=EDGES, windows=network.windows)
        yield Table("text-together", say("texts.together.table"), edges, tuple(columns), note)
    else:
        yield Paragraph(say("texts.together.none"))
