"""Cautions of industries one by one: herding, bubbles, mismatch, abandonment, each number with its line and light."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Section, Table
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.regions_frames import texts, worded
from nqpf.charts.episodes import episodes
from nqpf.charts.lights import lights
from nqpf.industry.survey_cautions import Warned
from nqpf.industry.warning.exuberance import ExuberanceResult
from nqpf.industry.warning.lights import CAUTIONS
from nqpf.messages import Text, say

SHOWN = 60
"""Lights that are listed; the file holds all."""
EPISODES = 4
"""Series whose episodes are drawn."""


def industry_cautions(context: IndustryContext) -> Section:
    """Return the section: how many lights there are, and a section a caution."""
    warned = context.found.warned
    blocks: list[Block] = [Paragraph(say("cautions.how")), *_summary(context, warned)]
    for name in CAUTIONS:
        blocks.append(Section(f"caution-{name.replace('_', '-')}", _named(name), tuple(_one(context, warned, name))))
    return Section("cautions-industry", say("cautions.industry"), tuple(blocks))


def _summary(context: IndustryContext, warned: Warned) -> Iterator[Block]:
    table = warned.all.lights
    yield lights(
        _chart(context, table),
        id="caution-lights",
        title=say("cautions.figure"),
        caption=say("cautions.caption"),
    )
    columns = [Column("caution", say("cautions.column.caution"))]
    columns += [Column(name, say(f"cautions.column.{name}"), "integer") for name in ("warn", "watch", "none")]
    columns += [
        Column("not_assessed", say("cautions.column.not_assessed"), "integer"),
        Column("tier", say("cautions.column.best_tier")),
    ]
    frame = _worded(warned.all.summary.rename({"best_tier": "tier"}), "tier", tier_name)
    frame = _worded(frame, "caution", _named)
    yield Table("caution-summary", say("cautions.summary"), frame, tuple(columns), say("cautions.summary.note"))


def _chart(context: IndustryContext, table: pl.DataFrame) -> pl.DataFrame:
    """Return the gravest light of each caution by industry, or by region, or as a whole."""
    order = {"warn": 0, "watch": 1, "none": 2}
    frame = table.with_columns(
        pl.coalesce("industry", "region", pl.lit("·")).alias("column"),
        pl.col("light").replace_strict(order, default=3).alias("·grave"),
    )
    frame = frame.sort("·grave", maintain_order=True).unique(["caution", "column"], keep="first", maintain_order=True)
    whole = say("cautions.whole")
    titles = {**context.units, **context.industries, "·": whole}
    called = {id: titles.get(id, Text.same(id)) for id in frame["column"].unique()}
    return _worded(worded(frame, "column", called), "caution", _named)


def _worded(frame: pl.DataFrame, column: str, word: Callable[[str], Text]) -> pl.DataFrame:
    """Return a table with the words of a column in both languages beside it."""
    return worded(frame, column, {value: word(value) for value in frame[column].drop_nulls().unique()})


def _named(caution: str) -> Text:
    return say(f"industry.caution.name.{caution}")


def lit(light: str) -> Text:
    """Return a light in words."""
    return say(f"industry.caution.light.{light}")


def tier_name(tier: str) -> Text:
    """Return how good evidence is, in words."""
    return say("cautions.not_assessed") if tier == "not_assessed" else say(f"industry.caution.tier.{tier}")


def _one(context: IndustryContext, warned: Warned, name: str) -> Iterator[Block]:
    """Yield one caution: its lights, and remarks; or why it is not assessed."""
    part = getattr(warned, name)
    if part.result is None:
        yield from context.told.absent(part, say(f"cautions.add.{name}"))
        return
    table = warned.all.lights.filter(pl.col("caution") == name)
    assessed = table.filter(pl.col("tier") != "not_assessed")
    if not assessed.height:
        yield Paragraph(say("cautions.none_assessed", count=table.height))
    else:
        yield _lights_table(context, name, assessed)
        rest = table.height - assessed.height
        if rest:
            yield Paragraph(say("cautions.rest", count=rest))
    if isinstance(part.result, ExuberanceResult):
        yield from _episodes(part.result)
    yield from context.told.notes(*part.result.notes)


def _lights_table(context: IndustryContext, name: str, table: pl.DataFrame) -> Table:
    grave = pl.col("light").replace_strict({"warn": 0, "watch": 1, "none": 2}, default=3)
    table = table.sort(grave, (pl.col("number") - pl.col("warn")).abs(), maintain_order=True)
    frame = context.named(table.rename({"region": "unit"}).head(SHOWN))
    frame = _worded(_worded(frame, "light", lit), "tier", tier_name)
    rows = [say(f"industry.caution.{row['evidence']}", number=row["number"]) for row in frame.iter_rows(named=True)]
    frame = frame.with_columns(texts("what", rows))
    columns = [Column("light", say("cautions.column.light"))]
    labels = (("unit", "column.unit"), ("industry", "industry.column.industry"), ("year", "column.period"))
    columns += [Column(key, say(title)) for key, title in labels if frame[key].null_count() < frame.height]
    columns += [
        Column("what", say("cautions.column.what")),
        Column("number", say("cautions.column.number"), "number", None),
        Column("watch", say("cautions.column.watch_line"), "number", None),
        Column("warn", say("cautions.column.warn_line"), "number", None),
        Column("tier", say("cautions.column.tier")),
    ]
    note = say("cautions.shown", shown=SHOWN, count=table.height) if table.height > SHOWN else None
    return Table(f"lights-{name.replace('_', '-')}", say("cautions.table"), frame, tuple(columns), note)


def _episodes(found: ExuberanceResult) -> Iterator[Block]:
    """Yield the course of the statistic of the series that had an episode, else of the first."""
    sequence, spans = found.sequence, found.episodes
    key = "series" if "series" in sequence.columns else None
    if not sequence.height:
        return
    names = [None] if key is None else (spans[key].unique(maintain_order=True).to_list() or [sequence[key][0]])
    for i, name in enumerate(names[:EPISODES]):
        own = sequence if key is None else sequence.filter(pl.col(key) == name)
        dated = spans if key is None else spans.filter(pl.col(key) == name)
        frame = own.select("period", "value", "critical", statistic="bsadf")
        yield episodes(
            frame,
            dated.select("start", "end"),
            id=f"episodes-{i + 1}",
            title=say("cautions.episodes", name=name) if name is not None else say("cautions.episodes_one"),
            caption=say("cautions.episodes.caption"),
            value_title=say("cautions.value"),
        )
