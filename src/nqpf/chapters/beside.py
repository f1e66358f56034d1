"""The index beside what it should serve, in the chapter *Balances*: high-quality development, and risk."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.told import Told
from nqpf.messages import say
from nqpf.results import Finding
from nqpf.synthesis.survey import System


def beside_blocks(context: Context, system: System, told: Told) -> Iterator[Block]:
    """Yield both sections."""
    yield Section("quality", say("beside.quality"), tuple(_quality(context, system, told)))
    yield Section("risk", say("beside.risk"), tuple(_risk(context, system, told)))


def _quality(context: Context, system: System, told: Told) -> Iterator[Block]:
    yield from told.absent(system.quality, say("circles.not_tried"))
    found = system.quality.result
    if found is None:
        return
    if context.ranks == "groups":  # no unit's score of the whole is told
        yield from told.notes(*found.notes)
        return
    last = found.frame.filter(pl.col("period") == context.last).drop_nulls(["index", "quality"])
    named = context.unit_names.join(last, on="unit", how="right", maintain_order="right")
    columns = (
        Column("unit", say("column.unit")),
        Column("index", say("beside.column.index"), "number", 3),
        Column("quality", say("beside.column.quality"), "number", 3),
    )
    note = say("beside.quality.note")
    yield Table("quality-units", say("beside.quality.table", year=context.last), named, columns, note)
    yield from told.notes(*found.notes)


def _risk(context: Context, system: System, told: Told) -> Iterator[Block]:
    yield from told.absent(system.risk, say("beside.no_productivity"))
    found = system.risk.result
    if found is None:
        return
    named = context.unit_names.join(found.frame, on="unit", how="right", maintain_order="right")
    for key in ("course", "place"):
        words = {value: say(f"beside.{value}") for value in named[key].drop_nulls().unique()}
        named = worded(named, key, words)
    columns = (
        Column("unit", say("column.unit")),
        Column("growth", say("beside.column.growth"), "percent", 1),
        Column("risk", say("beside.column.risk"), "number", 3),
        Column("change", say("beside.column.change"), "number", 3),
        Column("course", say("beside.column.course")),
        Column("place", say("beside.column.place")),
    )
    title = say("beside.risk.table", first=context.first, last=context.last)
    yield Table("risk-units", title, named, columns, say("beside.risk.note"))
    yield from told.notes(*found.notes)


def beside_findings(system: System) -> Iterator[Finding]:
    """Yield whether growth went with risk."""
    found = system.risk.result
    if found is not None:
        known = found.frame.drop_nulls(["course"])
        riskier = known.filter(pl.col("course") == "growth_riskier").height
        numbers = {"riskier": riskier, "count": known.height}
        if known.height:
            yield Finding(
                "growth_and_risk", numbers, "signs of growth and of the change of risk", "risk-units", ("O07",)
            )
