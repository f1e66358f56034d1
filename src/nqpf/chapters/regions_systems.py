"""Regions, systems: how well the dimensions are coordinated by either formula, and whether circles turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.planning_targets import with_names
from nqpf.chapters.regions_frames import edges_frame, texts, worded
from nqpf.chapters.regions_parts import SURE
from nqpf.chapters.told import Told
from nqpf.charts.trend import trend
from nqpf.messages import Text, say
from nqpf.regions.survey import Regions
from nqpf.regions.systems.coupling import LEVELS, Coupling
from nqpf.regions.systems.lead_lag import LeadLag

BOTH = ("coordination_traditional", "level_traditional", "coordination_wang2021", "level_wang2021")
"""What is shown of two systems, for which both formulas are known."""


def systems_blocks(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    """Yield coupling coordination and circles."""
    yield from told.absent(found.coupling, say("regions.add.systems"))
    if found.coupling.result is not None:
        yield from _coupling(context, found, found.coupling.result)
        yield from told.notes(*found.coupling.result.notes)
    one_year = found.first == found.last and found.spec.circles
    yield from told.absent(found.circles, say("regions.one_year") if one_year else say("regions.add.circles"))
    if found.circles.result is not None:
        yield from _circles(context, found.circles.result, told)
        yield from told.notes(*found.circles.result.notes)


def _coupling(context: Context, found: Regions, one: Coupling) -> Iterator[Block]:
    titles = {node.id: node.title for node in context.framework.nodes}
    systems = Text.join([titles[id] for id in found.material.systems])
    yield Paragraph(say("regions.coupling.how", count=len(found.material.systems), systems=systems))
    left = found.material.values.height - one.frame.height
    if left:
        yield Paragraph(say("regions.coupling.left_out", count=left))
    two = "coordination_traditional" in one.frame.columns
    column = "coordination_traditional" if two else "coordination"
    if found.first != found.last:
        yield _course(context, found, one.frame.rename({column: "value"}))
    words = {level: say(f"regions.level.{level}") for level in LEVELS}
    now = with_names(context, one.frame.filter(period=found.last))
    for name in [name for name in now.columns if name.startswith("level")]:
        now = worded(now, name, words)
    hidden = context.ranks == "groups"  # development is close to the score of the index
    now = now.drop([c for c in now.columns if hidden and c.startswith(("development", "coupling"))])
    if context.ranks == "interval":
        now = now.sort(column, descending=True, nulls_last=True, maintain_order=True)
    columns = [Column("unit", say("column.unit"))]
    if not hidden:
        columns.append(Column("development", say("regions.column.development"), "number", 3))
    if not hidden and not two:
        columns.append(Column("coupling", say("regions.column.coupling"), "number", 3))
    for name in BOTH if two else ("coordination", "level"):
        kind: Literal["text", "number"] = "text" if name.startswith("level") else "number"
        columns.append(Column(name, say(f"regions.column.{name}"), kind))
    title = say("regions.coupling.table", year=found.last)
    yield Table("coordination", title, now, tuple(columns), say("regions.coupling.note"))
    if one.pairs.height:
        yield _pairs(titles, found, one.pairs)


def _course(context: Context, found: Regions, frame: pl.DataFrame) -> Block:
    """Return coordination over the years: a line a unit, and the means of groups."""
    frame = context.unit_names.join(frame, on="unit", how="right", maintain_order="right")
    grouped = frame.drop_nulls(["group", "value"])
    means = grouped.group_by("group", "group_zh", "group_en", "period", maintain_order=True).agg(pl.col("value").mean())
    return trend(
        frame.select("unit", "unit_zh", "unit_en", "period", "value"),
        means if means.height else None,
        id="coordination-years",
        title=say("regions.coupling.figure", first=found.first, last=found.last),
        caption=say("regions.coupling.caption"),
        value_title=say("regions.axis.coordination"),
    )


def pairs_of(pairs: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return by pair of systems in a year: units, median coordination by either formula, and how many levels differ."""
    now = pairs.filter(pl.col("period") == year, pl.col("status") == "defined")
    return now.group_by("one", "other", maintain_order=True).agg(
        units=pl.len(),
        traditional=pl.col("coordination_traditional").median(),
        wang2021=pl.col("coordination_wang2021").median(),
        differ=pl.col("differs").sum(),
    )


def _pairs(titles: dict[str, Text], found: Regions, pairs: pl.DataFrame) -> Table:
    frame = pairs_of(pairs, found.last)
    ends = frame.select("one", "other").rows()
    named = frame.with_columns(texts("pair", [Text.join([titles[a], titles[b]], " × ", " × ") for a, b in ends]))
    columns = (
        Column("pair", say("regions.column.systems")),
        Column("units", say("regions.column.units"), "integer"),
        Column("traditional", say("regions.column.coordination_traditional"), "number", 3),
        Column("wang2021", say("regions.column.coordination_wang2021"), "number", 3),
        Column("differ", say("regions.column.differ"), "integer"),
    )
    title = say("regions.coupling.pairs", year=found.last)
    return Table("coordination-pairs", title, named, columns, say("regions.coupling.pairs_note"))


def _circles(context: Context, one: LeadLag, told: Told) -> Iterator[Block]:
    yield Paragraph(say("regions.circles.how", level=100 * (1 - SURE)))
    frame = edges_frame(context, one)
    columns = (
        Column("edge", say("regions.column.edge")),
        Column("effect", say("regions.column.effect"), "number", 3),
        Column("corrected", say("regions.column.corrected"), "number", 3),
        Column("low", say("regions.column.low"), "number", 3),
        Column("high", say("regions.column.high"), "number", 3),
        Column("p", say("regions.column.p"), "number", 3),
        Column("q", say("regions.column.q"), "number", 3),
    )
    yield Table("circle-edges", say("regions.circles.edges"), frame, columns, say("regions.circles.note"))
    words = {turns: say(f"regions.turns.{turns}") for turns in ("shown", "not_shown", "broken")}
    weakest = [told.called(edge) for edge in one.circles["weakest"]]
    circles = worded(one.circles, "turns", words).with_columns(texts("weakest", weakest))
    shown = (
        Column("circle", say("regions.column.circle")),
        Column("edges", say("regions.column.edges"), "integer"),
        Column("shown", say("regions.column.shown"), "integer"),
        Column("turns", say("regions.column.turns")),
        Column("weakest", say("regions.column.weakest")),
    )
    yield Table("circles", say("regions.circles.table"), circles, shown)
