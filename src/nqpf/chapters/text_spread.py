"""How terms spread over regions after the first statement, and how alike articles are to those of the centre."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.text_context import TextContext
from nqpf.charts.figure import Figure
from nqpf.charts.intervals import intervals
from nqpf.messages import Text, say
from nqpf.text.measuring.diffusion import Diffusion
from nqpf.text.survey import COPIED

MONTH = 30.4375
"""Days of a month on average."""
STATUS = ("adopted", "at_start", "not_yet")


def spread_blocks(context: TextContext) -> Iterator[Block]:
    """Yield when each region first wrote the terms that are followed."""
    yield from context.told.absent(context.found.diffusion, say("texts.add.follow"))
    if (found := context.found.diffusion.result) is None:
        return
    yield Paragraph(say("texts.spread.how", terms=Text.join(context.found.spec.follow)))
    for row in found.centre.drop_nulls("date").iter_rows(named=True):
        source = say("texts.spread.given") if row["id"] is None else say("texts.spread.article", id=row["id"])
        yield Paragraph(say("texts.spread.centre", term=row["term"], date=row["date"], source=source))
    behind = found.frame.drop_nulls("lag")
    if behind.height:
        yield _figure(context, behind)
    frame = worded(context.named(found.frame), "status", {word: say(f"texts.status.{word}") for word in STATUS})
    columns = [Column("term", say("texts.column.term")), Column("unit", say("texts.column.region"))]
    columns += [Column("documents", say("texts.column.documents"), "integer")]
    columns += [Column(key, say(f"texts.column.{key}")) for key in ("since", "first", "id")]
    columns += [Column("lag", say("texts.column.lag"), "integer"), Column("status", say("texts.column.status"))]
    yield Table("text-spread", say("texts.spread.table"), frame, tuple(columns), say("texts.spread.note"))
    yield from context.told.notes(*found.notes)


def _figure(context: TextContext, behind: pl.DataFrame) -> Figure:
    names = {term: Text.same(term) for term in behind["term"].unique(maintain_order=True)}
    frame = behind.select("unit", (pl.col("lag") / MONTH).alias("value"), state="term")
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias("low"), pl.lit(None, pl.Float64).alias("high"))
    return intervals(
        worded(context.named(frame), "state", names),
        id="text-lags",
        title=say("texts.spread.figure"),
        caption=say("texts.spread.caption"),
        value_title=say("texts.column.months"),
        line=0.0,
        digits=1,
    )


def status_counts(found: Diffusion, term: str) -> tuple[int, int]:
    """Return how many regions there are, and how many have a term."""
    own = found.frame.filter(term=term)
    return own.height, own["first"].len() - own["first"].null_count()


def centre_blocks(context: TextContext) -> Iterator[Block]:
    """Yield how much regions' articles have in common with those of the centre."""
    yield from context.told.absent(context.found.likeness, say("texts.add.centre"))
    if context.found.likeness.result is None:
        return
    references = context.found.likeness.result.frame["reference"].n_unique()
    yield Paragraph(say("texts.centre.how", level=context.centre, references=references, letters=COPIED))
    columns = [
        Column("unit", say("texts.column.region")),
        Column("articles", say("texts.column.articles"), "integer"),
        Column("cosine", say("texts.column.cosine"), "number", 3),
        Column("copying", say("texts.column.copying"), "integer"),
        Column("shared", say("texts.column.shared"), "percent", 1),
    ]
    frame = context.named(likeness_by_region(context))
    yield Table("text-centre", say("texts.centre.table"), frame, tuple(columns), say("texts.centre.note"))
    yield from context.told.notes(*context.found.likeness.result.notes)


def likeness_by_region(context: TextContext) -> pl.DataFrame:
    """Return, by region, articles, median of their likeness to the nearest of the centre's, how many copy, the most."""
    found = context.found.likeness.result
    assert found is not None
    best = found.frame.drop_nulls("unit").group_by("unit", "id").agg(pl.col("cosine", "shared").max())
    return (
        best.group_by("unit")
        .agg(
            pl.len().cast(pl.Int64).alias("articles"),
            pl.col("cosine").median(),
            (pl.col("shared") > 0).sum().cast(pl.Int64).alias("copying"),
            pl.col("shared").max(),
        )
        .sort("unit")
    )
