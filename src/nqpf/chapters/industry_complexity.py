"""Industries, complexity: where regions and industries stand, and whether the scores can be called complexity."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Column, Paragraph, Table
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_frames import column, industries_frame, is_split, regions_frame, score_names
from nqpf.charts.quadrant import quadrant
from nqpf.industry.relatedness.complexity import Complexity
from nqpf.messages import say

ENDS = 5
"""Regions at either end of the score that the picture names."""


def complexity_blocks(context: IndustryContext) -> Iterator[Block]:
    """Yield scores of regions and industries, after what is doubtful about them."""
    found, told = context.found, context.told
    yield Paragraph(say("industries.complexity.how"))
    yield from told.absent(found.complexity, say("industries.add.nothing"))
    one = found.complexity.result
    if one is None:
        return
    yield from told.notes(*one.notes)
    if is_split(one):
        yield Callout(say("industries.complexity.split"), "warning")
    if found.first != found.last:
        yield Paragraph(say("industries.complexity.anchor", last=found.last))
    figures = one.summary.row(-1, named=True)
    if all(figures[name] is not None for name in ("lambda2", "lambda3", "diversity", "ubiquity")):
        yield Paragraph(say("industries.complexity.numbers", **figures))
    yield from told.absent(found.opportunity, say("industries.add.nothing"))
    yield from _regions(context, one)
    yield _industries(context, one)


def _regions(context: IndustryContext, found: Complexity) -> Iterator[Block]:
    frame = regions_frame(context, found)
    score, _ = score_names(context)
    first, last = context.found.first, context.found.last
    if "coi" in frame.columns and frame["coi"].is_not_null().any():
        yield _plane(context, frame)
    columns = [column("rank", "integer")] if "rank" in frame.columns else []
    columns = [column("unit", "text"), *columns]
    if "eci_first" in frame.columns:
        columns.append(Column("eci_first", say("industries.column.then", name=score, year=first), "number", 3))
        columns.append(Column("eci", say("industries.column.then", name=score, year=last), "number", 3))
    else:
        columns.append(Column("eci", score, "number", 3))
    columns += [column("diversity", "integer"), column("mean_ubiquity", digits=1)]
    if "coi" in frame.columns:
        columns.append(column("coi"))
    note = say("industries.complexity.regions_note") if "coi" in frame.columns else None
    yield Table("complexity-regions", say("industries.complexity.regions", year=last), frame, tuple(columns), note)


def _plane(context: IndustryContext, frame: pl.DataFrame) -> Block:
    known = frame.drop_nulls(["eci", "coi"])
    place = pl.col("eci").rank("ordinal")
    named = ((place <= ENDS) | (place > pl.len() - ENDS)) if context.ranks == "interval" else pl.lit(False)
    return quadrant(
        known.select("unit", "unit_zh", "unit_en", x="eci", y="coi", size="diversity", named=named),
        id="complexity-plane",
        title=say("industries.complexity.figure", year=context.found.last),
        caption=say("industries.complexity.caption"),
        x_title=score_names(context)[0],
        y_title=say("industries.column.coi"),
        size_title=say("industries.column.diversity"),
        digits=2,
    )


def _industries(context: IndustryContext, found: Complexity) -> Table:
    frame = industries_frame(context, found)
    layered = [column("layer", "text")] if "layer" in frame.columns else []
    columns = (
        column("industry", "text"),
        *layered,
        Column("pci", score_names(context)[1], "number", 3),
        column("ubiquity", "integer"),
        column("mean_diversity", digits=1),
    )
    title = say("industries.complexity.industries", year=context.found.last, count=frame.height)
    return Table("complexity-industries", title, frame, columns)
