"""Industries, structures: how alike and how diverse, layers of industry, what growth came from, new against old."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_frames import (
    METERS,
    aspects_frame,
    column,
    layers_frame,
    shift_frame,
    structures_frame,
)
from nqpf.chapters.regions_parts import p_words
from nqpf.charts.contributions import contributions
from nqpf.charts.course import course
from nqpf.charts.heat import MOST, heat
from nqpf.industry.structure.new_against_old import NewAgainstOldResult
from nqpf.industry.structure.portfolios import PortfoliosResult
from nqpf.industry.structure.shift_share import ShiftShareResult
from nqpf.industry.structure.similarity import SimilarityResult
from nqpf.messages import Text, say

FEW = 40
"""Regions up to which their parts of growth are drawn."""


def structure_blocks(context: IndustryContext) -> Iterator[Block]:
    """Yield likeness, variety, portfolios, sources of growth, and new against old."""
    found, told = context.found, context.told
    yield from told.absent(found.similarity, say("industries.add.nothing"))
    if found.similarity.result is not None:
        yield from _likeness(context, found.similarity.result)
    yield from told.absent(found.diversity, say("industries.add.nothing"))
    yield from _structures(context)
    layered = "industries.add.layers" if found.first != found.last else "industries.add.years"
    yield from told.absent(found.portfolios, say(layered))
    if found.portfolios.result is not None:
        yield from _portfolios(context, found.portfolios.result)
    yield from told.absent(found.shift_share, say("industries.add.years"))
    if found.shift_share.result is not None:
        yield from _shift_share(context, found.shift_share.result)
    yield from told.absent(found.aspects, say("industries.add.aspects"))
    if found.aspects.result is not None:
        yield from _aspects(context, found.aspects.result)


def index_name(context: IndustryContext) -> Text:
    """Return what the measure of likeness is called."""
    return say(f"industries.index.{context.found.spec.similarity}")


def _likeness(context: IndustryContext, one: SimilarityResult) -> Iterator[Block]:
    found, index = context.found, index_name(context)
    years = {"first": found.first, "last": found.last}
    yield Paragraph(say("industries.similarity.how", kind=say(f"industries.kind.{found.spec.similarity}")))
    if one.mean.height > 1:
        yield course(
            one.mean.select(
                period="year", value="mean", low=pl.col("mean") - pl.col("sd"), high=pl.col("mean") + pl.col("sd")
            ),
            id="similarity",
            title=say("industries.similarity.figure", index=index, **years),
            caption=say("industries.similarity.caption"),
            value_title=index,
        )
        trend = one.trend.filter(of="pairs").row(0, named=True)
        values = {"slope": trend["slope"], "p": "" if trend["p"] is None else p_words(trend["p"])}
        yield Paragraph(say(f"industries.trend.{trend['direction']}", **years, **values))
    columns = (
        column("year", "integer"),
        column("units", "integer"),
        column("pairs", "integer"),
        column("mean"),
        column("sd"),
        column("least"),
        column("most"),
        column("whole_mean"),
    )
    yield Table("similarity-table", say("industries.similarity.table", index=index), one.mean, columns)
    yield from _pairs(context, one)
    yield from context.told.notes(*one.notes)


def _pairs(context: IndustryContext, one: SimilarityResult) -> Iterator[Block]:
    now = one.pairs.filter(year=context.found.last)
    if not now.height:
        return
    there = set(now["unit_1"]) | set(now["unit_2"])
    rows = pl.DataFrame({"unit": [unit for unit in context.units if unit in there]}, schema={"unit": pl.String})
    caption = "industries.pairs.histogram" if rows.height > MOST else "industries.pairs.map"
    yield heat(
        context.named(rows),
        now.select(first="unit_1", second="unit_2", value="index"),
        id="similarity-pairs",
        title=say("industries.pairs.figure", index=index_name(context), year=context.found.last),
        caption=say(caption),
        value_title=index_name(context),
        alike=context.found.spec.similarity != "krugman",
    )


def _structures(context: IndustryContext) -> Iterator[Block]:
    frame = structures_frame(context)
    if frame is None:
        return
    wanted = {
        "to_whole": column("to_whole"),
        "industries": column("industries", "integer"),
        "effective_entropy": column("effective_entropy", digits=1, name="effective"),
        "herfindahl": column("herfindahl"),
        "unrelated": column("unrelated", digits=2),
        "related": column("related", digits=2),
        "hachman": column("hachman"),
    }
    columns = [column("unit", "text"), *(c for key, c in wanted.items() if key in frame.columns)]
    title = say("industries.structures.table", year=context.found.last)
    note = say("industries.structures.note", index=index_name(context))
    yield Table("structures", title, frame, tuple(columns), note)
    if (one := context.found.diversity.result) is not None:
        yield from context.told.notes(*one.notes)


def _portfolios(context: IndustryContext, one: PortfoliosResult) -> Iterator[Block]:
    found = context.found
    yield Paragraph(say("industries.portfolios.how"))
    order = {layer: n for n, layer in enumerate(context.layers)}
    placed = context.named(one.whole.sort("year", pl.col("layer").replace_strict(order), maintain_order=True))
    year = pl.col("year").cast(pl.String)
    shares = placed.select(
        unit=year,
        unit_zh=year,
        unit_en=year,
        part="layer",
        part_zh="layer_zh",
        part_en="layer_en",
        value=100 * pl.col("share"),
    )
    yield contributions(
        shares,
        id="layers",
        title=say("industries.portfolios.figure", first=found.first, last=found.last),
        caption=say("industries.portfolios.caption"),
        value_title=say("industries.portfolios.axis"),
        digits=1,
        by_value=False,
    )
    columns = [
        column("year", "integer"),
        column("layer", "text"),
        column("industries", "integer"),
        *(column(name, "percent", 1) for name in METERS),
        column("part", "percent", 1),
    ]
    note = say("industries.portfolios.table_note")
    yield Table("layers-table", say("industries.portfolios.table"), placed, tuple(columns), note)
    yield _layers(context, one)
    yield from context.told.notes(*one.notes)


def _layers(context: IndustryContext, one: PortfoliosResult) -> Table:
    """Return the portfolios of each region."""
    columns = [column("unit", "text")]
    for what in ("share", "points"):
        columns += [
            Column(f"{what}_{layer}",
                   say("industries.column.of_layer", layer=title, what=say(f"industries.column.{what}")), "percent", 1)
            for layer, title in context.layers.items()
        ]  # fmt: skip
    since = one.whole["since"].max()
    title = say("industries.portfolios.regions", year=context.found.last)
    note = say("industries.portfolios.regions_note", since=since, year=context.found.last)
    return Table("layers-regions", title, layers_frame(context, one.frame), tuple(columns), note)


def _shift_share(context: IndustryContext, one: ShiftShareResult) -> Iterator[Block]:
    years = {"first": context.found.first, "last": context.found.last}
    yield Paragraph(say("industries.shift_share.how", **years))
    if one.frame.height <= FEW:
        yield contributions(
            shift_frame(context, one.frame),
            id="shift-share",
            title=say("industries.shift_share.figure", **years),
            caption=say("industries.shift_share.caption"),
            value_title=say("industries.shift_share.axis"),
            digits=1,
        )
    columns = (
        column("unit", "text"),
        column("start", "number", None),
        column("growth", "percent", 1),
        column("change", "number", None),
        column("national", "number", None),
        column("mix", "number", None),
        column("local", "number", None),
    )
    title = say("industries.shift_share.table", activity=context.activity or "", **years)
    note = say("industries.shift_share.note")
    yield Table("shift-share-table", title, context.named(one.frame), columns, note)
    yield from context.told.notes(*one.notes)


def _aspects(context: IndustryContext, one: NewAgainstOldResult) -> Iterator[Block]:
    names = {
        side: Text.join([context.layers.get(layer, Text.same(layer)) for layer in one.method.options[side]])
        for side in ("new", "old")
    }
    yield Paragraph(say("industries.aspects.how", **names))
    columns = (
        column("aspect", "text"),
        column("measure", "text"),
        column("verdict", "text"),
        column("new", "number", None),
        column("old", "number", None),
        column("difference", "number", None),
        column("interval", "text"),
        column("missing", "text"),
    )
    frame = aspects_frame(one.frame)
    yield Table("new-old", say("industries.aspects.table"), frame, columns, say("industries.aspects.note"))
    yield from context.told.notes(*one.notes)
