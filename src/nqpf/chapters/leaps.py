"""Causes and leaps in the chapter *Theory map*: whether the three causes lead, and where the elements leapt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Block, Column, Section, Table
from nqpf.chapters.circles import role_titles
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.told import Told
from nqpf.messages import Text, say
from nqpf.results import Finding
from nqpf.synthesis.survey import System

BOX = {"tech": "cause_tech", "factor": "cause_factor", "industry": "cause_industry"}
"""Box of the diagram that a cause is."""


def _causes() -> dict[str, Text]:
    return {cause: theory.diagram().node(box).title for cause, box in BOX.items()}


def leap_blocks(context: Context, system: System) -> Iterator[Block]:
    """Yield the tests of the causes, and the leaps of the elements."""
    told = Told({**role_titles(), **context.panel.labels})
    yield Section("causes", say("leaps.causes"), tuple(_tests(system, told)))
    yield Section("leaps", say("leaps.leaps"), tuple(_leaps(context, system, told)))


def _tests(system: System, told: Told) -> Iterator[Block]:
    yield from told.absent(system.causes, say("circles.not_tried"))
    found = system.causes.result
    if found is None:
        return
    frame = worded(found.frame, "cause", _causes())
    frame = worded(frame, "outcome", {name: say(f"leaps.outcome.{name}") for name in frame["outcome"].unique()})
    frame = worded(frame, "verdict", {name: say(f"leaps.cause.{name}") for name in frame["verdict"].unique()})
    columns = (
        Column("cause", say("leaps.column.cause")),
        Column("outcome", say("leaps.column.outcome")),
        Column("standardised", say("circles.column.standardised"), "number", 3),
        Column("p", say("regions.column.p"), "number", 3),
        Column("q", say("regions.column.q"), "number", 3),
        Column("verdict", say("circles.column.answer")),
    )
    yield Table("cause-tests", say("leaps.causes.table"), frame, columns, say("leaps.causes.note"))
    yield from told.notes(*found.notes)


def _leaps(context: Context, system: System, told: Told) -> Iterator[Block]:
    yield from told.absent(system.leaps, say("circles.not_tried"))
    found = system.leaps.result
    if found is None:
        return
    by_element = worded(found.elements, "element", role_titles())
    columns = (
        Column("element", say("leaps.column.element")),
        Column("assessed", say("leaps.column.assessed"), "integer"),
        Column("leapt", say("leaps.column.leapt"), "integer"),
        Column("period", say("leaps.column.year"), "number", 0),
    )
    yield Table("leaps-elements", say("leaps.elements"), by_element, columns, say("leaps.note"))
    there = found.units.filter(pl.col("leapt") > 0)
    if there.height:
        named = context.unit_names.join(there, on="unit", how="right", maintain_order="right")
        named = worded(named, "verdict", {name: say(f"leaps.verdict.{name}") for name in named["verdict"].unique()})
        shown = (
            Column("unit", say("column.unit")),
            Column("leapt", say("leaps.column.elements"), "integer"),
            Column("period", say("column.period"), "integer"),
            Column("verdict", say("circles.column.answer")),
        )
        yield Table("leaps-units", say("leaps.units"), named, shown)
    yield from told.notes(*found.notes)


def leap_findings(system: System) -> Iterator[Finding]:
    """Yield which causes lead, and how many units had a leap."""
    if system.causes.result is not None and system.causes.result.frame.height:
        frame = system.causes.result.frame
        leading = frame.filter(pl.col("verdict").is_in(["leads", "both"]))
        numbers: dict[str, Any] = {"tested": frame.height, "leading": leading.height}
        condition = "q below 0.05 and a positive effect"
        if leading.height:
            numbers |= {"causes": Text.join(_causes()[name] for name in leading["cause"].unique(maintain_order=True))}
            yield Finding("causes_lead", numbers, condition, "cause-tests", ("A01",))
        else:
            yield Finding("causes_not_shown", numbers, condition, "cause-tests", ("A01",))
    if system.leaps.result is not None:
        units = system.leaps.result.units.filter(pl.col("assessed") > 0)
        counts = {name: units.filter(pl.col("verdict") == name).height for name in ("full", "partial", "none")}
        if units.height:
            condition = "a break to a faster rise, or an acceleration, in the score of an element"
            yield Finding("leaps_found", counts | {"count": units.height}, condition, "leaps-elements", ("A02",))
