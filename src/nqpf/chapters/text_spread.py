"""How terms spread over regions after the first statement, and how alike articles are to those of the centre."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Day

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.text_context import TextContext
from nqpf.charts.adoption import adoption
from nqpf.charts.figure import Figure
from nqpf.charts.intervals import intervals
from nqpf.messages import Text, say
from nqpf.text.measuring.dates import dated
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
    if found.frame["first"].drop_nulls().len():
        yield _curve(found)
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


def _curve(found: Diffusion) -> Figure:
    """Return the share of regions that have each term by each day, and when half of them had it."""
    centre = {term: _day(date) for term, date in found.centre.select("term", "date").iter_rows()}
    rows: list[tuple[str, str, str, Day, float]] = []
    starts: list[tuple[str, Day, Day | None, str, str]] = []
    days = [day for one in found.frame.select("since", "until").iter_rows() for one in one if (day := _day(one))]
    for term in found.frame["term"].unique(maintain_order=True):
        written = found.frame.filter(term=term)["first"]
        units, had = written.len(), sorted(day for one in written.drop_nulls() if (day := _day(one)))
        half = had[(units + 1) // 2 - 1] if len(had) >= (units + 1) // 2 else None
        start = centre[term]
        name = _told(term, start, half, len(had), units)
        steps = {day: (number + 1) / units for number, day in enumerate(had)}
        steps = {min(days): 0.0, **steps, max(days): len(had) / units}
        rows += [(term, name.zh, name.en, day, share) for day, share in steps.items()]
        if start is not None:
            words = say("texts.adoption.first", date=found.centre.filter(term=term)["date"].item())
            starts.append((term, start, half, words.zh, words.en))
    drawn = {"thing": pl.String, "thing_zh": pl.String, "thing_en": pl.String, "day": pl.Date, "share": pl.Float64}
    marks = {"thing": pl.String, "day": pl.Date, "half": pl.Date, "words_zh": pl.String, "words_en": pl.String}
    return adoption(
        pl.DataFrame(rows, schema=drawn, orient="row"),
        pl.DataFrame(starts, schema=marks, orient="row"),
        id="text-adoption",
        title=say("texts.adoption.figure"),
        caption=say("texts.adoption.caption"),
        value_title=say("texts.adoption.share"),
    )


def _day(date: str | None) -> Day | None:
    """Return the day of a date, or the middle of its month or year where no more is known."""
    if date is None:
        return None
    known = dated(date)
    if known is None or known.precision == "day":
        return None if known is None else known.day
    return known.day.replace(day=15) if known.precision == "month" else known.day.replace(month=7)


def _told(term: str, start: Day | None, half: Day | None, had: int, units: int) -> Text:
    """Return a term with what the picture says of it: how long it took half of the regions."""
    if half is None:
        return say("texts.adoption.few", term=term, had=had, units=units)
    if start is None:
        return say("texts.adoption.half", term=term, date=f"{half:%Y-%m}")
    days = (half - start).days
    if days < 0:
        return say("texts.adoption.before", term=term, days=-days)
    return say("texts.adoption.behind", term=term, days=days)


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
